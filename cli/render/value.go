package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"reflect"
	"sort"
	"time"

	"github.com/goccy/go-yaml"
)

// The values Inspect, JSON and YAML show are nil, bool, strings, the Go
// integers and floats, *big.Int, json.Number, json.RawMessage, time.Time,
// time.Duration, lists, maps with string keys (sorted), yaml.MapSlice, Dict, Object and Literal, types made from these,
// pointers to them (nil is null) and whatever has a String method.

// Field is one entry of a Dict or an Object.
type Field struct {
	Key   string
	Value any
}

// Dict is a mapping that keeps its order.
type Dict []Field

// Object is a value of a named class. Inspect shows it as Class(key=value, ...)
// and JSON and YAML as a mapping.
type Object struct {
	Class  string
	Fields []Field
}

// Literal is Python text that Inspect shows as it is, such as
// StateType.COMPLETED. JSON and YAML show what stands after its last dot.
type Literal string

// timestamp is how Prefect's API writes a time: Python's isoformat, which is
// RFC 3339, in UTC.
func timestamp(t time.Time) string {
	t = t.UTC()
	if t.Nanosecond()/1000 == 0 {
		return t.Format("2006-01-02T15:04:05+00:00")
	}
	return t.Format("2006-01-02T15:04:05.000000+00:00")
}

// FromJSON reads a JSON text keeping the order of keys and the digits of
// numbers: objects become Dict, arrays []any and numbers json.Number.
func FromJSON(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	v, err := readJSON(d)
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("read JSON: more text after the value")
	}
	return v, nil
}

func readJSON(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return readJSONObject(d)
	case json.Delim('['):
		return readJSONArray(d)
	}
	return token, nil
}

func readJSONObject(d *json.Decoder) (any, error) {
	dict := Dict{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		value, err := readJSON(d)
		if err != nil {
			return nil, err
		}
		dict = append(dict, Field{key.(string), value})
	}
	_, err := d.Token()
	return dict, err
}

func readJSONArray(d *json.Decoder) (any, error) {
	list := []any{}
	for d.More() {
		value, err := readJSON(d)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	_, err := d.Token()
	return list, err
}

// simplify brings the many kinds of value to few: nil, bool, string, int64,
// uint64, float64, json.Number, time.Time, time.Duration, []any, Dict, Object
// and Literal.
func simplify(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int64, uint64, float64, json.Number, time.Time, time.Duration,
		[]any, Dict, Object, Literal:
		return v
	case json.RawMessage:
		return fromRaw(v)
	case *big.Int:
		return json.Number(v.String())
	case yaml.MapSlice:
		dict := make(Dict, len(v))
		for i, item := range v {
			dict[i] = Field{fmt.Sprint(item.Key), item.Value}
		}
		return dict
	}
	r := reflect.ValueOf(v)
	if r.Kind() == reflect.Pointer {
		if r.IsNil() {
			return nil
		}
		return simplify(r.Elem().Interface())
	}
	if s, ok := v.(fmt.Stringer); ok {
		return s.String()
	}
	switch r.Kind() {
	case reflect.Bool:
		return r.Bool()
	case reflect.String:
		return r.String()
	case reflect.Float32, reflect.Float64:
		return r.Float()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return r.Uint()
	case reflect.Slice, reflect.Array:
		list := make([]any, r.Len())
		for i := range list {
			list[i] = r.Index(i).Interface()
		}
		return list
	case reflect.Map:
		return sortedDict(r)
	}
	return fmt.Sprint(v)
}

// fromRaw reads stored JSON. The store holds nothing else; text that isn't JSON
// after all is shown as the text it is.
func fromRaw(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	v, err := FromJSON(raw)
	if err != nil {
		return string(raw)
	}
	return v
}

// sortedDict gives a Go map the one order that stays the same.
func sortedDict(m reflect.Value) Dict {
	dict := make(Dict, 0, m.Len())
	for _, key := range m.MapKeys() {
		dict = append(dict, Field{key.String(), m.MapIndex(key).Interface()})
	}
	sort.Slice(dict, func(i, j int) bool { return dict[i].Key < dict[j].Key })
	return dict
}

// Empty reports whether a value is null, or a dictionary or list without anything in it.
func Empty(v any) bool {
	switch v := simplify(v).(type) {
	case nil:
		return true
	case Dict:
		return len(v) == 0
	case []any:
		return len(v) == 0
	}
	return false
}
