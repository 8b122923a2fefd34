// Package pyyaml reads and writes YAML the way PyYAML 6 does, because deployment files are shared
// with Python: a text must mean the same to both, and a written file must be the one PyYAML would
// write, byte for byte.
//
// It exists beside the general YAML library for two measured reasons. YAML 1.2 libraries give
// other values than PyYAML's YAML 1.1 (yes, 12:30:45, 017, 1e3, dates), and the one we use
// misreads or refuses about one in a hundred of PyYAML's own outputs (tabs, keys that end in "<<",
// block scalars that begin with a blank line).
//
// Values are nil, bool, int64, *big.Int, float64, string, []any and yaml.MapSlice, which keeps the
// order of the file.
package pyyaml

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// Kind tells what a node is.
type Kind uint8

// The three kinds of node.
const (
	Scalar Kind = iota
	Sequence
	Mapping
)

// String names the kind as a person would.
func (k Kind) String() string {
	return [...]string{"a single value", "a list", "a mapping"}[k]
}

// Node is one value of a document and where it stands. Aliases are resolved: a node may be reached
// over several ways, so nodes must not be changed.
type Node struct {
	Kind      Kind
	Line, Col int    // from 1; Col counts characters
	Text      string // of a scalar: its text, before it is given a type
	Plain     bool   // a scalar without quotes: its type follows from its text
	Items     []*Node
	Pairs     []Pair

	nodes, depth int // size with all aliases expanded
}

// Pair is a key and its value.
type Pair struct{ Key, Value *Node }

// Get returns the value of a text key, or nil.
func (n *Node) Get(key string) *Node {
	for _, p := range n.Pairs {
		if p.Key.Text == key {
			return p.Value
		}
	}
	return nil
}

// Error says what is wrong at a place of the document.
type Error struct {
	Line, Col int
	Msg       string
}

func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg) }

// errorf makes an error at the node's place.
func (n *Node) errorf(format string, args ...any) error {
	return &Error{n.Line, n.Col, fmt.Sprintf(format, args...)}
}

// Value gives the node as Go values. Keys that are numbers, truth values or null become the text
// that JSON has for them, as they do when Python stores them.
func (n *Node) Value() (any, error) {
	switch n.Kind {
	case Sequence:
		list := make([]any, len(n.Items))
		for i, item := range n.Items {
			v, err := item.Value()
			if err != nil {
				return nil, err
			}
			list[i] = v
		}
		return list, nil
	case Mapping:
		m := make(yaml.MapSlice, len(n.Pairs))
		for i, p := range n.Pairs {
			key, err := p.Key.key()
			if err != nil {
				return nil, err
			}
			v, err := p.Value.Value()
			if err != nil {
				return nil, err
			}
			m[i] = yaml.MapItem{Key: key, Value: v}
		}
		return m, nil
	}
	if !n.Plain {
		return n.Text, nil
	}
	v, err := resolve(n.Text)
	if err != nil {
		return nil, n.errorf("%v", err)
	}
	return v, nil
}

// key gives the text of a mapping's key.
func (n *Node) key() (string, error) {
	if n.Kind != Scalar {
		return "", n.errorf("a key must be a text, not %v", n.Kind)
	}
	v, err := n.Value()
	if err != nil {
		return "", err
	}
	if s, ok := v.(string); ok {
		return s, nil
	}
	return scalarText(v), nil
}
