package params

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
	"prefect/engine/suggest"
)

// Problem is one thing wrong with the parameters of a run, in Prefect's words: "age: value is not a
// valid integer".
type Problem struct {
	Path string // the parameter, or the place in it: "person.tags[1]"
	Msg  string
}

func (p Problem) String() string { return p.Path + ": " + p.Msg }

// Error is that the parameters of a run are not good. Its text has a line for each problem.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	lines := []string{"invalid parameters:"}
	for _, p := range e.Problems {
		lines = append(lines, " - "+p.String())
	}
	return strings.Join(lines, "\n")
}

// Merge gives the parameters of a run: the deployment's, and over them those given for the run.
func Merge(deployment, given yaml.MapSlice) yaml.MapSlice {
	all := slices.Clone(deployment)
	for _, item := range given {
		all = ordered.Set(all, fmt.Sprint(item.Key), item.Value)
	}
	return all
}

// Check tells whether a flow can take the parameters of a run. The error is an *Error, with the
// problems in the order of the flow's signature, unknown parameters last.
func (s *Schema) Check(parameters yaml.MapSlice) error {
	steps := maxSteps
	c := checker{schema: s, steps: &steps}
	required := s.Required()
	for _, item := range s.properties {
		name := fmt.Sprint(item.Key)
		value, given := ordered.Get(parameters, name)
		switch property, _ := item.Value.(yaml.MapSlice); {
		case given && !s.isVariadic(name):
			c.value(name, property, value)
		case !given && slices.Contains(required, name):
			c.problem(name, fieldRequired)
		}
	}
	for _, item := range parameters {
		name := fmt.Sprint(item.Key)
		if _, known := ordered.Get(s.properties, name); !known {
			c.problem(name, "the flow has no such parameter%s", s.known(name))
		}
	}
	if len(c.problems) > 0 {
		return &Error{c.problems}
	}
	return nil
}

// known tells what parameters there are, for a name that is none of them.
func (s *Schema) known(name string) string {
	names := s.Names()
	if len(names) == 0 {
		return "; it takes none"
	}
	return " (it has: " + strings.Join(names, ", ") + ")" + suggest.Question(name, names)
}

// checker collects problems.
type checker struct {
	schema   *Schema
	problems []Problem
	steps    *int // left to do
}

func (c *checker) problem(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{path, fmt.Sprintf(format, args...)})
}

// maxSteps bounds the work, because definitions may refer to each other in circles. What is not
// looked at passes.
const maxSteps = 200_000

// value checks one value. A null always passes: the schema does not tell Optional[int] from int.
func (c *checker) value(path string, schema yaml.MapSlice, v any) {
	named := text(schema, "$ref") != ""
	schema, ok := c.schema.resolve(schema)
	if *c.steps--; !ok || v == nil || *c.steps < 0 {
		return
	}
	for _, part := range list(schema, "allOf") {
		if part, ok := part.(yaml.MapSlice); ok {
			c.value(path, part, v)
		}
	}
	for _, key := range []string{"anyOf", "oneOf"} {
		if choices := list(schema, key); len(choices) > 0 {
			c.anyOf(path, choices, v)
		}
	}
	if values := list(schema, "enum"); values != nil {
		c.member(path, schema, values, v, named)
		return
	}
	if constant, ok := ordered.Get(schema, "const"); ok {
		c.member(path, schema, []any{constant}, v, false)
		return
	}
	c.typed(path, schema, v)
}

// anyOf passes what one of the choices takes; else it reports what each has against the value, as
// pydantic does.
func (c *checker) anyOf(path string, choices []any, v any) {
	if values := literals(choices); values != nil {
		c.member(path, nil, values, v, false)
		return
	}
	var all []Problem
	for _, choice := range choices {
		schema, ok := choice.(yaml.MapSlice)
		if !ok {
			return
		}
		try := checker{schema: c.schema, steps: c.steps}
		try.value(path, schema, v)
		if len(try.problems) == 0 {
			return
		}
		all = append(all, try.problems...)
	}
	for _, p := range all {
		if !slices.Contains(c.problems, p) {
			c.problems = append(c.problems, p)
		}
	}
}

// literals gives the values of a Literal of several types, which the schema splits by type.
func literals(choices []any) []any {
	var values []any
	for _, choice := range choices {
		schema, _ := choice.(yaml.MapSlice)
		some := list(schema, "enum")
		if some == nil {
			return nil
		}
		values = append(values, some...)
	}
	return values
}

// member checks a value against the values of an Enum (a definition with a name) or a Literal.
// Members of an IntEnum may be given as text.
func (c *checker) member(path string, schema yaml.MapSlice, values []any, v any, named bool) {
	if named && text(schema, "type") == "integer" {
		i, ok := toInt(v)
		if !ok {
			c.problem(path, "value is not a valid integer")
			return
		}
		v = i
	}
	shown := make([]string, len(values))
	for i, value := range values {
		if equal(value, v) {
			return
		}
		shown[i] = pythonRepr(value)
	}
	what := "unexpected value"
	if named {
		what = "value is not a valid enumeration member"
	}
	c.problem(path, "%s; permitted: %s", what, strings.Join(shown, ", "))
}

// typed checks a value against the type of a schema. Unknown types take anything.
func (c *checker) typed(path string, schema yaml.MapSlice, v any) {
	switch text(schema, "type") {
	case "string":
		c.text(path, schema, v)
	case "integer":
		c.integer(path, schema, v)
	case "number":
		c.number(path, schema, v)
	case "boolean":
		c.boolean(path, v)
	case "array":
		c.array(path, schema, v)
	case "object":
		c.object(path, schema, v)
	}
}

// CheckGiven is Check for parameters that need not be all: those of a deployment, to which a run
// adds its own.
func (s *Schema) CheckGiven(parameters yaml.MapSlice) error {
	err := s.Check(parameters)
	var bad *Error
	if !errors.As(err, &bad) {
		return err
	}
	missing := func(p Problem) bool {
		_, given := ordered.Get(parameters, p.Path)
		return !given && p.Msg == fieldRequired
	}
	if bad.Problems = slices.DeleteFunc(bad.Problems, missing); len(bad.Problems) == 0 {
		return nil
	}
	return bad
}

const fieldRequired = "field required"
