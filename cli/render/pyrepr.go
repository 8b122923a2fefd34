package render

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// quotePython writes s as Python's repr does: in single quotes unless only
// those occur in it, with what can't be seen as escapes.
func quotePython(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == quote || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		// showable is stricter than Python about a few invisible letters.
		case unicode.IsPrint(r) && showable(r, false):
			b.WriteRune(r)
		default:
			b.WriteString(visible(r))
		}
		i += size
	}
	b.WriteRune(quote)
	return b.String()
}

// floatPython writes f as Python's repr does: the shortest digits that read
// back the same, an exponent below 1e-4 and from 1e16 on.
func floatPython(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 1):
		return "inf"
	case math.IsInf(f, -1):
		return "-inf"
	}
	if size := math.Abs(f); size != 0 && (size < 1e-4 || size >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	text := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(text, ".") {
		text += ".0"
	}
	return text
}

// numberPython: json.loads makes an int of what has neither point nor exponent.
func numberPython(n json.Number) string {
	text := n.String()
	if !strings.ContainsAny(text, ".eE") {
		if text == "-0" {
			return "0"
		}
		return text
	}
	f, err := n.Float64()
	if err != nil && !math.IsInf(f, 0) {
		return text
	}
	return floatPython(f)
}

// timePython is the repr of a pendulum DateTime in UTC, as inspect shows it.
func timePython(t time.Time) Object {
	t = t.UTC()
	numbers := []int{t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second()}
	if micro := t.Nanosecond() / 1000; micro != 0 {
		numbers = append(numbers, micro)
	}
	o := Object{Class: "DateTime"}
	for _, n := range numbers {
		o.Fields = append(o.Fields, Field{"", n})
	}
	zone := Object{"Timezone", []Field{{"", "+00:00"}}}
	o.Fields = append(o.Fields, Field{"tzinfo", zone})
	return o
}

// durationPython is the repr of a datetime.timedelta, to the microsecond.
func durationPython(d time.Duration) Object {
	const day = 24 * time.Hour
	days := d / day
	rest := d % day
	if rest < 0 {
		days--
		rest += day
	}
	o := Object{Class: "datetime.timedelta"}
	for _, part := range []struct {
		name string
		n    int64
	}{
		{"days", int64(days)},
		{"seconds", int64(rest / time.Second)},
		{"microseconds", int64(rest % time.Second / time.Microsecond)},
	} {
		if part.n != 0 {
			o.Fields = append(o.Fields, Field{part.name, part.n})
		}
	}
	if len(o.Fields) == 0 {
		o.Fields = []Field{{"", 0}}
	}
	return o
}
