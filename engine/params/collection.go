package params

import (
	"fmt"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// array checks a list, a tuple (items is a list of schemas) or a set.
func (c *checker) array(path string, schema yaml.MapSlice, v any) {
	items, ok := v.([]any)
	unique, _ := ordered.Get(schema, "uniqueItems")
	tuple := list(schema, "items")
	if tuple == nil {
		tuple = list(schema, "prefixItems")
	}
	switch kind := "list"; {
	case !ok && tuple != nil:
		kind = "tuple"
		fallthrough
	case !ok:
		if unique == true {
			kind = "set"
		}
		c.problem(path, "value is not a valid %s", kind)
	case tuple != nil:
		c.tuple(path, schema, tuple, items)
	default:
		if unique != true { // a set may be given with the same item twice, so its length is not known
			c.length(path, schema, len(items), "minItems", "maxItems", "items")
		}
		each := mapping(schema, "items")
		for i, item := range items {
			c.value(fmt.Sprintf("%s[%d]", path, i), each, item)
		}
	}
}

func (c *checker) tuple(path string, schema yaml.MapSlice, kinds, items []any) {
	if most, ok := limitOf(schema, "maxItems"); ok && (len(items) != len(kinds) && int(most) == len(kinds)) {
		c.problem(path, "wrong tuple length %d, expected %d", len(items), len(kinds))
		return
	}
	for i, item := range items {
		if i < len(kinds) {
			kind, _ := kinds[i].(yaml.MapSlice)
			c.value(fmt.Sprintf("%s[%d]", path, i), kind, item)
		}
	}
}

// object checks a model (a schema with properties) or a dict.
func (c *checker) object(path string, schema yaml.MapSlice, v any) {
	m, ok := v.(yaml.MapSlice)
	if !ok {
		if m, ok = fromPairs(v); !ok {
			c.problem(path, "value is not a valid dict")
			return
		}
	}
	properties := mapping(schema, "properties")
	for _, item := range properties {
		name := fmt.Sprint(item.Key)
		property, _ := item.Value.(yaml.MapSlice)
		if value, given := ordered.Get(m, name); given {
			c.value(path+"."+name, property, value)
		} else if slices.Contains(texts(schema, "required"), name) && !givenOtherwise(m, properties, name) {
			c.problem(path+"."+name, "field required")
		}
	}
	c.additional(path, schema, properties, m)
}

// additional checks what a mapping holds besides the properties of its schema.
func (c *checker) additional(path string, schema, properties, m yaml.MapSlice) {
	extra, _ := ordered.Get(schema, "additionalProperties")
	each, _ := extra.(yaml.MapSlice)
	for _, item := range m {
		name := fmt.Sprint(item.Key)
		if _, known := ordered.Get(properties, name); known {
			continue
		}
		switch {
		case extra == false && !givenOtherwise(properties, nil, name):
			c.problem(path+"."+name, "extra fields not permitted")
		case each != nil:
			c.value(path+"."+name, each, item.Value)
		}
	}
}

// givenOtherwise tells whether a mapping has a key that may be another name of a field: the schema
// shows a field by its alias ("userName"), while the model may take its own name ("user_name").
func givenOtherwise(m, except yaml.MapSlice, name string) bool {
	bare := func(s string) string {
		return strings.ToLower(strings.NewReplacer("_", "", "-", "").Replace(s))
	}
	return slices.ContainsFunc(m, func(item yaml.MapItem) bool {
		key := fmt.Sprint(item.Key)
		_, taken := ordered.Get(except, key)
		return !taken && key != name && bare(key) == bare(name)
	})
}

// fromPairs makes a mapping of a list of pairs, as Python's dict does.
func fromPairs(v any) (yaml.MapSlice, bool) {
	items, ok := elements(v)
	if !ok {
		return nil, false
	}
	m := yaml.MapSlice{}
	for _, item := range items {
		pair, ok := elements(item)
		if !ok || len(pair) != 2 || !isPlain(pair[0]) {
			return nil, false
		}
		m = ordered.Set(m, fmt.Sprint(pair[0]), pair[1])
	}
	return m, true
}

// elements gives what Python's iteration over a value gives: the items of a list, the keys of a
// mapping, the characters of a text.
func elements(v any) (items []any, ok bool) {
	switch v := v.(type) {
	case []any:
		return v, true
	case yaml.MapSlice:
		for _, item := range v {
			items = append(items, item.Key)
		}
		return items, true
	case string:
		for _, r := range v {
			items = append(items, string(r))
		}
		return items, true
	}
	return nil, false
}
