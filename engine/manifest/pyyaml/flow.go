package pyyaml

// flowNode reads a value inside [] or {}; it is empty before "," and the closing bracket.
func (p *parser) flowNode() *Node {
	p.enter()
	defer p.leave()
	p.flowSkip()
	switch p.peek() {
	case ',', ']', '}':
		return p.empty(properties{})
	}
	props := p.properties()
	p.flowSkip()
	return p.inline(p.col, true, props)
}

// flowSkip goes to the next thing inside brackets; the document must not end there.
func (p *parser) flowSkip() {
	p.skip()
	if p.done() {
		p.fail("the closing bracket is missing")
	}
}

// flowSequence reads [a, b]; "a: b" in it is a mapping of one pair.
func (p *parser) flowSequence() *Node {
	n := p.at()
	n.Kind = Sequence
	p.next()
	for p.flowSkip(); p.peek() != ']'; p.flowSkip() {
		n.Items = append(n.Items, p.flowItem())
		p.flowEnd(']')
	}
	p.next()
	return p.weigh(n)
}

func (p *parser) flowItem() *Node {
	pair := p.at()
	if p.peek() == ',' {
		p.unexpected()
	}
	key, isKey := p.flowKey()
	if !isKey {
		return key
	}
	pair.Kind = Mapping
	p.addPair(pair, map[string]*Node{}, key, p.flowValue(isKey))
	p.merge(pair)
	return p.weigh(pair)
}

// flowMapping reads {a: b, c}; c has the value null.
func (p *parser) flowMapping() *Node {
	n := p.at()
	n.Kind = Mapping
	seen := map[string]*Node{}
	p.next()
	for p.flowSkip(); p.peek() != '}'; p.flowSkip() {
		if p.peek() == ',' {
			p.unexpected()
		}
		key, isKey := p.flowKey()
		p.addPair(n, seen, key, p.flowValue(isKey))
		p.flowEnd('}')
	}
	p.next()
	p.merge(n)
	return p.weigh(n)
}

// flowKey reads a node and tells whether it is a key: "? key", or one with ":" after it on the
// same line.
func (p *parser) flowKey() (key *Node, isKey bool) {
	if p.peek() == '?' {
		p.next()
		return p.flowNode(), true
	}
	start := *p.cursor
	key = p.flowNode()
	p.spaces()
	return key, p.peek() == ':' && p.line == start.line && p.pos-start.pos <= maxKey
}

// flowValue reads ": value" after a key; what is no key, or has no ":", has the value null.
func (p *parser) flowValue(isKey bool) *Node {
	p.flowSkip()
	if !isKey || p.peek() != ':' {
		return p.empty(properties{})
	}
	p.next()
	return p.flowNode()
}

// flowEnd expects a comma, or the closing bracket, after an entry.
func (p *parser) flowEnd(closing rune) {
	p.flowSkip()
	switch p.peek() {
	case ',':
		p.next()
	case closing:
	case '\t':
		p.unexpected()
	default:
		p.fail("expected ',' or %q, but found %q", closing, p.peek())
	}
}
