package render

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON writes v indented by two spaces, keys in their order, times as RFC 3339
// and durations in seconds. What could act on a terminal is written as \u
// escapes, which every JSON reader turns back; nothing else is escaped.
func (c *Console) JSON(v any) error {
	e := &encoder{}
	e.json(v, "\n")
	return e.flush(c)
}

// YAML writes v as a block of YAML 1.2 that readers of 1.1, such as PyYAML,
// take for the same: a string that isn't plainly a word is quoted.
func (c *Console) YAML(v any) error {
	e := &encoder{}
	e.yaml(v, "", false)
	return e.flush(c)
}

// JSONLine writes v as JSON on one line.
func (c *Console) JSONLine(v any) error {
	e := &encoder{oneLine: true}
	e.json(v, "")
	return e.flush(c)
}

// JSONText is v as JSON on one line, within a text.
func JSONText(v any) string {
	e := &encoder{oneLine: true}
	e.json(v, "")
	return strings.TrimSuffix(e.b.String(), "\n")
}

// List writes the items of a list one by one, so that a long one needs little memory.
type List struct {
	c    *Console
	yaml bool
	n    int
}

// JSONList begins a JSON array.
func (c *Console) JSONList() *List { return &List{c: c} }

// YAMLList begins a YAML sequence.
func (c *Console) YAMLList() *List { return &List{c: c, yaml: true} }

// Add writes the next item.
func (l *List) Add(v any) error {
	l.n++
	if l.yaml {
		return l.c.YAML([]any{v})
	}
	e := &encoder{}
	if l.n == 1 {
		e.b.WriteString("[\n  ")
	} else {
		e.b.WriteString(",\n  ")
	}
	e.json(v, "\n  ")
	if e.err != nil {
		return e.err
	}
	_, err := io.WriteString(l.c, e.b.String())
	return err
}

// Close ends the list.
func (l *List) Close() error {
	end := "\n]\n"
	switch {
	case l.n == 0:
		end = "[]\n"
	case l.yaml:
		return nil
	}
	_, err := io.WriteString(l.c, end)
	return err
}

type encoder struct {
	b       strings.Builder
	err     error
	oneLine bool
}

func (e *encoder) flush(w io.Writer) error {
	if e.err != nil {
		return e.err
	}
	e.b.WriteByte('\n')
	_, err := io.WriteString(w, e.b.String())
	return err
}

// plainValue is simplify without the kinds only Python has: what is left is a
// Dict, []any or a scalar.
func plainValue(v any) any {
	switch v := simplify(v).(type) {
	case Object:
		return Dict(v.Fields)
	case Literal:
		return string(v)[strings.LastIndexByte(string(v), '.')+1:]
	case time.Time:
		return timestamp(v)
	case time.Duration:
		return v.Seconds()
	default:
		return v
	}
}

func (e *encoder) json(v any, newline string) {
	inner := newline + "  "
	switch v := plainValue(v).(type) {
	case Dict:
		e.items("{", "}", len(v), newline, func(i int) {
			e.b.WriteString(quoteJSON(v[i].Key, utf16Escape) + ": ")
			e.json(v[i].Value, inner)
		})
	case []any:
		e.items("[", "]", len(v), newline, func(i int) { e.json(v[i], inner) })
	default:
		e.scalar(v, utf16Escape)
	}
}

func (e *encoder) items(open, shut string, n int, newline string, write func(i int)) {
	e.b.WriteString(open)
	for i := range n {
		if i > 0 {
			e.b.WriteByte(',')
		}
		if !e.oneLine {
			e.b.WriteString(newline + "  ")
		} else if i > 0 {
			e.b.WriteByte(' ')
		}
		write(i)
	}
	if n > 0 && !e.oneLine {
		e.b.WriteString(newline)
	}
	e.b.WriteString(shut)
}

func (e *encoder) scalar(v any, escape func(rune) string) {
	switch v := v.(type) {
	case nil:
		e.b.WriteString("null")
	case string:
		e.b.WriteString(quoteJSON(v, escape))
	case json.Number:
		e.b.WriteString(v.String())
	case float64:
		e.float(v, json.Number.String)
	default:
		fmt.Fprint(&e.b, v)
	}
}

func (e *encoder) float(f float64, text func(json.Number) string) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		e.err = fmt.Errorf("%v cannot be written as JSON or YAML", f)
		return
	}
	e.b.WriteString(text(json.Number(floatPython(f))))
}

// quoteJSON writes s in double quotes with the escapes JSON and YAML share;
// escape writes a character that must not be shown as it is.
func quoteJSON(s string, escape func(rune) string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case showable(r, false):
			b.WriteRune(r)
		default:
			b.WriteString(escape(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}

func utf16Escape(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Sprintf(`\u%04x\u%04x`, high, low)
}

func utf32Escape(r rune) string {
	if r < 0x10000 {
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// yaml writes v at an indentation. inline says that a key or a dash stands on
// the line already.
func (e *encoder) yaml(v any, indent string, inline bool) {
	switch v := plainValue(v).(type) {
	case Dict:
		if len(v) == 0 {
			e.b.WriteString("{}")
			return
		}
		for i, f := range v {
			e.yamlLine(indent, inline && i == 0)
			e.b.WriteString(yamlString(f.Key) + ":")
			e.yamlBelow(f.Value, indent)
		}
	case []any:
		if len(v) == 0 {
			e.b.WriteString("[]")
			return
		}
		for i, value := range v {
			e.yamlLine(indent, inline && i == 0)
			e.b.WriteString("- ")
			e.yaml(value, indent+"  ", true)
		}
	case string:
		e.b.WriteString(yamlString(v))
	case json.Number:
		e.b.WriteString(yamlNumber(v))
	case float64:
		e.float(v, yamlNumber)
	default:
		e.scalar(v, utf32Escape)
	}
}

func (e *encoder) yamlLine(indent string, inline bool) {
	if !inline && e.b.Len() > 0 {
		e.b.WriteByte('\n')
	}
	if !inline {
		e.b.WriteString(indent)
	}
}

// yamlBelow writes the value of a key: a list at the key's own column, as
// Prefect's files have it, a mapping two further in, all else on the line.
func (e *encoder) yamlBelow(v any, indent string) {
	switch v := plainValue(v).(type) {
	case Dict:
		if len(v) > 0 {
			e.yaml(v, indent+"  ", false)
			return
		}
	case []any:
		if len(v) > 0 {
			e.yaml(v, indent, false)
			return
		}
	}
	e.b.WriteByte(' ')
	e.yaml(v, indent, true)
}

// yamlString leaves a string bare only if no version of YAML could read it as
// anything else: it starts with a letter, holds only letters, digits and a
// few marks, and is no word with a meaning.
func yamlString(s string) string {
	if plainYAML(s) {
		return s
	}
	return quoteJSON(s, utf32Escape)
}

func plainYAML(s string) bool {
	switch strings.ToLower(s) {
	case "", "y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan":
		return false
	}
	if c := s[0] | 0x20; c < 'a' || c > 'z' {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= utf8.RuneSelf:
			return false
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9':
		case strings.IndexByte("_-./", c) >= 0:
		default:
			return false
		}
	}
	return true
}

// yamlNumber adds the point without which YAML 1.1 takes 1e+16 for a string.
func yamlNumber(n json.Number) string {
	text := n.String()
	mantissa, exponent, ok := strings.Cut(strings.ToLower(text), "e")
	if !ok {
		return text
	}
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	if _, err := strconv.Atoi(exponent); err == nil && exponent[0] != '-' && exponent[0] != '+' {
		exponent = "+" + exponent
	}
	return mantissa + "e" + exponent
}
