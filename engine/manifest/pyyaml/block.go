package pyyaml

// node reads the value that belongs to a parent indented by indent. It may begin a block list or
// mapping on this very line if compact (as after "- "), else only on a later line (as after
// "key:"). A list may stand at the parent's own column if sameCol, as PyYAML writes lists.
func (p *parser) node(indent int, compact, sameCol bool) *Node {
	p.enter()
	defer p.leave()
	line, start := p.line, *p.at()
	p.skip()
	fresh := compact || p.line != line
	if !p.inside(indent, sameCol) {
		return p.emptyAt(start, properties{})
	}
	props := p.properties()
	if !props.any {
		return p.content(indent, fresh, properties{}, properties{})
	}
	if line = p.line; isBreak(p.peek()) || p.peek() == '#' || p.peek() == 0 {
		p.skip()
		if !p.inside(indent, sameCol) {
			return p.emptyAt(start, props)
		}
		if p.line != line {
			return p.content(indent, true, props, p.properties())
		}
	}
	return p.content(indent, fresh, properties{}, props)
}

// inside tells whether the thing at the cursor still belongs to a parent indented by indent.
func (p *parser) inside(indent int, sameCol bool) bool {
	return !p.done() && (p.col > indent || sameCol && p.col == indent && p.indicator('-'))
}

// content reads a node whose properties have been read: outer those on a line of their own, own
// those directly in front, which belong to the key if the node turns out to be a mapping.
func (p *parser) content(indent int, fresh bool, outer, own properties) *Node {
	start, col := *p.cursor, p.col
	if own.any {
		col = own.col
	}
	switch {
	case p.indicator('-') && !p.separator():
		if !fresh || own.any {
			p.fail("a list cannot begin on the line of its key")
		}
		return p.finish(p.sequence(), outer)
	case p.indicator('?'):
		if !fresh || own.any {
			p.unexpected()
		}
		return p.finish(p.mapping(col, nil), outer)
	}
	n := p.inline(indent, false, own)
	p.spaces()
	if !p.indicator(':') || p.col <= indent {
		if outer.any && own.any {
			start.fail("a value takes one anchor only")
		}
		return p.finish(n, outer)
	}
	switch {
	case start.line != p.line:
		p.fail("unexpected ':'; a key must stand on one line, and a text that holds \": \" in quotes")
	case !fresh:
		p.fail("unexpected ':'; a text that holds \": \" must be in quotes")
	case p.pos-start.pos > maxKey:
		start.fail("the key is longer than %d characters", maxKey)
	}
	return p.finish(p.mapping(col, n), outer)
}

// inline reads a scalar, an alias or a collection in brackets.
func (p *parser) inline(indent int, flow bool, props properties) *Node {
	n := p.at()
	r, after := p.peek(), p.peekAt(1)
	switch {
	case r == '*':
		if props.any {
			p.fail("an alias takes no anchor or tag")
		}
		return p.alias()
	case r == '[':
		return p.finish(p.flowSequence(), props)
	case r == '{':
		return p.finish(p.flowMapping(), props)
	case r == '\'':
		n.Text = p.singleQuoted()
	case r == '"':
		n.Text = p.doubleQuoted()
	case (r == '|' || r == '>') && !flow:
		n.Text = p.block(indent)
	case plainStart(r, after, flow):
		n.Plain = true
		n.Text = p.plain(indent+1, flow)
	case props.any && (isBlank(r) && r != '\t' || p.indicator(':') || flow && (r == ',' || r == ']' || r == '}')):
		n.Plain = true
	default:
		p.unexpected()
	}
	return p.finish(p.weigh(n), props)
}

// plainStart tells whether a scalar without quotes may begin with r.
func plainStart(r, after rune, flow bool) bool {
	switch r {
	case '-':
		return !isBlank(after)
	case '?', ':':
		return !isBlank(after) && !flow
	case ',', '[', ']', '{', '}', '#', '&', '*', '!', '|', '>', '\'', '"', '%', '@', '`':
		return false
	}
	return !isBlank(r)
}

// sequence reads a block list whose first "-" is at the cursor.
func (p *parser) sequence() *Node {
	n := p.at()
	n.Kind = Sequence
	col := p.col
	for !p.done() && p.col == col && p.indicator('-') {
		p.next()
		n.Items = append(n.Items, p.node(col, true, false))
		p.skip()
	}
	p.dedented(col)
	return p.weigh(n)
}

// mapping reads a block mapping at column col. Its first key has been read already if it is not
// nil; else a "?" is at the cursor.
func (p *parser) mapping(col int, key *Node) *Node {
	n := p.at()
	n.Kind = Mapping
	if key != nil {
		n.Line, n.Col = key.Line, key.Col
	}
	seen := map[string]*Node{}
	for {
		if key == nil {
			key = p.explicitKey(col)
		}
		p.addPair(n, seen, key, p.blockValue(col))
		p.skip()
		if p.done() || p.col != col {
			break
		}
		key = nil
		if !p.indicator('?') {
			key = p.simpleKey(col)
		}
	}
	p.dedented(col)
	p.merge(n)
	return p.weigh(n)
}

// blockValue reads what stands after a key. The ":" of a "?" key stands at the mapping's column.
func (p *parser) blockValue(col int) *Node {
	if !p.indicator(':') {
		return p.empty(properties{})
	}
	explicit := p.col == col
	p.next()
	return p.node(col, explicit, true)
}

// explicitKey reads "? key" up to the ":" that follows it, if any.
func (p *parser) explicitKey(col int) *Node {
	p.next()
	key := p.node(col, true, true)
	p.skip()
	return key
}

// simpleKey reads the next key of a block mapping up to its ":".
func (p *parser) simpleKey(col int) *Node {
	start := *p.cursor
	if p.indicator('-') {
		p.fail("unexpected list entry; indent it under its key, or give it one")
	}
	p.enter()
	key := p.inline(col, false, p.properties())
	p.leave()
	p.spaces()
	if p.line != start.line || !p.indicator(':') || p.pos-start.pos > maxKey {
		start.fail("expected \"key: value\", but there is no ':' after the key")
	}
	return key
}

// dedented refuses what stands deeper than the collection that has just ended.
func (p *parser) dedented(col int) {
	if !p.done() && p.col > col {
		p.unexpected()
	}
}
