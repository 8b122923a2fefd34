package pyyaml

import "strings"

// traits are what decides in which styles a text can be written.
type traits struct {
	multiline bool
	plain     bool
	single    bool
	block     bool
}

// analyze finds the styles that PyYAML would allow for a text in block context, when told (as
// Prefect does) to write ASCII only.
func analyze(s string) traits {
	if s == "" {
		return traits{plain: true, single: true}
	}
	text := []rune(s)
	first, last := text[0], text[len(text)-1]
	t := traits{plain: !startsLikeSyntax(text), single: true, block: true}
	var special, spaceBeforeBreak, breakBeforeSpace bool
	for i, r := range text {
		before, after := rune(0), rune(0)
		if i > 0 {
			before = text[i-1]
		}
		if i+1 < len(text) {
			after = text[i+1]
		}
		switch {
		case isBreak(r) && r != '\r':
			t.multiline = true
			spaceBeforeBreak = spaceBeforeBreak || before == ' '
		case r == ' ':
			breakBeforeSpace = breakBeforeSpace || isBreak(before) && before != '\r'
		case r == ':' && isBlank(after), r == '#' && i > 0 && isBlank(before):
			t.plain = false
		}
		special = special || r != '\n' && (r < ' ' || r > '~')
	}
	edge := func(r rune) bool { return r == ' ' || isBreak(r) && r != '\r' }
	if edge(first) || edge(last) || t.multiline {
		t.plain = false
	}
	if last == ' ' {
		t.block = false
	}
	if breakBeforeSpace {
		t.plain, t.single = false, false
	}
	if special || spaceBeforeBreak {
		t.plain, t.single, t.block = false, false, false
	}
	return t
}

// startsLikeSyntax tells whether the first characters would be taken for something of YAML's own.
func startsLikeSyntax(text []rune) bool {
	if s := string(text[:min(3, len(text))]); s == "---" || s == "..." {
		return true
	}
	alone := len(text) == 1 || isBlank(text[1])
	switch text[0] {
	case '?', ':', '-':
		return alone
	}
	return strings.ContainsRune(`#,[]{}&*!|>'"%@`+"`", text[0])
}

// style chooses as PyYAML does for a text, with block style asked for where there are several lines:
// 0 for plain, a quote, or '|'. Several lines that can't go in block style get double quotes.
func style(s string, key bool) rune {
	t := analyze(s)
	block := hasLines(s)
	switch {
	case !block && t.plain && isText(s) && !(key && (s == "" || t.multiline)):
		return 0
	case block && t.block && !key:
		return '|'
	case !block && t.single && !(key && t.multiline):
		return '\''
	}
	return '"'
}

// hasLines tells whether a text has more than one line; a final line end does not begin another.
// Other line ends than \n are left out: such a text can't be in block style anyway, and a style
// asked for in vain still keeps a text from being plain, which it can't be either.
func hasLines(s string) bool {
	i := strings.IndexByte(s, '\n')
	return i >= 0 && i < len(s)-1
}
