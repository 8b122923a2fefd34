package manifest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
	"prefect/engine/suggest"
)

// reader turns the nodes of a file into fields; its methods end with fail on an error.
type reader struct{ file string }

// fail ends the reading with an error at a node; Read returns it.
func (r *reader) fail(n *pyyaml.Node, format string, args ...any) {
	panic(&Error{r.file, n.Line, n.Col, fmt.Sprintf(format, args...)})
}

// mustBe refuses a node that is not of a kind.
func (r *reader) mustBe(n *pyyaml.Node, kind pyyaml.Kind, path, want string) {
	if n.Kind != kind {
		r.fail(n, "%s must be %s, not %s", path, want, describe(n))
	}
}

// known refuses keys that mean nothing, naming the nearest that does.
func (r *reader) known(n *pyyaml.Node, path string, names []string, ignored ...string) {
	for _, p := range n.Pairs {
		switch name := p.Key.Text; {
		case slices.Contains(names, name) || slices.Contains(ignored, name):
		case suggest.Nearest(name, names) != "":
			r.fail(p.Key, "unknown key '%s'%s%s", shorten(name), inside(path), suggest.Question(name, names))
		default:
			r.fail(p.Key, "unknown key '%s'%s; the keys there are %s", shorten(name), inside(path), strings.Join(names, ", "))
		}
	}
}

func inside(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

// value gives a node the value that Python's YAML gives it.
func (r *reader) value(n *pyyaml.Node) any {
	v, err := n.Value()
	var at *pyyaml.Error
	if errors.As(err, &at) {
		panic(&Error{r.file, at.Line, at.Col, at.Msg})
	}
	return v
}

// text reads a text as it is written.
func (r *reader) text(n *pyyaml.Node, path string) string {
	if n.Kind != pyyaml.Scalar || isNull(n) {
		r.fail(n, "%s must be a text, not %s", path, describe(n))
	}
	return n.Text
}

// optional reads a text that may be null or absent.
func (r *reader) optional(n *pyyaml.Node, path, key string) *string {
	child := n.Get(key)
	if child == nil || isNull(child) {
		return nil
	}
	s := r.text(child, join(path, key))
	return &s
}

// required reads a text that must be there, and not empty.
func (r *reader) required(n *pyyaml.Node, path, key string) *string {
	s := r.text(n.Get(key), join(path, key))
	if s == "" {
		r.fail(n.Get(key), "%s is empty", join(path, key))
	}
	return &s
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// boolean reads a truth value, in quotes too.
func (r *reader) boolean(n *pyyaml.Node, path, key string, absent bool) bool {
	child := n.Get(key)
	if child == nil {
		return absent
	}
	if child.Kind == pyyaml.Scalar {
		switch strings.ToLower(child.Text) {
		case "true", "yes", "on", "1", "t", "y":
			return true
		case "false", "no", "off", "0", "f", "n":
			return false
		}
	}
	r.fail(child, "%s must be true or false, not %s", join(path, key), describe(child))
	return false
}

// texts reads a list of strings; null and absence are an empty one.
func (r *reader) texts(n *pyyaml.Node, path, want string) []string {
	if n == nil || isNull(n) {
		return []string{}
	}
	r.mustBe(n, pyyaml.Sequence, path, want)
	texts := make([]string, len(n.Items))
	for i, item := range n.Items {
		texts[i] = r.text(item, fmt.Sprintf("%s[%d]", path, i))
	}
	return texts
}

// pairs reads a mapping whose keys are names, each value with the given method; null and absence
// are an empty one.
func (r *reader) pairs(n *pyyaml.Node, path string, value func(n *pyyaml.Node, path string) any) yaml.MapSlice {
	m := yaml.MapSlice{}
	if n == nil || isNull(n) {
		return m
	}
	r.mustBe(n, pyyaml.Mapping, path, "a mapping of names to values")
	for _, p := range n.Pairs {
		if p.Key.Text == "" {
			r.fail(p.Key, "a name in %s is empty", path)
		}
		m = append(m, yaml.MapItem{Key: p.Key.Text, Value: value(p.Value, join(path, shorten(p.Key.Text)))})
	}
	return m
}

func (r *reader) anyValue(n *pyyaml.Node, _ string) any     { return r.value(n) }
func (r *reader) textValue(n *pyyaml.Node, path string) any { return r.text(n, path) }

func isNull(n *pyyaml.Node) bool {
	if n.Kind != pyyaml.Scalar || !n.Plain {
		return false
	}
	v, err := n.Value()
	return v == nil && err == nil
}

// describe names what stands where something else should.
func describe(n *pyyaml.Node) string {
	switch {
	case n.Kind != pyyaml.Scalar:
		return n.Kind.String()
	case isNull(n):
		return "null"
	case n.Plain:
		return shorten(n.Text)
	}
	return "'" + shorten(n.Text) + "'"
}

// shorten fits a text from the file into a message of one line.
func shorten(s string) string {
	s = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "..."
	}
	return s
}
