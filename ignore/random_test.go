package ignore

import (
	"math/rand/v2"
	"strings"
)

// What random trees and patterns are made of: few letters, so that they meet
// often, and every character that a pattern, a regular expression or a line of
// text could take for something else.
var (
	letters  = strings.Split("a b c ab foo bar . .a a.b b.py A B 1 é ñ 日 _ -", " ")
	oddities = []string{
		" ", "#", "!", "\\", "*", "?", "[", "]", "[a]", "$", "+", "(", ")", "|", "^", "{", "}", "{0,}",
		"\r", "\n", "\t", "\v", "\xff", "\xc3", "\ufeff", ":", ",", "~", "#$~", "\x7f", "&", "%", `"`, "'",
	}
	atoms = []string{
		"a", "b", "c", "foo", "bar", ".", ".py", "é", "\xff", "-", "/", "/", "/", "*", "*", "**", "**", "***",
		"?", "/**/", "**/", "/**", "/*", "[ab]", "[!a]", "[^a]", "[a-c]", "[c-a]", "[a-]", "[-a]", "[]]", "[]a]",
		"[!]]", "[!]a-]", "[]-a]", "[a", "[", "]", "[]", "[!]", "[!", "[^", `[\]]`, `[\\]`, `[a\-c]`, `[\a-\c]`, `[a-\c]`, `[a\`,
		"[[:alpha:]]", "[[:digit:]a]", "[![:space:]]", "[[:punct:]]", "[[:upper:][:lower:]]", "[[:alnum:]-z]",
		"[[:nope:]]", "[[:alpha:]", "[[:alpha]", "[[:a]", "[[:]", "[[::]]", "[:alpha:]", "[a-[:alpha:]]", "[[.a.]]", "[[=a=]]",
		"[/]", "[a/b]", "[!/]", "[.-0]", "[\xc3-\xff]", "[é]", "[ ]", "[*]", "[?]", "[[]", "[a-a]", "[--0]", "[,--]",
		`\a`, `\*`, `\?`, `\[`, `\\`, `\#`, `\!`, `\ `, `\/`, `\`, `**\/`, `\é`, " ", "  ", "\t", "#", "!", "\r",
		"$", "+", "(", ")", "|", "^", "{1}", "{", "}", "#$~", "a|b", "(a)", `\d`, `\x61`, ".*", "a+",
	}
	classes = []string{
		"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit",
	}
)

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func chance(r *rand.Rand, percent int) bool { return r.IntN(100) < percent }

type nodeKind int

const (
	fileNode nodeKind = iota
	folderNode
	linkNode // a symbolic link to the root of the tree, a folder
)

type node struct {
	path string
	kind nodeKind
}

// randomTree makes up 3 to 40 entries; a folder comes before what it holds.
func randomTree(r *rand.Rand) []node {
	var nodes []node
	folders := []string{""}
	seen := map[string]bool{}
	for range 3 + r.IntN(38) {
		path := pick(r, folders) + randomName(r)
		if seen[path] || len(path) > 200 {
			continue
		}
		seen[path] = true
		n := node{path: path}
		switch k := r.IntN(20); {
		case k < 9:
			n.kind = folderNode
			folders = append(folders, path+"/")
		case k == 9:
			n.kind = linkNode
		}
		nodes = append(nodes, n)
	}
	return nodes
}

func randomName(r *rand.Rand) string {
	for {
		var b strings.Builder
		for range 1 + r.IntN(3) {
			if chance(r, 20) {
				b.WriteString(pick(r, oddities))
			} else {
				b.WriteString(pick(r, letters))
			}
		}
		name := b.String()
		if name != "." && name != ".." {
			return name
		}
	}
}

// randomPatterns writes a pattern file of 1 to 10 lines for a tree.
func randomPatterns(r *rand.Rand, nodes []node, usable func(string) bool) []byte {
	var b strings.Builder
	if chance(r, 10) {
		b.WriteString("\ufeff")
	}
	end := "\n"
	if chance(r, 15) {
		end = "\r\n"
	}
	for range 1 + r.IntN(10) {
		line := randomLine(r, nodes)
		if !usable(line) {
			continue
		}
		b.WriteString(line)
		if chance(r, 2) {
			b.WriteString("\x00a")
		}
		b.WriteString(end)
	}
	text := b.String()
	if chance(r, 20) {
		text = strings.TrimSuffix(text, "\n")
	}
	return []byte(text)
}

func randomLine(r *rand.Rand, nodes []node) string {
	var line string
	if len(nodes) > 0 && chance(r, 70) {
		line = bend(r, pick(r, nodes).path)
	} else {
		for range 1 + r.IntN(6) {
			line += pick(r, atoms)
		}
	}
	if chance(r, 15) {
		line = pick(r, []string{"/", "**/", "/**/", "*/", "*", "**", "//"}) + line
	}
	if chance(r, 20) {
		line += pick(r, []string{"/", "/*", "/**", "/**/", "*", "**", "**/", "//", `\/`})
	}
	if chance(r, 8) {
		line += pick(r, []string{" ", "  ", `\ `, `\  `, " \\", "\\", "\t", "\r", " \r", `\\ `, `\\\ `})
	}
	if chance(r, 25) {
		line = "!" + line
	}
	if chance(r, 3) {
		line = pick(r, []string{"#", `\#`, `\!`, "!!", " ", "!#", "!/"}) + line
	}
	return strings.ReplaceAll(line, "\n", "?")
}

// bend makes a pattern of a path that exists, so that most still match it or
// miss it by little.
func bend(r *rand.Rand, path string) string {
	names := strings.Split(path, "/")
	switch r.IntN(4) {
	case 0:
		names = names[r.IntN(len(names)):]
	case 1:
		names = names[:1+r.IntN(len(names))]
	}
	var out []string
	for _, name := range names {
		switch k := r.IntN(20); {
		case k < 2:
			name = "**"
		case k < 4:
			name = "*"
		case k < 15:
			name = bendName(r, name)
		}
		out = append(out, name)
		if chance(r, 8) {
			out = append(out, "**")
		}
	}
	return strings.Join(out, "/")
}

func bendName(r *rand.Rand, name string) string {
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		c := name[i : i+1]
		switch r.IntN(16) {
		case 0:
			b.WriteString("?")
		case 1:
			b.WriteString("*")
		case 2:
			b.WriteString("*")
			i += r.IntN(3)
		case 3:
			b.WriteString("**")
			i += r.IntN(2)
		case 4:
			b.WriteString("[" + c + "]")
		case 5:
			b.WriteString("[" + pick(r, []string{"!", "^"}) + pick(r, letters) + "]")
		case 6:
			b.WriteString("[" + pick(r, letters) + "-" + c + "]")
		case 7:
			b.WriteString("[[:" + pick(r, classes) + ":]" + pick(r, []string{"", c}) + "]")
		case 8:
			b.WriteString(`\` + c)
		default:
			b.WriteString(c)
		}
	}
	return b.String()
}
