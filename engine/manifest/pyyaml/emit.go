package pyyaml

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// bestWidth is the column after which PyYAML folds long scalars, and keyWidth the length from
// which a key is written with "?".
const (
	bestWidth = 80
	keyWidth  = 128
)

// Marshal writes a mapping as PyYAML's safe_dump does with sort_keys=False, several lines of text
// in block style. Besides the types of the package comment it takes the other Go integers,
// json.Number, []string, *string and pointers to the basic types it may find in a model.
func Marshal(m yaml.MapSlice) ([]byte, error) {
	if len(m) == 0 {
		return []byte("{}\n"), nil
	}
	e := &emitter{}
	if err := e.mapping(m, 0, true); err != nil {
		return nil, err
	}
	e.buf.WriteByte('\n')
	return []byte(e.buf.String()), nil
}

type emitter struct {
	buf strings.Builder
	col int
}

func (e *emitter) write(s string) {
	e.buf.WriteString(s)
	e.col += utf8.RuneCountInString(s)
}

func (e *emitter) newline(indent int) {
	e.buf.WriteByte('\n')
	e.buf.WriteString(strings.Repeat(" ", indent))
	e.col = indent
}

// mapping writes the pairs at column indent. With compact the first goes where the cursor is.
func (e *emitter) mapping(m yaml.MapSlice, indent int, compact bool) error {
	for i, item := range m {
		if i > 0 || !compact {
			e.newline(indent)
		}
		key, ok := item.Key.(string)
		if !ok {
			return fmt.Errorf("the key %v is not a text", item.Key)
		}
		simple := isSimpleKey(key)
		if simple {
			e.text(key, indent+2, true)
			e.write(":")
		} else {
			e.write("?")
			e.space()
			e.text(key, indent+2, false)
			e.newline(indent)
			e.write(":")
		}
		if err := e.value(item.Value, indent, simple); err != nil {
			return err
		}
	}
	return nil
}

// isSimpleKey tells whether a key goes without "?". PyYAML counts five characters for the tag
// (!!str) that it then doesn't write.
func isSimpleKey(key string) bool {
	return key != "" && utf8.RuneCountInString(key)+len("!!str") < keyWidth && !analyze(key).multiline
}

func (e *emitter) sequence(list []any, indent int, compact bool) error {
	for i, item := range list {
		if i > 0 || !compact {
			e.newline(indent)
		}
		e.write("-")
		if err := e.value(item, indent, false); err != nil {
			return err
		}
	}
	return nil
}

// value writes what stands after "key:" or, with simpleKey false, after "-" or "? key\n:".
func (e *emitter) value(v any, indent int, simpleKey bool) error {
	v = normal(v)
	switch v := v.(type) {
	case string:
		e.space()
		e.text(v, indent+2, false)
		return nil
	case []any:
		switch {
		case len(v) == 0:
			e.write(" []")
			return nil
		case simpleKey:
			return e.sequence(v, indent, false)
		}
		e.write(" ")
		return e.sequence(v, indent+2, true)
	case yaml.MapSlice:
		switch {
		case len(v) == 0:
			e.write(" {}")
			return nil
		case simpleKey:
			return e.mapping(v, indent+2, false)
		}
		e.write(" ")
		return e.mapping(v, indent+2, true)
	}
	s := scalarText(v)
	if s == "" {
		return fmt.Errorf("a value of type %T can't be written", v)
	}
	e.write(" " + s)
	return nil
}

func (e *emitter) space() { e.write(" ") }

// normal brings a value to the types of the package comment.
func normal(v any) any {
	switch v := v.(type) {
	case *string:
		if v == nil {
			return nil
		}
		return *v
	case []string:
		list := make([]any, len(v))
		for i, s := range v {
			list[i] = s
		}
		return list
	case json.Number:
		if i, ok := new(big.Int).SetString(string(v), 10); ok {
			return smallest(i)
		}
		f, _ := strconv.ParseFloat(string(v), 64)
		return f
	case map[string]any:
		m := yaml.MapSlice{}
		for key, value := range v {
			m = append(m, yaml.MapItem{Key: key, Value: value})
		}
		slices.SortFunc(m, func(a, b yaml.MapItem) int { return strings.Compare(a.Key.(string), b.Key.(string)) })
		return m
	}
	return v
}

// scalarText writes a scalar that is not a text; it is empty for other types.
func scalarText(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case *big.Int:
		return v.String()
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v)
	case float64:
		return floatText(v)
	}
	return ""
}

// floatText is FormatFloat in YAML 1.1, where an exponent needs a point before it.
func floatText(f float64) string {
	s := FormatFloat(f)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return strings.Replace("."+s, ".-", "-.", 1)
	}
	if !strings.Contains(s, ".") {
		s = strings.Replace(s, "e", ".0e", 1)
	}
	return s
}
