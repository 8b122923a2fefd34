package params

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

func schemaOf(t *testing.T, properties, rest string) *Schema {
	t.Helper()
	s, err := New(json.RawMessage(`{"title":"Parameters","type":"object","properties":{` + properties + `}` + rest + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decode(t *testing.T, text string) yaml.MapSlice {
	t.Helper()
	m, err := ordered.DecodeMap([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const nameAndAge = `"name":{"title":"name","type":"string"},"age":{"title":"age","default":3,"type":"integer"}`

func TestMessages(t *testing.T) {
	person := `,"required":["p"],"definitions":{"Person":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"tags":{"type":"array","items":{"type":"string"}}}}}`
	for _, c := range []struct {
		properties, rest, given string
		want                    string
	}{
		{nameAndAge, `,"required":["name"]`, `{"name":"Marvin"}`, ""},
		{nameAndAge, `,"required":["name"]`, `{"age":"7"}`, "invalid parameters:\n - name: field required"},
		{nameAndAge, `,"required":["name"]`, `{"age":"x","bogus":1,"nmae":2}`, "invalid parameters:\n - name: field required\n - age: value is not a valid integer\n" +
			" - bogus: the flow has no such parameter (it has: name, age)\n - nmae: the flow has no such parameter (it has: name, age); did you mean 'name'?"},
		{``, `,"required":null,"definitions":null`, `{"x":1}`, "invalid parameters:\n - x: the flow has no such parameter; it takes none"},
		{`"p":{"allOf":[{"$ref":"#/definitions/Person"}]}`, person, `{"p":{"tags":["a",[1]]}}`,
			"invalid parameters:\n - p.name: field required\n - p.tags[1]: str type expected"},
		{`"a":{"title":"a"},"args":{"title":"args"},"kwargs":{"title":"kwargs"}`, `,"required":["a","args","kwargs"]`, `{"a":1}`, ""},
		{`"a":{"title":"a"}`, `,"required":["a"]`, `{"a":null}`, ""},
		{`"u":{"anyOf":[{"type":"integer"},{"type":"array","items":{}}]}`, ``, `{"u":"x"}`,
			"invalid parameters:\n - u: value is not a valid integer\n - u: value is not a valid list"},
		{`"m":{"allOf":[{"$ref":"#/definitions/M"}]}`, `,"definitions":{"M":{"type":"object","properties":{"userName":{"type":"string"}},"required":["userName"]}}`, `{"m":{"user_name":"x"}}`, ""},
		{`"g":{"allOf":[{"$ref":"#/definitions/Gone"}]},"far":{"$ref":"http://x/y"}`, ``, `{"g":1,"far":[2]}`, ""},
	} {
		err := schemaOf(t, c.properties, c.rest).Check(decode(t, c.given))
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s with %s:\n got %q\nwant %q", c.properties, c.given, got, c.want)
		}
	}
}

// Definitions that refer to each other in circles end, whatever the value.
func TestCircularDefinitions(t *testing.T) {
	s := schemaOf(t, `"x":{"$ref":"#/definitions/A"}`, `,"definitions":{"A":{"anyOf":[{"$ref":"#/definitions/A"},{"$ref":"#/definitions/B"}]},"B":{"allOf":[{"$ref":"#/definitions/A"},{"$ref":"#/definitions/A"}]},"C":{"$ref":"#/definitions/C"}}`)
	if err := s.Check(decode(t, `{"x":1}`)); err != nil {
		t.Error(err)
	}
}

func TestMergePutsGivenOverDeployment(t *testing.T) {
	got := Merge(decode(t, `{"a":1,"b":2}`), decode(t, `{"c":3,"a":null}`))
	if want := decode(t, `{"a":null,"b":2,"c":3}`); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestDamagedSchema(t *testing.T) {
	for _, text := range []string{"{", "[]", `"x"`} {
		if _, err := New(json.RawMessage(text)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v", text, err)
		}
	}
	for _, text := range []string{"", "null", "{}", `{"properties":[],"required":{}}`, `{"properties":{"x":3},"required":[1]}`} {
		s, err := New(json.RawMessage(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		_ = s.Check(decode(t, `{"x":[{"y":1}]}`)) // must not panic
	}
}

func TestValue(t *testing.T) {
	s := schemaOf(t, `"s":{"type":"string"},"i":{"type":"integer"},"f":{"type":"number"},"u":{"anyOf":[{"type":"integer"},{"type":"string"}]},"any":{"title":"any"},
		"l":{"type":"array","items":{}},"color":{"allOf":[{"$ref":"#/definitions/Color"}]},"when":{"type":"string","format":"date-time"},"su":{"anyOf":[{"type":"number"},{"type":"string"}]}`,
		`,"definitions":{"Color":{"enum":["red","1"]}}`)
	for _, c := range []struct {
		text string
		want any
	}{
		{"s=01234", "01234"}, {"s=a=b", "a=b"}, {"s=", ""}, {"s=null", "null"}, {`s="q"`, `"q"`}, {"i=3", int64(3)}, {"i=three", "three"}, {"f=3", int64(3)},
		{"f=1e3", 1000.0}, {"u=5", int64(5)}, {"u=05", "05"}, {"u=true", "true"}, {"any=[1, null]", []any{int64(1), nil}}, {"any=text", "text"}, {"any=", ""},
		{`l=["a"]`, []any{"a"}}, {"l=a,b", "a,b"}, {"color=1", "1"}, {"when=2022-08-22", "2022-08-22"}, {"su=3", int64(3)}, {"su=[1]", "[1]"}, {"other=1", int64(1)},
	} {
		name, typed, _ := strings.Cut(c.text, "=")
		if got := s.Value(name, typed); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %#v, want %#v", c.text, got, c.want)
		}
	}
}

// FuzzCheck looks for schemas and values that break the check.
func FuzzCheck(f *testing.F) {
	f.Add(`{"properties":{`+nameAndAge+`},"required":["name"]}`, `{"name":[1],"age":{"a":2}}`)
	f.Add(`{"properties":{"x":{"type":"array","items":[{"type":"object","additionalProperties":{"enum":[1,"a"]}}],"maxItems":1}}}`, `{"x":[["ab"]]}`)
	f.Fuzz(func(t *testing.T, schema, given string) {
		s, err := New(json.RawMessage(schema))
		if err != nil {
			return
		}
		m, err := ordered.DecodeMap([]byte(given))
		if err != nil {
			return
		}
		if err := s.Check(m); err != nil && err.Error() == "" {
			t.Error("an error without a text")
		}
	})
}
