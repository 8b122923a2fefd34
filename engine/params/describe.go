package params

import (
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// Describe names what a parameter takes, for a person: "integer", "date-time", "one of red, blue",
// "integer or string", "array of string"; "anything" where the schema says nothing.
func (s *Schema) Describe(name string) string {
	return s.describe(mapping(s.properties, name), 0)
}

func (s *Schema) describe(schema yaml.MapSlice, depth int) string {
	title := text(schema, "$ref")
	schema, ok := s.resolve(schema)
	if !ok || depth > 5 {
		return "anything"
	}
	if values := list(schema, "enum"); len(values) > 0 {
		var words []string
		for _, v := range values {
			words = append(words, fmt.Sprint(v))
		}
		return "one of " + strings.Join(words, ", ")
	}
	var parts []string
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		for _, part := range list(schema, key) {
			if part, ok := part.(yaml.MapSlice); ok {
				parts = append(parts, s.describe(part, depth+1))
			}
		}
	}
	kind := text(schema, "type")
	switch {
	case len(parts) > 0:
		return strings.Join(parts, " or ")
	case kind == "array" && len(mapping(schema, "items")) > 0:
		return "array of " + s.describe(mapping(schema, "items"), depth+1)
	case kind == "object" && title != "":
		return "object " + title[strings.LastIndexByte(title, '/')+1:]
	case text(schema, "format") != "":
		return text(schema, "format")
	case kind != "":
		return kind
	}
	return "anything"
}

// Default returns the default that the flow itself has for a parameter.
func (s *Schema) Default(name string) (value any, ok bool) {
	return ordered.Get(mapping(s.properties, name), "default")
}
