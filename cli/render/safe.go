package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// zeroWidthJoiner holds emoji such as a family together; alone it is dropped
// into view like every other invisible character.
const zeroWidthJoiner = '\u200d'

// Safe makes text from users fit to show: control characters, escape
// sequences, characters that turn the direction of writing, invisible ones and
// invalid UTF-8 become visible escapes (\x1b, \u202e, \xff), so that no name,
// parameter or log line can move the cursor, hide text or set the clipboard.
// Newlines and tabs stay.
func Safe(s string) string { return escape(s, true) }

// SafeLine is Safe for text that belongs on one line: newlines and tabs are
// escaped as well.
func SafeLine(s string) string { return escape(s, false) }

func escape(s string, lines bool) string {
	if clean(s, lines) {
		return s
	}
	var b strings.Builder
	previous := rune(0)
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case showable(r, lines) || joins(previous, r, s[i+size:]):
			b.WriteRune(r)
		default:
			b.WriteString(visible(r))
		}
		previous = r
		i += size
	}
	return b.String()
}

func clean(s string, lines bool) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || !showable(rune(c), lines) {
			return cleanRunes(s, lines)
		}
	}
	return true
}

func cleanRunes(s string, lines bool) bool {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || !showable(r, lines) {
			return false
		}
		i += size
	}
	return true
}

// showable: everything that has a shape or is a plain space. The categories
// left out are Cc, Cf, Zl and Zp, the fillers that look like nothing, and the
// tag and variation characters that can hide a message inside a line.
func showable(r rune, lines bool) bool {
	switch {
	case r == '\n' || r == '\t':
		return lines
	case r < ' ' || r >= 0x7f && r < 0xa0:
		return false
	case r < 0x300:
		return r != 0xad
	case r == 0xfe0e || r == 0xfe0f:
		return true // the text or emoji form of the character before
	}
	return !unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Cs,
		unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// joins: a zero-width joiner between two pictures is part of one emoji.
func joins(before, r rune, after string) bool {
	if r != zeroWidthJoiner {
		return false
	}
	next, _ := utf8.DecodeRuneInString(after)
	return picture(before) && picture(next)
}

func picture(r rune) bool {
	return r == 0xfe0f || r >= 0x1f3fb && r <= 0x1f3ff || unicode.Is(unicode.So, r)
}

func visible(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\t':
		return `\t`
	case r == '\r':
		return `\r`
	case r < 0x100:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// Sprintf is fmt.Sprintf with SafeArgs applied.
func Sprintf(format string, args ...any) string {
	return fmt.Sprintf(format, SafeArgs(args)...)
}

// SafeArgs makes the strings among format arguments safe to show on one line,
// and the messages of errors safe to show. Other values are left alone.
func SafeArgs(args []any) []any {
	safe := make([]any, len(args))
	for i, arg := range args {
		switch v := arg.(type) {
		case string:
			safe[i] = SafeLine(v)
		case []byte:
			safe[i] = SafeLine(string(v))
		case fmt.Stringer:
			safe[i] = SafeLine(v.String())
		default:
			safe[i] = arg
		}
	}
	return safe
}
