package ignore

import (
	"strings"
	"testing"

	gitignore "github.com/sabhiram/go-gitignore"
)

// addSeeds gives a fuzz target the table of patterns and some oddities.
func addSeeds(f *testing.F) {
	for _, c := range cases {
		path, isDir := strings.CutSuffix(c.path, "/")
		f.Add(c.patterns, path, isDir)
	}
	for _, a := range atoms {
		f.Add(a+"\n!x"+a+"/"+a, "x/a", false)
	}
	f.Add("foo**/bar", "foobar", false)
	f.Add("\xef\xbb", "\xef\xbb", false)
	f.Add("a\r\r\n\r\n \r\n\\ \r", "a\r", true)
}

// FuzzParse holds what is true of any text: rules name lines that exist, each
// reaches go-gitignore as an expression that it compiles, and the quick look
// before it never turns away what it would match.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text, path string, isDir bool) {
		if len(text) > 2000 || len(path) > 500 {
			return
		}
		lines := strings.Count(text, "\n") + 1
		m := Parse("f", []byte(text))
		for i, r := range m.rules {
			if r.Line < 1 || r.Line > lines || i > 0 && m.rules[i-1].Line >= r.Line {
				t.Errorf("rule %d of %q has line %d", i, text, r.Line)
			}
			if !strings.Contains(text, r.Pattern) || r.Negated != strings.HasPrefix(r.Pattern, "!") {
				t.Errorf("rule %d of %q is %q", i, text, r.Pattern)
			}
			line := r.glob.libraryLine()
			library := gitignore.CompileIgnoreLines(line)
			if library.MatchesPath(widen(path)) && !r.outline.admits(path) {
				t.Errorf("pattern %q matches %q, but the quick look turns it away", r.Pattern, path)
			}
			// A rule that go-gitignore can't compile would be dropped without
			// a word, and so match nothing: it has to match an example.
			if s, ok := example(r.glob); ok && !library.MatchesPath(widen(s)) {
				t.Errorf("pattern %q as %q does not match %q", r.Pattern, line, s)
			}
		}
		d := m.Match(path, isDir)
		if d.Rule == nil && d.Ignored || d.Rule != nil && d.Ignored == d.Rule.Negated {
			t.Errorf("%q with %q: %s", path, text, show(d))
		}
	})
}

// example gives a path that the glob must match; ok is false for an empty set.
func example(g glob) (path string, ok bool) {
	var b strings.Builder
	for _, e := range g {
		if e.kind != oneByte {
			continue // each of the others may be empty
		}
		if e.set == (byteSet{}) {
			return "", false
		}
		c := byte(255)
		for !e.set.has(c) {
			c--
		}
		b.WriteByte(c)
	}
	return b.String(), true
}

// FuzzEscapedName takes any name, puts a backslash before each of its bytes,
// and gets a pattern for this name and no other.
func FuzzEscapedName(f *testing.F) {
	for _, s := range append(oddities, letters...) {
		f.Add(s, s+"x")
	}
	f.Add("a b", "a  b")
	f.Add("\xff", "\xfe")
	f.Fuzz(func(t *testing.T, name, other string) {
		if name == "" || strings.ContainsAny(name+other, "/\x00\n") || name[len(name)-1] == '\r' {
			return
		}
		var b strings.Builder
		for i := range len(name) {
			b.WriteString(`\` + name[i:i+1])
		}
		m := Parse("f", []byte(b.String()))
		if !m.Match("sub/"+name, false).Ignored {
			t.Errorf("pattern %q doesn't match %q", b.String(), name)
		}
		if other != name && m.Match(other, false).Ignored {
			t.Errorf("pattern %q matches %q", b.String(), other)
		}
	})
}

// FuzzSameAsGit lets the fuzzer look for patterns on which git differs.
func FuzzSameAsGit(f *testing.F) {
	addSeeds(f)
	g := newGitRepo(f)
	f.Fuzz(func(t *testing.T, text, path string, _ bool) {
		for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
			if !g.knows(line) {
				return
			}
		}
		if !possible(path) {
			return
		}
		// No path exists for git, so none is a folder but those above it.
		got := Parse(".gitignore", []byte(text)).Match(path, false)
		if want := g.check(t, []byte(text), []string{path})[0]; show(got) != show(want) {
			t.Errorf("patterns %q\npath %q: %s; git: %s", text, path, show(got), show(want))
		}
	})
}

// possible says that path can name something in a folder that git looks at.
func possible(path string) bool {
	if len(path) > 200 || strings.Contains(path, "\x00") {
		return false
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." || name == ".." || strings.EqualFold(name, ".git") || name == ".gitignore" {
			return false
		}
	}
	return true
}
