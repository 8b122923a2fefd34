package pyyaml

import (
	"errors"
	"slices"
	"strings"
	"unicode"
)

// Parse reads one document. An empty file is a null. The error is an *Error with the place.
//
// What PyYAML's safe loader refuses is refused: custom tags, tabs as indentation, several documents
// in one file. Refused too are duplicate keys, of which PyYAML silently keeps the last, and files
// beyond the limits MaxBytes, MaxDepth and MaxNodes.
func Parse(data []byte) (*Node, error) {
	root, _, err := parse(data)
	return root, err
}

// Comments lists the comments of a document, each from its "#" to the end of its line.
func Comments(data []byte) ([]string, error) {
	_, comments, err := parse(data)
	return comments, err
}

func parse(data []byte) (root *Node, comments []string, err error) {
	c, err := newCursor(data)
	if err != nil {
		return nil, nil, err
	}
	p := &parser{cursor: c, anchors: map[string]*Node{}}
	defer func() {
		if r := recover(); r != nil {
			failure, ok := r.(*Error)
			if !ok {
				panic(r)
			}
			root, comments, err = nil, nil, failure
		}
	}()
	root = p.document()
	return root, p.comments, nil
}

// parser builds nodes; its methods end with cursor.fail on an error.
type parser struct {
	*cursor
	anchors map[string]*Node // nil while the anchored node is still being read
	depth   int
	nodes   int
}

// document reads the only document of the file.
func (p *parser) document() *Node {
	p.skip()
	for p.col == 0 && p.peek() == '%' {
		p.directive()
	}
	if p.separator() && p.peek() == '-' {
		p.advance(3)
	}
	root := p.node(-1, true, false)
	p.skip()
	for p.separator() && p.peek() == '.' {
		p.advance(3)
		p.skip()
	}
	switch {
	case p.separator():
		p.fail("the file holds a second document; write one deployment in one file")
	case p.pos < len(p.text):
		p.unexpected()
	}
	return root
}

func (p *parser) directive() {
	line := p.line
	if !slices.Equal(p.text[p.pos:min(p.pos+6, len(p.text))], []rune("%YAML ")) {
		p.fail("only the directive %%YAML is known")
	}
	for p.line == line && p.pos < len(p.text) {
		p.next()
	}
	p.skip()
	if !p.separator() && p.peek() != '%' {
		p.fail("--- is missing after the directive")
	}
}

// unexpected names the likeliest slip at a place where nothing fits.
func (p *parser) unexpected() {
	switch {
	case p.peek() == '\t':
		p.fail("a tab stands where spaces are needed")
	case p.peek() == '@' || p.peek() == '`':
		p.fail("%q cannot begin a value; write the value in quotes", p.peek())
	case p.indicator(':'):
		p.fail("unexpected ':'; a text that holds \": \" must be in quotes")
	}
	p.fail("unexpected %q; check the indentation and the quotes of this line and the one before", p.peek())
}

// properties are an anchor and a tag in front of a node.
type properties struct {
	anchor string
	text   bool // the tag !!str or !
	any    bool
	col    int
}

func (p *parser) properties() properties {
	props := properties{col: p.col}
	for p.peek() == '&' || p.peek() == '!' {
		props.any = true
		if p.peek() == '&' {
			if props.anchor != "" {
				p.fail("a value takes one anchor only")
			}
			props.anchor = p.anchorName()
			p.anchors[props.anchor] = nil
		} else {
			props.text = true
			p.tag()
		}
		p.spaces()
	}
	return props
}

// anchorName reads &name or *name.
func (p *parser) anchorName() string {
	at := *p.cursor
	p.next()
	start := p.pos
	for r := p.peek(); r == '-' || r == '_' || r < 128 && (unicode.IsLetter(r) || unicode.IsDigit(r)); r = p.peek() {
		p.next()
	}
	if p.pos == start || !isBlank(p.peek()) && !strings.ContainsRune("?:,]}%@`", p.peek()) {
		at.fail("%c begins the name of an anchor, of letters and digits; put a text that begins with it in quotes", at.peek())
	}
	return string(p.text[start:p.pos])
}

// tag reads the tags that say "this is a text", the only ones that are allowed.
func (p *parser) tag() {
	at := *p.cursor
	for !isBlank(p.peek()) && !strings.ContainsRune(",[]{}", p.peek()) {
		p.next()
	}
	if tag := string(at.text[at.pos:p.pos]); tag != "!" && tag != "!!str" || !isBlank(p.peek()) {
		at.fail("tags such as %s are not allowed; put a text that begins with ! in quotes", tag)
	}
}

// finish gives a node its properties and counts it.
func (p *parser) finish(n *Node, props properties) *Node {
	if props.text && n.Kind == Scalar {
		n.Plain = false
	}
	if props.anchor != "" {
		p.anchors[props.anchor] = n
	}
	return n
}

// weigh sets the expanded size of a node from its children's and holds it to the limits. Alias
// targets were weighed when they were read, so a bomb is refused without being built.
func (p *parser) weigh(n *Node) *Node {
	n.nodes, n.depth = 1, 1
	add := func(child *Node) {
		n.nodes += child.nodes
		n.depth = max(n.depth, child.depth+1)
	}
	for _, item := range n.Items {
		add(item)
	}
	for _, pair := range n.Pairs {
		add(pair.Key)
		add(pair.Value)
	}
	if n.nodes > MaxNodes {
		p.fail("the document has more than %d values", MaxNodes)
	}
	if n.depth+p.depth > MaxDepth+1 {
		p.fail("the document is nested deeper than %d levels", MaxDepth)
	}
	return n
}

func (p *parser) at() *Node { return &Node{Line: p.line + 1, Col: p.col + 1} }

// empty is the null that stands for a missing value.
func (p *parser) empty(props properties) *Node { return p.emptyAt(*p.at(), props) }

func (p *parser) emptyAt(place Node, props properties) *Node {
	place.Plain = true
	return p.finish(p.weigh(&place), props)
}

func (p *parser) enter() {
	p.depth++
	p.nodes++
	if p.depth > MaxDepth {
		p.fail("the document is nested deeper than %d levels", MaxDepth)
	}
	if p.nodes > MaxNodes {
		p.fail("the document has more than %d values", MaxNodes)
	}
}

func (p *parser) leave() { p.depth-- }

// alias gives the node that *name stands for.
func (p *parser) alias() *Node {
	at := *p.cursor
	name := p.anchorName()
	target, known := p.anchors[name]
	switch {
	case !known:
		at.fail("*%s has no &%s before it", name, name)
	case target == nil:
		at.fail("*%s stands inside the very value it names", name)
	case target.depth+p.depth > MaxDepth+1:
		at.fail("the document is nested deeper than %d levels", MaxDepth)
	}
	if p.nodes += target.nodes; p.nodes > MaxNodes {
		at.fail("the document has more than %d values", MaxNodes)
	}
	return target
}

// addPair appends a pair, refusing keys that stand twice. Lists and mappings cannot be keys.
func (p *parser) addPair(m *Node, seen map[string]*Node, key, value *Node) {
	name, err := key.key()
	var failure *Error
	if errors.As(err, &failure) {
		panic(failure)
	}
	if before, twice := seen[name]; twice {
		panic(&Error{key.Line, key.Col, "the key " + quoteKey(name) + " stands twice; the first is on line " + scalarText(int64(before.Line))})
	}
	seen[name] = key
	m.Pairs = append(m.Pairs, Pair{key, value})
}

// quoteKey shows a key in a message, on one line and not too long.
func quoteKey(name string) string {
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60]) + "..."
	}
	return strings.ReplaceAll(strings.TrimSpace(name), "\n", " ")
}

// merge resolves the keys "<<": the pairs of the mappings they name come first, and give way to
// the mapping's own keys and to those named earlier.
func (p *parser) merge(m *Node) {
	isMerge := func(pair Pair) bool { return pair.Key.Plain && pair.Key.Text == "<<" }
	i := slices.IndexFunc(m.Pairs, isMerge)
	if i < 0 {
		return
	}
	sources := []*Node{m.Pairs[i].Value}
	if sources[0].Kind == Sequence {
		sources = sources[0].Items
	}
	m.Pairs = slices.Delete(m.Pairs, i, i+1)
	own := m.Pairs
	m.Pairs = nil
	has := func(pairs []Pair, name string) bool {
		return slices.ContainsFunc(pairs, func(x Pair) bool { return x.Key.Text == name })
	}
	for _, source := range sources {
		if source.Kind != Mapping {
			panic(&Error{source.Line, source.Col, "<< needs a mapping, or a list of mappings"})
		}
		for _, pair := range source.Pairs {
			if !has(own, pair.Key.Text) && !has(m.Pairs, pair.Key.Text) {
				m.Pairs = append(m.Pairs, pair)
			}
		}
	}
	m.Pairs = append(m.Pairs, own...)
}
