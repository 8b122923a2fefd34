package params

import (
	"slices"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// Value reads the value of a parameter as a person types it. A parameter that takes texts gets the
// text as it is, so zip=01234 keeps its zero; any other takes JSON ("3", "[1, 2]", "null") where
// the value is JSON, and else the text, which Python may still convert.
func (s *Schema) Value(name, typed string) any {
	kinds := s.kinds(mapping(s.properties, name), 0)
	others := slices.ContainsFunc(kinds, func(kind string) bool { return kind != "string" })
	if len(kinds) > 0 && !others {
		return typed
	}
	v, err := ordered.Decode([]byte(typed))
	if err != nil || slices.Contains(kinds, "string") && !slices.Contains(kinds, kindOf(v)) {
		return typed
	}
	return v
}

// kindOf names the type that JSON Schema has for a value.
func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		return "number"
	case []any:
		return "array"
	case yaml.MapSlice:
		return "object"
	}
	return "integer"
}

// kinds lists the types that a schema takes; none if it takes anything.
func (s *Schema) kinds(schema yaml.MapSlice, depth int) []string {
	schema, ok := s.resolve(schema)
	if !ok || depth > 10 {
		return nil
	}
	var kinds []string
	if kind := text(schema, "type"); kind != "" {
		kinds = append(kinds, kind)
		if kind == "number" {
			kinds = append(kinds, "integer")
		}
	} else {
		for _, value := range list(schema, "enum") {
			if isText(value) {
				kinds = append(kinds, "string")
			} else {
				kinds = append(kinds, "other")
			}
		}
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for _, part := range list(schema, key) {
			if part, ok := part.(yaml.MapSlice); ok {
				kinds = append(kinds, s.kinds(part, depth+1)...)
			}
		}
	}
	return kinds
}
