package cli

import "strings"

// completingShell is how a shell's command line is read, and what its completion script is told of a
// candidate for the word that is typed.
type completingShell struct {
	escape rune // takes the meaning of the next character away, outside single quotes
	line   func(c candidate, typed typedWord, breaks string) string
}

var completingShells = map[string]completingShell{
	"bash":       {'\\', bashLine},
	"zsh":        {'\\', zshLine},
	"fish":       {'\\', fishLine},
	"powershell": {'`', powershellLine},
}

// typedWord is a word of a command line as the program would get it.
type typedWord struct {
	text  string
	runes []typedRune
	quote rune // the quote that is still open at the end, 0 for none
}

// typedRune is a character of a word, and whether it was typed with a quote or an escape.
type typedRune struct {
	r      rune
	quoted bool
}

// splitLine reads a command line that ends at the cursor. Its last word is the one being typed,
// which is empty after a space. Assignments before the command are left out.
func splitLine(line string, escape rune) []typedWord {
	words, word, begun := []typedWord{}, typedWord{}, false
	escaped := false
	end := func() {
		if begun && !(len(words) == 0 && isAssignment(word)) {
			words = append(words, word.finish())
		}
		word, begun = typedWord{}, false
	}
	for _, r := range line {
		switch {
		case escaped:
			escaped = false
			word.runes = append(word.runes, typedRune{r, true})
		case r == escape && word.quote != '\'':
			escaped, begun = true, true
		case word.quote != 0 && r == word.quote:
			word.quote = 0
		case word.quote == 0 && (r == '\'' || r == '"'):
			word.quote, begun = r, true
		case word.quote == 0 && (r == ' ' || r == '\t' || r == '\n'):
			end()
		default:
			begun = true
			word.runes = append(word.runes, typedRune{r, word.quote != 0})
		}
	}
	return append(words, word.finish())
}

func (w typedWord) finish() typedWord {
	var b strings.Builder
	for _, r := range w.runes {
		b.WriteRune(r.r)
	}
	w.text = b.String()
	return w
}

// isAssignment tells the NAME=value before a command.
func isAssignment(w typedWord) bool {
	name, _, ok := strings.Cut(w.finish().text, "=")
	return ok && name != "" && !strings.ContainsAny(name, "/-. ")
}

func texts(words []typedWord) []string {
	all := make([]string, len(words))
	for i, w := range words {
		all[i] = w.text
	}
	return all
}

// bashLine is what has to be inserted: without what stands before the last break in the word, since
// bash completes only what follows it, and quoted unless the person has begun to.
func bashLine(c candidate, typed typedWord, breaks string) string {
	switch typed.quote {
	case '"':
		return escapeAny(c.text, "\"\\$`")
	case '\'':
		return c.text
	}
	done := ""
	for i, r := range typed.runes {
		if !r.quoted && strings.ContainsRune(breaks, r.r) {
			done = typedWord{runes: typed.runes[:i+1]}.finish().text
		}
	}
	return escapeAny(strings.TrimPrefix(c.text, done), " \t\"'\\$`&;|<>()*?[]{}~#!")
}

// zshLine is an entry as zsh's _describe takes it; zsh quotes by itself.
func zshLine(c candidate, _ typedWord, _ string) string {
	line := escapeAny(c.text, `\:`)
	if c.note != "" {
		line += ":" + c.note
	}
	return line
}

// fishLine is a candidate and what fish shows beside it; fish quotes by itself.
func fishLine(c candidate, _ typedWord, _ string) string {
	return strings.TrimSuffix(c.text+"\t"+c.note, "\t")
}

// powershellLine is what to insert, what to show in the list, and what to show about it.
func powershellLine(c candidate, _ typedWord, _ string) string {
	insert := c.text
	if strings.ContainsAny(insert, " \t\"'`$&;|<>(){}@#,") {
		insert = "'" + strings.ReplaceAll(insert, "'", "''") + "'"
	}
	return insert + "\t" + fishLine(c, typedWord{}, "")
}

func escapeAny(text, special string) string {
	var b strings.Builder
	for _, r := range text {
		if strings.ContainsRune(special, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
