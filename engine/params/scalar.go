package params

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest"
	"prefect/engine/manifest/pyyaml"
	"prefect/engine/ordered"
	"prefect/engine/pattern"
)

// The texts that pydantic reads for each format. What pydantic 2 reads besides is let through too,
// as the user's own interpreter may have it: a date as a date-time, and the other way round.
var (
	clock           = `\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,6}\d{0,6})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?`
	dateTimePattern = pattern.New(`^\d{4}-\d{1,2}-\d{1,2}(?:[T _t]` + clock + `|z)?$`)
	timePattern     = pattern.New(`^` + clock + `$`)
	uuidPattern     = pattern.New(`^[0-9a-fA-F]{32}$`)
)

func isText(v any) bool { _, ok := v.(string); return ok }

// isPlain tells whether a value is neither a list nor a mapping.
func isPlain(v any) bool {
	switch v.(type) {
	case []any, yaml.MapSlice:
		return false
	}
	return true
}

// text checks a string, with its format and length.
func (c *checker) text(path string, schema yaml.MapSlice, v any) {
	switch format := text(schema, "format"); format {
	case "date-time", "date", "time":
		c.moment(path, format, v)
		return
	case "uuid", "uuid1", "uuid3", "uuid4", "uuid5":
		s, ok := v.(string)
		bare := strings.NewReplacer("urn:", "", "uuid:", "", "-", "", "{", "", "}", "").Replace(s)
		if !ok || !uuidPattern.MatchString(bare) {
			c.problem(path, "value is not a valid uuid")
		}
		return
	case "path", "file-path", "directory-path":
		if !isText(v) {
			c.problem(path, "value is not a valid path")
		}
		return
	case "binary":
		if !isPlain(v) {
			c.problem(path, "byte type expected")
			return
		}
	}
	if !isPlain(v) {
		c.problem(path, "str type expected")
		return
	}
	s, ok := v.(string)
	if !ok {
		s = pythonRepr(v)
	}
	c.length(path, schema, utf8.RuneCountInString(s), "minLength", "maxLength", "characters")
}

// moment checks a date or time: a text in ISO form, or a number of seconds.
func (c *checker) moment(path, format string, v any) {
	name, pattern := format, dateTimePattern
	switch format {
	case "date-time":
		name = "datetime"
	case "time":
		pattern = timePattern
	}
	if !isPlain(v) {
		c.problem(path, "invalid type; expected %s, string, bytes, int or float", name)
		return
	}
	s, ok := v.(string)
	f, number := toFloat(v)
	if number && (math.IsNaN(f) || format == "time" && f >= 24*60*60) || !number && ok && !pattern.MatchString(s) {
		c.problem(path, "invalid %s format", name)
	}
}

// length checks the number of characters or items.
func (c *checker) length(path string, schema yaml.MapSlice, n int, least, most, unit string) {
	if limit, ok := limitOf(schema, least); ok && float64(n) < limit {
		c.problem(path, "ensure this value has at least %v %s", limit, unit)
	}
	if limit, ok := limitOf(schema, most); ok && float64(n) > limit {
		c.problem(path, "ensure this value has at most %v %s", limit, unit)
	}
}

func (c *checker) integer(path string, schema yaml.MapSlice, v any) {
	i, ok := toInt(v)
	if !ok {
		c.problem(path, "value is not a valid integer")
		return
	}
	f, _ := new(big.Float).SetInt(i).Float64()
	c.limits(path, schema, f)
}

// number checks a float, a Decimal (which the schema does not tell apart) or a time-delta.
func (c *checker) number(path string, schema yaml.MapSlice, v any) {
	if text(schema, "format") == "time-delta" {
		c.duration(path, v)
		return
	}
	f, ok := toFloat(v)
	if !ok {
		c.problem(path, "value is not a valid float")
		return
	}
	c.limits(path, schema, f)
}

func (c *checker) duration(path string, v any) {
	if !isPlain(v) {
		c.problem(path, "invalid type; expected timedelta, string, bytes, int or float")
		return
	}
	s, isText := v.(string)
	if _, isDuration := manifest.ParseDuration(s); isText && !isDuration {
		c.problem(path, "invalid duration format")
	}
}

// limits checks a number against its bounds. A schema that came through JSON may hold them as
// integers or floats.
func (c *checker) limits(path string, schema yaml.MapSlice, f float64) {
	for _, bound := range []struct {
		key, words string
		ok         func(limit float64) bool
	}{
		{"exclusiveMinimum", "greater than", func(l float64) bool { return f > l }},
		{"minimum", "greater than or equal to", func(l float64) bool { return f >= l }},
		{"exclusiveMaximum", "less than", func(l float64) bool { return f < l }},
		{"maximum", "less than or equal to", func(l float64) bool { return f <= l }},
		{"multipleOf", "a multiple of", func(l float64) bool { return isMultiple(f, l) }},
	} {
		limit, ok := limitOf(schema, bound.key)
		if ok && !bound.ok(limit) {
			v, _ := ordered.Get(schema, bound.key)
			c.problem(path, "ensure this value is %s %s", bound.words, pythonRepr(v))
		}
	}
}

func limitOf(schema yaml.MapSlice, key string) (float64, bool) {
	v, ok := ordered.Get(schema, key)
	if _, isBool := v.(bool); !ok || isBool || isText(v) {
		return 0, false
	}
	return toFloat(v)
}

// isMultiple allows for rounding, as pydantic does.
func isMultiple(f, unit float64) bool {
	_, rest := math.Modf(math.Abs(f / unit))
	return unit == 0 || rest < 1e-8 || rest > 1-1e-8
}

// boolean takes the words and numbers that pydantic takes.
func (c *checker) boolean(path string, v any) {
	switch v := v.(type) {
	case bool:
		return
	case string:
		switch strings.ToLower(v) {
		case "0", "off", "f", "false", "n", "no", "1", "on", "t", "true", "y", "yes":
			return
		}
	default:
		if f, ok := toFloat(v); ok && (f == 0 || f == 1) {
			return
		}
	}
	c.problem(path, "value could not be parsed to a boolean")
}

var (
	intText   = pattern.New(`^[-+]?\p{Nd}+(?:_\p{Nd}+)*$`)
	floatText = pattern.New(`^[-+]?(?:\p{Nd}+(?:_\p{Nd}+)*\.?(?:\p{Nd}+(?:_\p{Nd}+)*)?|\.\p{Nd}+(?:_\p{Nd}+)*)(?:[eE][-+]?\p{Nd}+(?:_\p{Nd}+)*)?$`)
	wordFloat = pattern.New(`^(?i)[-+]?(?:inf|infinity|nan)$`)
)

// toInt converts as Python's int does: floats lose their fraction, texts hold digits.
func toInt(v any) (*big.Int, bool) {
	switch v := v.(type) {
	case bool:
		if v {
			return big.NewInt(1), true
		}
		return new(big.Int), true
	case int64:
		return big.NewInt(v), true
	case *big.Int:
		return v, true
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false
		}
		i, _ := big.NewFloat(v).Int(nil)
		return i, true
	case string:
		s := strings.TrimSpace(v)
		if !intText.MatchString(s) {
			return nil, false
		}
		if i, ok := new(big.Int).SetString(strings.ReplaceAll(strings.TrimPrefix(s, "+"), "_", ""), 10); ok {
			return i, true
		}
		return new(big.Int), true // digits of another script
	}
	return nil, false
}

// toFloat converts as Python's float does.
func toFloat(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		s := strings.TrimSpace(v)
		if !floatText.MatchString(s) && !wordFloat.MatchString(s) {
			return 0, false
		}
		f, _ := strconv.ParseFloat(strings.ReplaceAll(s, "_", ""), 64)
		return f, true
	}
	i, ok := toInt(v)
	if !ok {
		return 0, false
	}
	f, _ := new(big.Float).SetInt(i).Float64()
	return f, true
}

// equal compares as Python's == does: True, 1 and 1.0 are the same.
func equal(a, b any) bool {
	if i, ok := b.(*big.Int); ok && i.IsInt64() {
		b = i.Int64()
	}
	if isText(a) || isText(b) || !isPlain(a) || !isPlain(b) {
		return isPlain(a) && isPlain(b) && a == b
	}
	x, okX := toFloat(a)
	y, okY := toFloat(b)
	return okX && okY && x == y
}

// pythonRepr shows a value as Python does.
func pythonRepr(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case float64:
		return pyyaml.FormatFloat(v)
	case string:
		return "'" + strings.ReplaceAll(v, "'", `\'`) + "'"
	}
	data, _ := ordered.Encode(v)
	return string(data)
}
