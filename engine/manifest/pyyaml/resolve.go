package pyyaml

import (
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"prefect/engine/pattern"
)

// The patterns by which YAML 1.1 (https://yaml.org/type/) gives a plain scalar its type, in
// PyYAML's reading: exponents need a sign, "08" is a text, and a base 60 number has no exponent.
var (
	boolPattern  = pattern.New(`^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$`)
	nullPattern  = pattern.New(`^(?:~|null|Null|NULL|)$`)
	intPattern   = pattern.New(`^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$`)
	floatPattern = pattern.New(`^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|` +
		`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$`)
	timePattern = pattern.New(`^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:[Tt]|[ \t]+)([0-9]{1,2}):([0-9]{2}):([0-9]{2})` +
		`(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9]{1,2})(?::([0-9]{2}))?))?)?$`)
	datePattern = pattern.New(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`)
)

// isText tells whether a plain scalar with this text would be read back as a text.
func isText(s string) bool {
	if s == "" {
		return false
	}
	switch c := s[0]; {
	case c >= '0' && c <= '9':
		return !intPattern.MatchString(s) && !floatPattern.MatchString(s) && !isTime(s)
	case c == '-' || c == '+' || c == '.':
		return !intPattern.MatchString(s) && !floatPattern.MatchString(s)
	case c == '!' || c == '&' || c == '*' || s == "=" || s == "<<":
		return false
	}
	return !boolPattern.MatchString(s) && !nullPattern.MatchString(s)
}

// isTime tells whether a text is a date (two digits each) or a date with a time of day.
func isTime(s string) bool {
	return datePattern.MatchString(s) || len(s) > 10 && strings.Contains(s, ":") && timePattern.MatchString(s)
}

// resolve gives a plain scalar its value. Dates and times become the text that Python's isoformat
// gives them, which is how they reach a flow: the parameters of a run are JSON.
func resolve(s string) (any, error) {
	switch {
	case nullPattern.MatchString(s):
		return nil, nil
	case boolPattern.MatchString(s):
		return strings.ContainsRune("yYtT", rune(s[0])) || strings.EqualFold(s, "on"), nil
	case intPattern.MatchString(s):
		return parseInt(s)
	case floatPattern.MatchString(s):
		return parseFloat(s)
	case isTime(s):
		return parseTime(s)
	}
	return s, nil
}

// parseInt reads binary, octal (017), hexadecimal, base 60 and decimal integers of any size.
func parseInt(text string) (any, error) {
	s := strings.ReplaceAll(text, "_", "")
	sign, digits := "", s
	if s[0] == '-' || s[0] == '+' {
		sign, digits = strings.TrimPrefix(s[:1], "+"), s[1:]
	}
	if strings.Contains(digits, ":") {
		v, err := parseBase60(digits)
		if sign == "-" {
			v.Neg(v)
		}
		return smallest(v), err
	}
	base := 10
	switch {
	case strings.HasPrefix(digits, "0b"):
		base, digits = 2, digits[2:]
	case strings.HasPrefix(digits, "0x"):
		base, digits = 16, digits[2:]
	case len(digits) > 1 && digits[0] == '0':
		base = 8
	}
	v, ok := new(big.Int).SetString(sign+digits, base)
	if !ok {
		return nil, fmt.Errorf("%s is not a number; write it in quotes if it is a text", text)
	}
	return smallest(v), nil
}

// parseBase60 reads 1:30:00 as 5400.
func parseBase60(digits string) (*big.Int, error) {
	sum := new(big.Int)
	for part := range strings.SplitSeq(digits, ":") {
		n, ok := new(big.Int).SetString(part, 10)
		if !ok {
			return sum, fmt.Errorf("%s is not a number; write it in quotes if it is a text", digits)
		}
		sum.Mul(sum, big.NewInt(60)).Add(sum, n)
	}
	return sum, nil
}

func smallest(v *big.Int) any {
	if v.IsInt64() {
		return v.Int64()
	}
	return v
}

func parseFloat(text string) (any, error) {
	s := strings.ToLower(strings.ReplaceAll(text, "_", ""))
	sign := 1.0
	if s[0] == '-' || s[0] == '+' {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	switch {
	case s == ".inf":
		return math.Inf(int(sign)), nil
	case s == ".nan":
		return math.NaN(), nil
	}
	sum := 0.0
	for part := range strings.SplitSeq(s, ":") {
		f, err := strconv.ParseFloat(part, 64)
		if err != nil && !math.IsInf(f, 0) {
			return nil, fmt.Errorf("%s is not a number; write it in quotes if it is a text", text)
		}
		sum = sum*60 + f
	}
	return sign * sum, nil
}

// parseTime turns a date or time into the text of Python's isoformat.
func parseTime(text string) (any, error) {
	m := timePattern.FindStringSubmatch(text)
	n := make([]int, len(m))
	for i, part := range m {
		n[i], _ = strconv.Atoi(part)
	}
	day := time.Date(n[1], time.Month(n[2]), n[3], n[4], n[5], n[6], 0, time.UTC)
	if n[1] == 0 || day.Month() != time.Month(n[2]) || day.Day() != n[3] || n[4] > 23 || n[5] > 59 || n[6] > 59 || n[10] > 23 || n[11] > 59 {
		return nil, fmt.Errorf("there is no date or time %s; write it in quotes if it is a text", text)
	}
	if m[4] == "" {
		return day.Format("2006-01-02"), nil
	}
	iso := day.Format("2006-01-02T15:04:05")
	if micros := (m[7] + "000000")[:6]; micros != "000000" {
		iso += "." + micros
	}
	switch {
	case m[8] == "Z":
		iso += "+00:00"
	case m[8] != "":
		sign := m[9]
		if n[10] == 0 && n[11] == 0 {
			sign = "+"
		}
		iso += fmt.Sprintf("%s%02d:%02d", sign, n[10], n[11])
	}
	return iso, nil
}

// FormatFloat writes a number as Python's repr does: 90.0, 1e+30, 1e-07, nan, inf.
func FormatFloat(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64)), "+")
	}
	if abs := math.Abs(f); abs != 0 && (abs < 1e-4 || abs >= 1e16) {
		return strconv.FormatFloat(f, 'e', -1, 64)
	}
	s := strconv.FormatFloat(f, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
