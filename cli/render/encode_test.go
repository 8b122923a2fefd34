package render

import (
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

type kind string

func sample() Dict {
	at := time.Date(2026, 11, 23, 4, 6, 34, 676241000, time.UTC)
	return Dict{
		{"id", "334513b7-9267-44af-82a7-c2240fd4d93b"},
		{"created", at},
		{"updated", &at},
		{"description", (*string)(nil)},
		{"version", "1.0"},
		{"html", "<a & b>"},
		{"state_type", Literal("StateType.COMPLETED")},
		{"kind", kind("COMPLETED")},
		{"tags", []string{"a", "b,c"}},
		{"empty", []string{}},
		{"none", Dict{}},
		{"interval", 60.0},
		{"total_run_time", 136514 * time.Microsecond},
		{"big", json.Number("759856347606706573645052")},
		{"nested", []any{Dict{{"b", 1}, {"a", []any{[]any{1, 2}, "x"}}}, nil, true}},
	}
}

func TestJSON(t *testing.T) {
	c, b := pipe(80)
	if err := c.JSON(sample()); err != nil {
		t.Fatal(err)
	}
	want := `{
  "id": "334513b7-9267-44af-82a7-c2240fd4d93b",
  "created": "2026-11-23T04:06:34.676241+00:00",
  "updated": "2026-11-23T04:06:34.676241+00:00",
  "description": null,
  "version": "1.0",
  "html": "<a & b>",
  "state_type": "COMPLETED",
  "kind": "COMPLETED",
  "tags": [
    "a",
    "b,c"
  ],
  "empty": [],
  "none": {},
  "interval": 60.0,
  "total_run_time": 0.136514,
  "big": 759856347606706573645052,
  "nested": [
    {
      "b": 1,
      "a": [
        [
          1,
          2
        ],
        "x"
      ]
    },
    null,
    true
  ]
}
`
	if b.String() != want {
		t.Errorf("got %s\nwant %s", b, want)
	}
}

func TestYAML(t *testing.T) {
	c, b := pipe(80)
	if err := c.YAML(sample()); err != nil {
		t.Fatal(err)
	}
	want := `id: "334513b7-9267-44af-82a7-c2240fd4d93b"
created: "2026-11-23T04:06:34.676241+00:00"
updated: "2026-11-23T04:06:34.676241+00:00"
description: null
version: "1.0"
html: "<a & b>"
state_type: COMPLETED
kind: COMPLETED
tags:
- a
- "b,c"
empty: []
none: {}
interval: 60.0
total_run_time: 0.136514
big: 759856347606706573645052
nested:
- b: 1
  a:
  - - 1
    - 2
  - x
- null
- true
`
	if b.String() != want {
		t.Errorf("got %s\nwant %s", b, want)
	}
}

func TestEncodingRefusesWhatNoReaderTakes(t *testing.T) {
	c, b := pipe(80)
	for _, f := range []float64{math.NaN(), math.Inf(-1)} {
		if c.JSON(f) == nil || c.YAML(f) == nil {
			t.Errorf("%v was written: %q", f, b)
		}
	}
}

// FuzzEncode: whatever the text, both forms give it back unchanged.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", "yes", "1e3", "0x1f", "12:30:45", "a\tb", "a\rb", "=", "<<", "- x", "x: y", "#", "\u0085", "\u2028", "🚀", "\U000e0041", "~", ".nan", " lead", "a-b/c.yaml", "2026-11-23"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		want := map[string]any{"k": s, "list": []any{s}}
		for way, write := range map[string]func(c *Console) error{
			"JSON": func(c *Console) error { return c.JSON(want) },
			"YAML": func(c *Console) error { return c.YAML(want) },
		} {
			c, b := pipe(80)
			if err := write(c); err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			read := json.Unmarshal
			if way == "YAML" {
				read = func(data []byte, v any) error { return yaml.Unmarshal(data, v) }
			}
			if err := read(b.Bytes(), &got); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s of %q: %v, %q from\n%s", way, s, err, got, b)
			}
		}
	})
}

func TestStoredAndEditedValuesKeepTheirOrder(t *testing.T) {
	c, b := pipe(80)
	huge, _ := new(big.Int).SetString("759856347606706573645052", 10)
	err := c.Inspect(Dict{
		{"raw", json.RawMessage(`{"z": 1.50, "a": [null]}`)},
		{"edited", yaml.MapSlice{{Key: "y", Value: huge}, {Key: "b", Value: 2.0}}},
		{"absent", json.RawMessage(nil)},
	})
	want := "{\n    'raw': {'z': 1.5, 'a': [None]},\n    'edited': {'y': 759856347606706573645052, 'b': 2.0},\n    'absent': None\n}\n"
	if err != nil || b.String() != want {
		t.Errorf("%v, got %s\nwant %s", err, b, want)
	}
}

func TestFromJSON(t *testing.T) {
	v, err := FromJSON([]byte(`{"b": 1.50, "a": [null, {"z": 1, "y": 2}]}`))
	if err != nil {
		t.Fatal(err)
	}
	want := Dict{{"b", json.Number("1.50")}, {"a", []any{nil, Dict{{"z", json.Number("1")}, {"y", json.Number("2")}}}}}
	if !reflect.DeepEqual(v, want) {
		t.Errorf("got %v", v)
	}
	for _, bad := range []string{"", "{", `{"a" 1}`, "[1,]", "1 2", `{"a":1}}`} {
		if v, err := FromJSON([]byte(bad)); err == nil {
			t.Errorf("%q was read as %v", bad, v)
		}
	}
}
