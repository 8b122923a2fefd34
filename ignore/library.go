package ignore

import (
	"fmt"
	"strings"
)

// go-gitignore turns a line into a regular expression, and reads many of git's
// patterns wrongly on the way: `?`, `[!a]`, `a/b`, `foo/**`, `$`, `+` and more.
// But it passes letters, digits, brackets, braces and `\x2A` on untouched. So a
// pattern is handed to it in these only, and arrives as the expression meant.
const (
	notSlash = `[\x00-\x2E\x30-\xFF]`
	anyByte  = `[\x00-\xFF]`
	nothing  = `[\x{100}]`
)

// libraryLine writes the glob as the line that go-gitignore reads right, for
// paths that went through widen.
func (g glob) libraryLine() string {
	var b strings.Builder
	// The slash anchors it at the start. The dollar anchors it at the end:
	// go-gitignore appends an expression for all that lies below, and a
	// negated rule for a folder must not match the files in it.
	b.WriteByte('/')
	for _, e := range g {
		switch e.kind {
		case oneByte:
			writeSet(&b, e.set)
		case segment:
			b.WriteString(notSlash + `{0,}`)
		case anyPath:
			b.WriteString(anyByte + `{0,}`)
		case folders:
			b.WriteString(`(|` + anyByte + `{0,}\x2F)`)
		}
	}
	b.WriteByte('$')
	return b.String()
}

func writeSet(b *strings.Builder, set byteSet) {
	if c, ok := set.single(); ok {
		if isAlnum(c) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(b, `\x%02X`, c)
		}
		return
	}
	if set == (byteSet{}) {
		b.WriteString(nothing)
		return
	}
	b.WriteByte('[')
	for low := 0; low < 256; low++ {
		if !set.has(byte(low)) {
			continue
		}
		high := low
		for high < 255 && set.has(byte(high+1)) {
			high++
		}
		fmt.Fprintf(b, `\x%02X-\x%02X`, low, high)
		low = high
	}
	b.WriteByte(']')
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// widen makes each byte of a path a character of its own, so that an expression
// over characters matches bytes, those that are no valid UTF-8 included.
func widen(path string) string {
	extra := 0
	for i := range len(path) {
		extra += int(path[i] >> 7)
	}
	if extra == 0 {
		return path
	}
	var b strings.Builder
	b.Grow(len(path) + extra)
	for i := range len(path) {
		b.WriteRune(rune(path[i]))
	}
	return b.String()
}

// An outline is what a glob asks of any path that it matches: cheap to check,
// and wrong for nearly every path, which then costs no regular expression.
type outline struct {
	min        int  // shortest path that can match, in bytes
	fixed      bool // no path longer than min can match
	head, tail glob // single bytes at the start and at the end
}

func (g glob) outline() outline {
	o := outline{fixed: true}
	first, last := len(g), 0
	for i, e := range g {
		if e.kind == oneByte {
			o.min++
			continue
		}
		o.fixed = false
		first, last = min(first, i), i+1
	}
	o.head, o.tail = g[:first], g[last:]
	return o
}

// admits says that path may match; false is final.
func (o *outline) admits(path string) bool {
	if len(path) < o.min || o.fixed && len(path) != o.min {
		return false
	}
	for i, e := range o.head {
		if !e.set.has(path[i]) {
			return false
		}
	}
	if o.fixed {
		return true
	}
	behind := path[len(path)-len(o.tail):]
	for i := len(behind) - 1; i >= 0; i-- {
		if !o.tail[i].set.has(behind[i]) {
			return false
		}
	}
	return true
}
