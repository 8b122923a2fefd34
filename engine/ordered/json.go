// Package ordered reads and writes JSON that keeps the order of keys, because the parameters of a
// flow and their schema are shown, compared and written in the order their author chose.
//
// Values are nil, bool, int64, *big.Int, float64, string, []any and yaml.MapSlice with string keys:
// the same as in deployment files. 3 and 3.0 stay apart, as they do in Python.
package ordered

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
)

// Encode writes a value as JSON. Infinities and NaN, which JSON lacks, become the texts "inf",
// "-inf" and "nan" that Python's float reads.
func Encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	if err := encode(&b, v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func encode(b *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case yaml.MapSlice:
		return encodeMap(b, v)
	case []any:
		b.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				b.WriteByte(',')
			}
			if err := encode(b, item); err != nil {
				return err
			}
		}
		b.WriteByte(']')
		return nil
	case float64:
		s := pyyaml.FormatFloat(v)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			s = strconv.Quote(s)
		}
		b.WriteString(s)
		return nil
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write as JSON: %w", err)
	}
	b.Truncate(b.Len() - 1)
	return nil
}

func encodeMap(b *bytes.Buffer, m yaml.MapSlice) error {
	b.WriteByte('{')
	for i, item := range m {
		if i > 0 {
			b.WriteByte(',')
		}
		key, ok := item.Key.(string)
		if !ok {
			return fmt.Errorf("write as JSON: the key %v is not a text", item.Key)
		}
		if err := encode(b, key); err != nil {
			return err
		}
		b.WriteByte(':')
		if err := encode(b, item.Value); err != nil {
			return err
		}
	}
	b.WriteByte('}')
	return nil
}

// maxDepth bounds the nesting, as Python's own reader does.
const maxDepth = 500

// Decode reads one JSON value. Of a key that stands twice the last value counts.
func Decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := decode(dec, maxDepth)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read JSON: more text follows the value")
	}
	return v, nil
}

// DecodeMap reads a JSON object; null and no text at all are an empty one.
func DecodeMap(data []byte) (yaml.MapSlice, error) {
	if len(bytes.TrimSpace(data)) == 0 {
		return nil, nil
	}
	v, err := Decode(data)
	if err != nil || v == nil {
		return nil, err
	}
	m, ok := v.(yaml.MapSlice)
	if !ok {
		return nil, errors.New("read JSON: expected an object")
	}
	return m, nil
}

func decode(dec *json.Decoder, depth int) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if depth < 0 {
		return nil, fmt.Errorf("it is nested deeper than %d levels", maxDepth)
	}
	switch token := token.(type) {
	case json.Number:
		return number(string(token))
	case json.Delim:
		if token == '[' {
			return decodeList(dec, depth-1)
		}
		return decodeMap(dec, depth-1)
	}
	return token, nil
}

func decodeList(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		v, err := decode(dec, depth)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}

func decodeMap(dec *json.Decoder, depth int) (any, error) {
	m := yaml.MapSlice{}
	at := map[string]int{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key := token.(string) // the decoder lets only strings stand here
		v, err := decode(dec, depth)
		if err != nil {
			return nil, err
		}
		if i, twice := at[key]; twice {
			m[i].Value = v
			continue
		}
		at[key] = len(m)
		m = append(m, yaml.MapItem{Key: key, Value: v})
	}
	_, err := dec.Token()
	return m, err
}

func number(s string) (any, error) {
	if strings.ContainsAny(s, ".eE") {
		f, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("the number %s is too large", s)
		}
		return f, nil
	}
	i, ok := new(big.Int).SetString(s, 10)
	if !ok {
		return nil, fmt.Errorf("%s is not a number", s)
	}
	if i.IsInt64() {
		return i.Int64(), nil
	}
	return i, nil
}

// Get returns the value of a key and whether it is there.
func Get(m yaml.MapSlice, key string) (any, bool) {
	for _, item := range m {
		if item.Key == key {
			return item.Value, true
		}
	}
	return nil, false
}

// Set gives a key a value, in its place or at the end, in a copy of the mapping.
func Set(m yaml.MapSlice, key string, value any) yaml.MapSlice {
	m = append(yaml.MapSlice{}, m...)
	for i := range m {
		if m[i].Key == key {
			m[i].Value = value
			return m
		}
	}
	return append(m, yaml.MapItem{Key: key, Value: value})
}
