package pyyaml

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The limits of a document. They keep a file that was made to do harm from costing time or memory;
// a deployment needs a few hundred nodes.
const (
	MaxBytes = 1 << 20
	MaxDepth = 100
	MaxNodes = 100_000 // with all aliases expanded
	maxKey   = 1024    // longest key that stands on its ":"'s line, as the YAML specification has it
)

// cursor walks over the characters of a document and knows where it is. At the end of the text
// every character is 0.
type cursor struct {
	text      []rune
	pos       int
	line, col int // from 0
	comments  []string
}

// newCursor decodes the document. Characters that YAML does not allow unescaped are errors.
func newCursor(data []byte) (*cursor, error) {
	if len(data) > MaxBytes {
		return nil, &Error{1, 1, fmt.Sprintf("the file is larger than %d bytes", MaxBytes)}
	}
	c := &cursor{text: make([]rune, 0, len(data)+4)}
	line, col := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return nil, &Error{line, col, "the file is not UTF-8 text"}
		}
		if !printable(r) {
			return nil, &Error{line, col, fmt.Sprintf("the character U+%04X is not allowed; write it as \"\\x%02X\" in double quotes", r, r)}
		}
		if i > 0 || r != '\uFEFF' {
			c.text = append(c.text, r)
		}
		i += size
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	return c, nil
}

func printable(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= ' ' && r <= '~' || r == 0x85 ||
		r >= 0xA0 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000
}

func isBreak(r rune) bool {
	return r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029
}

// isBlank tells whether a word ends here: white space, line end or end of text.
func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == 0 || isBreak(r) }

func (c *cursor) peek() rune { return c.peekAt(0) }

func (c *cursor) peekAt(n int) rune {
	if c.pos+n < len(c.text) {
		return c.text[c.pos+n]
	}
	return 0
}

// next steps over one character; \r\n counts as one line end.
func (c *cursor) next() {
	r := c.peek()
	c.pos++
	if isBreak(r) && (r != '\r' || c.peek() != '\n') {
		c.line++
		c.col = 0
	} else if r != '\uFEFF' {
		c.col++
	}
}

func (c *cursor) advance(n int) {
	for range n {
		c.next()
	}
}

// lineBreak steps over a line end and gives what it stands for.
func (c *cursor) lineBreak() string {
	r := c.peek()
	if r == '\r' && c.peekAt(1) == '\n' {
		c.next()
	}
	c.next()
	if r == 0x2028 || r == 0x2029 {
		return string(r)
	}
	return "\n"
}

func (c *cursor) spaces() {
	for c.peek() == ' ' {
		c.next()
	}
}

// skip steps over spaces, comments and line ends to the next thing that means something.
func (c *cursor) skip() {
	for {
		c.spaces()
		c.comment()
		if !isBreak(c.peek()) {
			return
		}
		c.lineBreak()
	}
}

// comment steps over a comment to the end of the line.
func (c *cursor) comment() {
	if c.peek() != '#' {
		return
	}
	start := c.pos
	for r := c.peek(); r != 0 && !isBreak(r); r = c.peek() {
		c.next()
	}
	c.comments = append(c.comments, strings.TrimRight(string(c.text[start:c.pos]), " \t"))
}

// separator tells whether "---" or "..." begins the line here, which ends the document.
func (c *cursor) separator() bool {
	r := c.peek()
	return c.col == 0 && (r == '-' || r == '.') && c.peekAt(1) == r && c.peekAt(2) == r && isBlank(c.peekAt(3))
}

// done tells whether the document ends here.
func (c *cursor) done() bool { return c.pos >= len(c.text) || c.separator() }

// indicator tells whether r stands here on its own, as the "-" of a list entry does.
func (c *cursor) indicator(r rune) bool { return c.peek() == r && isBlank(c.peekAt(1)) }

// fail ends the parsing with an error at the cursor; Parse returns it.
func (c *cursor) fail(format string, args ...any) {
	panic(&Error{c.line + 1, c.col + 1, fmt.Sprintf(format, args...)})
}
