package pyyaml

import (
	"fmt"
	"strings"
)

// text writes a text in the style that PyYAML chooses; its further lines begin at column indent.
func (e *emitter) text(s string, indent int, key bool) {
	switch style(s, key) {
	case 0:
		e.folded(s, indent, key, false)
	case '\'':
		e.write("'")
		e.folded(s, indent, key, true)
		e.write("'")
	case '|':
		e.literal(s, indent)
	default:
		e.doubleQuoted(s, indent, key)
	}
}

// folded writes a plain or single quoted text. A single space past the width becomes a line end;
// in single quotes not at the ends of the text. A line end is written as an empty line more.
func (e *emitter) folded(s string, indent int, key, quoted bool) {
	text := []rune(s)
	for i := 0; i < len(text); {
		end := i
		switch text[i] {
		case ' ':
			for end < len(text) && text[end] == ' ' {
				end++
			}
			atEdge := quoted && (i == 0 || end == len(text))
			if end == i+1 && e.col > bestWidth && !key && !atEdge {
				e.newline(indent)
			} else {
				e.write(string(text[i:end]))
			}
		case '\n':
			e.buf.WriteByte('\n')
			for end < len(text) && text[end] == '\n' {
				end++
			}
			e.buf.WriteString(strings.Repeat("\n", end-i-1))
			e.newline(indent)
		default:
			for end < len(text) && text[end] != ' ' && text[end] != '\n' {
				end++
			}
			word := string(text[i:end])
			if quoted {
				word = strings.ReplaceAll(word, "'", "''")
			}
			e.write(word)
		}
		i = end
	}
}

// literal writes "|" and the lines as they are. The hint after it tells the indentation, where
// the first line begins with white space, and what to do with the final line ends.
func (e *emitter) literal(s string, indent int) {
	e.write("|")
	if s[0] == ' ' || s[0] == '\n' {
		e.write("2")
	}
	switch {
	case !strings.HasSuffix(s, "\n"):
		e.write("-")
	case s == "\n" || strings.HasSuffix(s, "\n\n"):
		e.write("+")
	}
	for line := range strings.SplitSeq(strings.TrimSuffix(s, "\n"), "\n") {
		if line == "" {
			e.buf.WriteByte('\n')
			continue
		}
		e.newline(indent)
		e.write(line)
	}
}

// doubleQuoted writes a text with escapes. Past the width, a line ends in a backslash and the next
// begins with one where a space must be kept.
func (e *emitter) doubleQuoted(s string, indent int, key bool) {
	e.write(`"`)
	text := []rune(s)
	start := 0
	for end := 0; end <= len(text); end++ {
		if end == len(text) || needsEscape(text[end]) {
			e.write(string(text[start:end]))
			start = end
			if end < len(text) {
				e.write(escaped(text[end]))
				start = end + 1
			}
		}
		if end > 0 && end < len(text)-1 && (text[end] == ' ' || start >= end) && e.col+(end-start) > bestWidth && !key {
			part := ""
			if start < end {
				part = string(text[start:end])
				start = end
			}
			e.write(part + `\`)
			e.newline(indent)
			if text[start] == ' ' {
				e.write(`\`)
			}
		}
	}
	e.write(`"`)
}

func needsEscape(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// shortEscapes are the characters that have a letter of their own.
var shortEscapes = map[rune]string{
	0: "0", 7: "a", 8: "b", '\t': "t", '\n': "n", 11: "v", 12: "f", '\r': "r", 27: "e",
	'"': `"`, '\\': `\`, 0x85: "N", 0xA0: "_", 0x2028: "L", 0x2029: "P",
}

func escaped(r rune) string {
	switch short, ok := shortEscapes[r]; {
	case ok:
		return `\` + short
	case r <= 0xFF:
		return fmt.Sprintf(`\x%02X`, r)
	case r <= 0xFFFF:
		return fmt.Sprintf(`\u%04X`, r)
	}
	return fmt.Sprintf(`\U%08X`, r)
}
