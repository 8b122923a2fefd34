package render

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// piece is a run of text in one look.
type piece struct {
	style Style
	text  string
}

// node is a value prepared for Inspect: either a leaf, which is never broken,
// or a container, which stands on one line where it fits and otherwise has an
// item a line.
type node struct {
	leaf     []piece
	open     []piece
	close    []piece
	children []item
}

type item struct {
	label []piece // 'key': or key=
	value node
}

// Inspect writes v as `inspect` does: a Python literal, indented by four
// spaces, each container on one line if that line fits the console. Long
// strings are never broken.
func (c *Console) Inspect(v any) error {
	p := &inspector{console: c}
	p.write(newNode(v), nil, "", "")
	p.b.WriteByte('\n')
	_, err := io.WriteString(c, p.b.String())
	return err
}

// Python is v as a Python literal on one line.
func Python(v any) string {
	var b strings.Builder
	for _, piece := range newNode(v).flat() {
		b.WriteString(piece.text)
	}
	return b.String()
}

type inspector struct {
	console *Console
	b       strings.Builder
}

// write adds one node, with its label before it and suffix, a comma or nothing,
// after it.
func (p *inspector) write(n node, label []piece, indent, suffix string) {
	p.b.WriteString(indent)
	p.pieces(label)
	flat := n.flat()
	used := len(indent) + width(label) + width(flat)
	if indent != "" {
		used += len(", ") // Rich leaves room for it after the last item too
	}
	if len(n.children) == 0 || used <= p.console.width {
		p.pieces(flat)
		p.b.WriteString(suffix)
		return
	}
	p.pieces(n.open)
	for i, child := range n.children {
		p.b.WriteByte('\n')
		comma := ","
		if i == len(n.children)-1 {
			comma = ""
		}
		p.write(child.value, child.label, indent+"    ", comma)
	}
	p.b.WriteString("\n" + indent)
	p.pieces(n.close)
	p.b.WriteString(suffix)
}

func (p *inspector) pieces(pieces []piece) {
	for _, x := range pieces {
		p.b.WriteString(p.console.Paint(x.style, x.text))
	}
}

func width(pieces []piece) int {
	n := 0
	for _, x := range pieces {
		n += textWidth(x.text)
	}
	return n
}

// flat is the node on one line.
func (n node) flat() []piece {
	if n.leaf != nil {
		return n.leaf
	}
	flat := append([]piece{}, n.open...)
	for i, child := range n.children {
		if i > 0 {
			flat = append(flat, piece{Plain, ", "})
		}
		flat = append(flat, child.label...)
		flat = append(flat, child.value.flat()...)
	}
	return append(flat, n.close...)
}

func newNode(v any) node {
	switch v := simplify(v).(type) {
	case nil:
		return leaf(MagentaItalic, "None")
	case bool:
		if v {
			return leaf(BrightGreenItalic, "True")
		}
		return leaf(BrightRedItalic, "False")
	case string:
		return leaf(Green, quotePython(v))
	case json.Number:
		return leaf(BoldCyan, numberPython(v))
	case float64:
		return leaf(BoldCyan, floatPython(v))
	case Literal:
		return leaf(Magenta, SafeLine(string(v)))
	case time.Time:
		return leaf(Green, quotePython(timestamp(v)))
	case Dict:
		return dictNode(v)
	case Object:
		return objectNode(v)
	case time.Duration:
		return node{leaf: objectNode(durationPython(v)).flat()}
	case []any:
		return listNode(v)
	default: // whole numbers
		return leaf(BoldCyan, fmt.Sprint(v))
	}
}

func leaf(s Style, text string) node { return node{leaf: []piece{{s, text}}} }

func dictNode(d Dict) node {
	n := node{open: []piece{{Bold, "{"}}, close: []piece{{Bold, "}"}}}
	for _, f := range d {
		label := []piece{{Green, quotePython(f.Key)}, {Plain, ": "}}
		n.children = append(n.children, item{label, newNode(f.Value)})
	}
	return n
}

func listNode(list []any) node {
	n := node{open: []piece{{Bold, "["}}, close: []piece{{Bold, "]"}}}
	for _, v := range list {
		n.children = append(n.children, item{nil, newNode(v)})
	}
	return n
}

// objectNode shows times as pendulum's DateTime, which is what they are in the
// objects of Prefect's client; in its JSON they are strings.
func objectNode(o Object) node {
	n := node{
		open:  []piece{{BoldMagenta, o.Class}, {Bold, "("}},
		close: []piece{{Bold, ")"}},
	}
	for _, f := range o.Fields {
		var label []piece
		if f.Key != "" {
			label = []piece{{Yellow, f.Key}, {Plain, "="}}
		}
		value := newNode(f.Value)
		if t, ok := simplify(f.Value).(time.Time); ok {
			// Rich sees a DateTime as one word, so it is never broken.
			value = node{leaf: objectNode(timePython(t)).flat()}
		}
		n.children = append(n.children, item{label, value})
	}
	return n
}
