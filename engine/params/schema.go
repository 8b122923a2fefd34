// Package params checks the parameters of a run against the schema that build stored, before the
// run is stored.
//
// It decides as Python will, not as JSON Schema would: "3" and 3.9 are good integers, 1 is a good
// text, "yes" a good truth value, because pydantic converts them when the flow starts. What Python
// accepts is never refused here; where the schema leaves a doubt (null, a model's custom
// validators), the value passes and Python has the last word. That is why no JSON Schema library
// is used: it would refuse most of these.
package params

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// Schema is the parameter schema of a flow.
type Schema struct {
	root       yaml.MapSlice
	properties yaml.MapSlice
}

// New takes a stored parameter_openapi_schema. No schema, or null, is that of a flow without
// parameters.
func New(schema json.RawMessage) (*Schema, error) {
	root, err := ordered.DecodeMap(schema)
	if err != nil {
		return nil, fmt.Errorf("the stored parameter schema is damaged: %w", err)
	}
	return FromMap(root), nil
}

// FromMap takes a schema that has been read already.
func FromMap(root yaml.MapSlice) *Schema {
	return &Schema{root: root, properties: mapping(root, "properties")}
}

// Names lists the parameters in the order of the flow's signature.
func (s *Schema) Names() []string {
	names := make([]string, len(s.properties))
	for i, item := range s.properties {
		names[i] = fmt.Sprint(item.Key)
	}
	return names
}

// Required lists the parameters without a default in the flow. *args and **kwargs, which the
// schema shows as required, are not: a run may do without them.
func (s *Schema) Required() []string {
	return slices.DeleteFunc(texts(s.root, "required"), s.isVariadic)
}

// isVariadic tells whether a parameter is *args or **kwargs, as far as the schema shows it: by the
// name everyone uses, and nothing but a title.
func (s *Schema) isVariadic(name string) bool {
	property := mapping(s.properties, name)
	return (name == "args" || name == "kwargs") && len(property) <= 1 && slices.Contains(texts(s.root, "required"), name)
}

// resolve follows "$ref": "#/definitions/Name". Names in a reference may be percent-encoded or hold
// ~1 for a slash; build writes neither.
func (s *Schema) resolve(schema yaml.MapSlice) (resolved yaml.MapSlice, ok bool) {
	for range 20 {
		ref := text(schema, "$ref")
		if ref == "" {
			return schema, true
		}
		path, local := strings.CutPrefix(ref, "#/")
		if !local {
			return nil, false
		}
		schema = s.root
		for part := range strings.SplitSeq(path, "/") {
			next, there := ordered.Get(schema, part)
			if schema, ok = next.(yaml.MapSlice); !there || !ok {
				return nil, false
			}
		}
	}
	return nil, false
}

func mapping(m yaml.MapSlice, key string) yaml.MapSlice {
	v, _ := ordered.Get(m, key)
	child, _ := v.(yaml.MapSlice)
	return child
}

func list(m yaml.MapSlice, key string) []any {
	v, _ := ordered.Get(m, key)
	items, _ := v.([]any)
	return items
}

func text(m yaml.MapSlice, key string) string {
	v, _ := ordered.Get(m, key)
	s, _ := v.(string)
	return s
}

func texts(m yaml.MapSlice, key string) []string {
	var found []string
	for _, item := range list(m, key) {
		if s, ok := item.(string); ok {
			found = append(found, s)
		}
	}
	return found
}
