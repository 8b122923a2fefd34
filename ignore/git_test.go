package ignore

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// gitRepo is an empty repository that asks the git of this machine, away from
// every configuration and ignore file of its user.
type gitRepo struct {
	dir string
	env []string
	// doubleStar says that this git lets `**` cross folders right behind
	// literal text (`foo**/bar` matches foobar), as git did before 2.52.
	doubleStar bool
}

func newGitRepo(t testing.TB) *gitRepo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	home := t.TempDir()
	g := &gitRepo{dir: t.TempDir(), env: []string{
		"PATH=" + os.Getenv("PATH"),
		"SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"HOME=" + home,
		"XDG_CONFIG_HOME=" + home,
		"GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_CONFIG_SYSTEM=" + os.DevNull,
		"GIT_CONFIG_NOSYSTEM=1",
	}}
	g.run(t, "", "init", "-q", "--template=", ".")
	// Both differ by operating system.
	g.run(t, "", "config", "core.ignoreCase", "false")
	g.run(t, "", "config", "core.precomposeUnicode", "false")
	g.doubleStar = g.check(t, []byte("foo**/bar\n"), []string{"foobar"})[0].Ignored
	return g
}

func (g *gitRepo) run(t testing.TB, stdin string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = g.dir, g.env
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 && args[0] == "check-ignore" {
		err = nil // nothing is ignored
	}
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// check asks git about all paths at once. Folders have to exist in g.dir, or
// git takes them for files.
func (g *gitRepo) check(t testing.TB, patterns []byte, paths []string) []Decision {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, ".gitignore"), patterns, 0o666); err != nil {
		t.Fatal(err)
	}
	// A path with a colon in front would be a pathspec with a meaning of its own.
	stdin := "./" + strings.Join(paths, "\x00./") + "\x00"
	out := g.run(t, stdin, "check-ignore", "--no-index", "--stdin", "-z", "--verbose", "--non-matching")
	fields := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00")
	if len(fields) != 4*len(paths) {
		t.Fatalf("git answered %d fields for %d paths", len(fields), len(paths))
	}
	decisions := make([]Decision, len(paths))
	for i, path := range paths {
		file, line, pattern := fields[4*i], fields[4*i+1], fields[4*i+2]
		if fields[4*i+3] != "./"+path {
			t.Fatalf("git answered for %q instead of %q", fields[4*i+3], path)
		}
		if file == "" {
			continue
		}
		number, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		negated := strings.HasPrefix(pattern, "!")
		decisions[i] = Decision{
			Ignored: !negated,
			Rule:    &Rule{File: file, Line: number, Pattern: pattern, Negated: negated},
		}
	}
	return decisions
}

// clear removes everything but the repository itself.
func (g *gitRepo) clear(t testing.TB) {
	t.Helper()
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() == ".git" {
			continue
		}
		if err := os.RemoveAll(filepath.Join(g.dir, e.Name())); err != nil {
			t.Fatal(err)
		}
	}
}

// knows says that this git reads a pattern line as ours does. Only where git
// changed between versions does it not.
func (g *gitRepo) knows(line string) bool {
	if g.doubleStar {
		return true
	}
	head := strings.TrimPrefix(strings.TrimPrefix(line, "!"), "/")
	i := strings.IndexAny(head, `*?[\`)
	return i <= 0 || head[i-1] == '/' || !strings.HasPrefix(head[i:], "**")
}

// show writes a decision for a failure message and for comparing two.
func show(d Decision) string {
	if d.Rule == nil {
		return "no rule matches"
	}
	verdict := "packaged"
	if d.Ignored {
		verdict = "ignored"
	}
	return fmt.Sprintf("%s by %q", verdict, d.Rule)
}
