package pyyaml

import (
	"strconv"
	"strings"
)

// plain reads a scalar without quotes. It goes on over following lines that are indented to
// minCol or more; inside [] and {} the indentation does not count.
func (c *cursor) plain(minCol int, flow bool) string {
	var text strings.Builder
	gap := ""
	for c.peek() != '#' {
		start := c.pos
		for !c.plainEnds(flow) {
			c.next()
		}
		if c.pos == start {
			break
		}
		text.WriteString(gap)
		text.WriteString(string(c.text[start:c.pos]))
		gap = c.plainGap()
		if gap == "" || !flow && c.col < minCol || c.separator() {
			break
		}
	}
	return text.String()
}

func (c *cursor) plainEnds(flow bool) bool {
	r, after := c.peek(), c.peekAt(1)
	switch {
	case isBlank(r):
		return true
	case r == ':':
		return isBlank(after) || flow && strings.ContainsRune(",[]{}", after)
	}
	return flow && strings.ContainsRune(",?[]{}", r)
}

// plainGap steps over the spaces and line ends inside a plain scalar and gives what they stand for:
// one line end is a space, each further one a line end.
func (c *cursor) plainGap() string {
	start := c.pos
	c.spaces()
	if !isBreak(c.peek()) {
		return string(c.text[start:c.pos])
	}
	gap := foldable(c.lineBreak())
	for !c.separator() && (c.peek() == ' ' || isBreak(c.peek())) {
		if c.peek() == ' ' {
			c.next()
		} else {
			gap.add(c.lineBreak())
		}
	}
	return gap.String()
}

// fold collects the line ends between two lines of a scalar.
type fold struct{ first, rest string }

func foldable(first string) *fold { return &fold{first: first} }

func (f *fold) add(lineBreak string) { f.rest += lineBreak }

func (f *fold) String() string {
	switch {
	case f.first != "\n":
		return f.first + f.rest
	case f.rest == "":
		return " "
	}
	return f.rest
}

// singleQuoted reads a text in single quotes, in which a doubled quote stands for one.
func (c *cursor) singleQuoted() string {
	var text strings.Builder
	c.next()
	for {
		switch r := c.peek(); {
		case r == '\'' && c.peekAt(1) == '\'':
			text.WriteByte('\'')
			c.advance(2)
		case r == '\'':
			c.next()
			return text.String()
		default:
			c.quotedPart(&text)
		}
	}
}

// doubleQuoted reads "..." with its escapes.
func (c *cursor) doubleQuoted() string {
	var text strings.Builder
	c.next()
	for {
		switch c.peek() {
		case '"':
			c.next()
			return text.String()
		case '\\':
			c.next()
			c.escape(&text)
		default:
			c.quotedPart(&text)
		}
	}
}

// quotedPart copies one character of a quoted scalar, or folds its white space and line ends.
func (c *cursor) quotedPart(text *strings.Builder) {
	if c.pos >= len(c.text) {
		c.fail("the closing quote is missing")
	}
	if !isBlank(c.peek()) {
		text.WriteRune(c.peek())
		c.next()
		return
	}
	start := c.pos
	for c.peek() == ' ' || c.peek() == '\t' {
		c.next()
	}
	if !isBreak(c.peek()) {
		text.WriteString(string(c.text[start:c.pos]))
		return
	}
	gap := foldable(c.lineBreak())
	gap.rest = c.quotedBreaks()
	text.WriteString(gap.String())
}

// quotedBreaks steps over empty lines and the indentation of the next line.
func (c *cursor) quotedBreaks() string {
	var breaks strings.Builder
	for {
		if c.separator() {
			c.fail("the closing quote is missing before the end of the document")
		}
		for c.peek() == ' ' || c.peek() == '\t' {
			c.next()
		}
		if !isBreak(c.peek()) {
			return breaks.String()
		}
		breaks.WriteString(c.lineBreak())
	}
}

// simpleEscapes maps the letter after a backslash to its character.
var simpleEscapes = map[rune]rune{
	'0': 0, 'a': 7, 'b': 8, 't': '\t', '\t': '\t', 'n': '\n', 'v': 11, 'f': 12, 'r': '\r', 'e': 27, ' ': ' ',
	'"': '"', '\\': '\\', '/': '/', 'N': 0x85, '_': 0xA0, 'L': 0x2028, 'P': 0x2029,
}

// escape reads what follows a backslash.
func (c *cursor) escape(text *strings.Builder) {
	r := c.peek()
	if isBreak(r) {
		c.lineBreak()
		text.WriteString(c.quotedBreaks())
		return
	}
	if plain, ok := simpleEscapes[r]; ok && c.pos < len(c.text) {
		text.WriteRune(plain)
		c.next()
		return
	}
	digits := map[rune]int{'x': 2, 'u': 4, 'U': 8}[r]
	if digits == 0 {
		c.fail("unknown escape \\%c in double quotes; use single quotes, or \\\\ for a backslash", r)
	}
	c.next()
	end := min(c.pos+digits, len(c.text))
	code, err := strconv.ParseUint(string(c.text[c.pos:end]), 16, 32)
	if err != nil || end-c.pos < digits || code > 0x10FFFF || code >= 0xD800 && code < 0xE000 {
		c.fail("\\%c must be followed by the %d hexadecimal digits of a character", r, digits)
	}
	text.WriteRune(rune(code))
	c.advance(digits)
}

// block reads a | or > scalar. Its lines are indented deeper than indent.
func (c *cursor) block(indent int) string {
	folded := c.peek() == '>'
	c.next()
	chomp, increment := c.blockHeader()
	col := max(indent+1, 1)
	var breaks string
	if increment > 0 {
		col += increment - 1
		breaks = c.blockBreaks(col)
	} else {
		breaks, col = c.blockIndent(col)
	}
	var text strings.Builder
	last := ""
	for c.col == col && c.pos < len(c.text) {
		text.WriteString(breaks)
		indented := c.peek() == ' ' || c.peek() == '\t'
		for r := c.peek(); c.pos < len(c.text) && !isBreak(r); r = c.peek() {
			text.WriteRune(r)
			c.next()
		}
		last = ""
		if isBreak(c.peek()) {
			last = c.lineBreak()
		}
		breaks = c.blockBreaks(col)
		if c.col != col || c.pos >= len(c.text) {
			break
		}
		if folded && last == "\n" && !indented && c.peek() != ' ' && c.peek() != '\t' {
			if breaks == "" {
				text.WriteByte(' ')
			}
		} else {
			text.WriteString(last)
		}
	}
	if chomp != '-' {
		text.WriteString(last)
	}
	if chomp == '+' {
		text.WriteString(breaks)
	}
	return text.String()
}

// blockHeader reads what may follow | and >: + or -, and a digit for the indentation.
func (c *cursor) blockHeader() (chomp rune, increment int) {
	for range 2 {
		switch r := c.peek(); {
		case (r == '+' || r == '-') && chomp == 0:
			chomp = r
			c.next()
		case r >= '1' && r <= '9' && increment == 0:
			increment = int(r - '0')
			c.next()
		}
	}
	if !isBlank(c.peek()) {
		c.fail("after | or > only +, - and a digit may stand before the text, which begins on the next line")
	}
	c.spaces()
	c.comment()
	if c.pos < len(c.text) {
		if !isBreak(c.peek()) {
			c.fail("the text after | or > begins on the next line")
		}
		c.lineBreak()
	}
	return chomp, increment
}

// blockIndent finds the indentation of a block scalar: that of its first line with text.
func (c *cursor) blockIndent(least int) (breaks string, col int) {
	col = least
	var b strings.Builder
	for c.peek() == ' ' || isBreak(c.peek()) {
		if c.peek() == ' ' {
			c.next()
			col = max(col, c.col)
		} else {
			b.WriteString(c.lineBreak())
		}
	}
	return b.String(), col
}

// blockBreaks steps over empty lines and up to col spaces of the next line.
func (c *cursor) blockBreaks(col int) string {
	var b strings.Builder
	for {
		for c.col < col && c.peek() == ' ' {
			c.next()
		}
		if !isBreak(c.peek()) {
			return b.String()
		}
		b.WriteString(c.lineBreak())
	}
}
