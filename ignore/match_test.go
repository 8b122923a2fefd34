package ignore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a reader of git's documentation expects, one case each. A path with a
// trailing slash is a folder. line is the deciding line, 0 for none.
var cases = []struct {
	patterns, path string
	ignored        bool
	line           int
}{
	{"*.pyc", "a/b/c.pyc", true, 1},
	{"*.pyc", "c.py", false, 0},
	{"*.py[cod]", "x.pyd", true, 1},
	{"*$py.class", "a$py.class", true, 1},
	{"*$py.class", "apy.class", false, 0},
	{"q?.txt", "q1.txt", true, 1},
	{"q?.txt", "q.txt", false, 0},
	{"[!a]b", "cb", true, 1},
	{"[!a]b", "ab", false, 0},
	{"[^a]b", "ab", false, 0},
	{"[[:alpha:]]1", "z1", true, 1},
	{"[[:alpha:]]1", "11", false, 0},
	{"[a-c]", "b", true, 1},
	{"[]]", "]", true, 1},
	{"[a", "[a", false, 0},
	{"[[:nope:]]", "n", false, 0},
	{"caf?", "café", false, 0}, // é is two bytes
	{"caf??", "café", true, 1},
	{"\xff", "\xff", true, 1},
	{"\xff", "\xfe", false, 0},
	{"é", "\xe9", false, 0},

	{"a/b", "x/a/b", false, 0},
	{"a/b", "a/b", true, 1},
	{"/a", "x/a", false, 0},
	{"foo/*", "foo/", false, 0},
	{"foo/*", "foo/bar", true, 1},
	{"foo/*", "x/foo/bar", false, 0},
	{"foo/**", "foo/", false, 0},
	{"foo/**", "foo/a/b", true, 1},
	{"**/foo", "foo", true, 1},
	{"**/foo", "a/b/foo", true, 1},
	{"a/**/b", "a/b", true, 1},
	{"a/**/b", "a/x/y/b", true, 1},
	{"a/**/b", "ab", false, 0},
	{"a/x**y", "a/x/y", false, 0},
	{"a/x**y", "a/x1y", true, 1},
	{"/", "a", false, 0},
	{"logs/", "logs", false, 0},
	{"logs/", "x/logs/", true, 1},
	{"logs/", "logs/deep/down", true, 1},

	{"foo  ", "foo", true, 1},
	{`foo\ `, "foo ", true, 1},
	{`foo\  `, "foo ", true, 1},
	{"foo\t", "foo", false, 0},
	{" foo", "foo", false, 0},
	{"#foo", "#foo", false, 0},
	{`\#foo`, "#foo", true, 1},
	{`\!foo`, "!foo", true, 1},
	{`foo\`, `foo\`, false, 0},
	{`\f\o\o`, "foo", true, 1},
	{"a\r\nb\r\n", "a", true, 1},
	{"a\r\nb", "b", true, 2},
	{"a\r\r\n", "a\r", true, 1},
	{"\ufefffoo", "foo", true, 1},
	{"\ufeff# foo", "# foo", false, 0},
	{"a\x00b", "a", true, 1},
	{"\n\n!\n  \n", "a", false, 0},

	{"a|b", "a", false, 0},
	{"(a.py)", "a.py", false, 0},
	{"a+", "aa", false, 0},
	{"a+", "a+", true, 1},
	{"a.b", "axb", false, 0},
	{"#$~\nb#$~c", "b#$~c", true, 2},

	{"*.log\n!keep.log", "keep.log", false, 2},
	{"*.log\n!keep.log\nkeep.*", "keep.log", true, 3},
	{"keep/\n!keep/me", "keep/me", true, 1},
	{"keep/*\n!keep/me", "keep/me", false, 2},
	{"*\n!foo", "foo/bar", true, 1},
	{"!!a\n", "!a", false, 1},
}

func TestMatch(t *testing.T) {
	for _, c := range cases {
		path, isDir := strings.CutSuffix(c.path, "/")
		d := Parse(".gitignore", []byte(c.patterns)).Match(path, isDir)
		line := 0
		if d.Rule != nil {
			line = d.Rule.Line
		}
		if d.Ignored != c.ignored || line != c.line {
			t.Errorf("%q with patterns %q: %s, want ignored %v by line %d", c.path, c.patterns, show(d), c.ignored, c.line)
		}
	}
}

// The table above is only as good as its author: git has the last word.
func TestMatchTableSameAsGit(t *testing.T) {
	g := newGitRepo(t)
	for _, c := range cases {
		g.clear(t)
		path, isDir := strings.CutSuffix(c.path, "/")
		parent := filepath.Dir(path)
		if isDir {
			parent = path
		}
		if err := os.MkdirAll(filepath.Join(g.dir, parent), 0o777); err != nil {
			t.Fatal(err)
		}
		d := g.check(t, []byte(c.patterns), []string{path})[0]
		line := 0
		if d.Rule != nil {
			line = d.Rule.Line
		}
		if d.Ignored != c.ignored || line != c.line {
			t.Errorf("%q with patterns %q: git says %s, the table ignored %v by line %d", c.path, c.patterns, show(d), c.ignored, c.line)
		}
	}
}

func TestRuleShowsFileLineAndPattern(t *testing.T) {
	m := Parse(".prefectignore", []byte("# logs\r\n\r\n!/logs/  \r\n"))
	d := m.Match("logs", true)
	if d.Rule == nil || d.Ignored {
		t.Fatalf("logs: %s, want it packaged by a rule", show(d))
	}
	if got, want := d.Rule.String(), ".prefectignore:3:!/logs/"; got != want {
		t.Errorf("rule is shown as %q, want %q", got, want)
	}
}

// A pattern of any length is harmless: it costs no more than the paths it is
// compared with.
func TestHugePatterns(t *testing.T) {
	long := strings.Repeat("a", 1<<20)
	text := strings.Join([]string{
		long, "*" + long, strings.Repeat("**/", 1<<18) + "x", strings.Repeat("*", 1<<20) + "y",
		strings.Repeat("*a", 2000) + "*b", strings.Repeat("[", 1<<18), strings.Repeat("[a-z]", 1<<18),
	}, "\n")
	m := Parse(FileName, []byte(text))
	for path, line := range map[string]int{"p/q/x": 3, "p/qy": 4, strings.Repeat("a", 4000): 0, strings.Repeat("a", 4000) + "b": 5} {
		d := m.Match(path, false)
		if got := ruleLine(d); got != line {
			t.Errorf("%.20q: decided by line %d, want %d", path, got, line)
		}
	}
}

func ruleLine(d Decision) int {
	if d.Rule == nil {
		return 0
	}
	return d.Rule.Line
}

func TestRead(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		m, err := Read(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if m.Match("a.pyc", false).Ignored {
			t.Error("a.pyc is ignored without a pattern file")
		}
	})
	t.Run("file", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, FileName, "*.pyc\n")
		m, err := Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		if d := m.Match("a.pyc", false); show(d) != `ignored by ".prefectignore:1:*.pyc"` {
			t.Errorf("a.pyc: %s", show(d))
		}
	})
	t.Run("folder", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, FileName+"/x", "")
		readFails(t, dir, "not a regular file")
	})
	t.Run("dangling link", func(t *testing.T) {
		dir := t.TempDir()
		link(t, filepath.Join(dir, "gone"), filepath.Join(dir, FileName))
		readFails(t, dir, "a link to a file that doesn't exist")
	})
	t.Run("too large", func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, FileName, strings.Repeat("0123456789abcde\n", maxSize/16+1))
		readFails(t, dir, "larger than 10 MiB")
	})
}

func readFails(t *testing.T, dir, want string) {
	t.Helper()
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error is %v, want one that says %q", err, want)
	}
}

// write makes a file and the folders above it; name has slashes.
func write(t testing.TB, dir, name, text string) {
	t.Helper()
	full := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// link makes a symbolic link, or skips the test where that isn't allowed.
func link(t testing.TB, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

func TestWithout(t *testing.T) {
	m := Parse("f", []byte("*.pyc\n!out/keep.py\n")).Without("out", "a/b c")
	for path, want := range map[string]string{
		"out/": "built in:/out/", "out/keep.py": "built in:/out/", "out/x/y.py": "built in:/out/", "a/b c/x": "built in:/a/b c/",
		"x.pyc": "f:1:*.pyc", "out.py": "", "sub/out/x": "", "a/": "", "a/b": "",
	} {
		name, isDir := strings.CutSuffix(path, "/")
		d := m.Match(name, isDir)
		if got := fmt.Sprint(d.Rule); d.Ignored != (want != "") || d.Ignored && got != want {
			t.Errorf("%s: %s, want %q", path, show(d), want)
		}
	}
	if Parse("f", nil).Match("out", true).Ignored {
		t.Error("another Matcher has changed")
	}
	if m.Match("out", false).Ignored {
		t.Error("a file of the folder's name is left out")
	}
}
