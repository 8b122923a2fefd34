package cli

import (
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	buildTrees = flag.Int("cli.trees", 3, "random folders to build, and to compare with git")
	buildSeed  = flag.Uint64("cli.seed", 1, "seed of the random folders")
)

// TestBuildPackagesWhatGitTakes builds random folders under random patterns into a storage block,
// and compares what is there with what git would take: `go test ./cli -run PackagesWhatGit
// -cli.trees=2000`. (Package ignore compares the reasons too, of many more.)
func TestBuildPackagesWhatGitTakes(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	packaged, left := 0, 0
	env := append(os.Environ(), "PREFECT_HOME="+t.TempDir())
	repository := newRepository(t)
	for i := range *buildTrees {
		r := rand.New(rand.NewPCG(*buildSeed, uint64(i)))
		top := t.TempDir()
		root, to := filepath.Join(top, "root"), filepath.Join(top, "to")
		all := plantRandom(t, r, root)
		patterns := randomPatterns(r, all)
		writeFile(t, filepath.Join(root, ".prefectignore"), patterns)
		runIn(t, root, env, "prefect", "block", "create", "local-file-system/to", "--basepath", to, "--overwrite")
		runIn(t, root, env, "prefect", "deployment", "build", "flow.py:hello", "-n", "d", "-sb", "local-file-system/to", "-o", "../d.yaml")
		want := takenByGit(t, repository, root)
		got := filesOf(t, to)
		if !slices.Equal(got, want) {
			t.Errorf("tree %d, patterns %q:\npackaged  %q\ngit takes %q", i, patterns, got, want)
		}
		packaged += len(got)
		left += len(all) - len(got)
		os.RemoveAll(top)
	}
	t.Logf("%d trees: %d files packaged, %d left out", *buildTrees, packaged, left)
}

var treeNames = []string{"a", "b", "a.py", "b.pyc", "data", "x.csv", "lib", "é.txt", "a b", "build", "$x", "[y]", "n\nl", "#h", "!n", "tmp~"}

// plantRandom writes a random folder with a flow in it, and gives its files.
func plantRandom(t *testing.T, r *rand.Rand, root string) []string {
	t.Helper()
	writeFile(t, filepath.Join(root, "flow.py"), "from prefect import flow\n@flow\ndef hello(): pass\n")
	all := []string{"flow.py"}
	for range 5 + r.IntN(25) {
		var parts []string
		for range 1 + r.IntN(4) {
			parts = append(parts, treeNames[r.IntN(len(treeNames))])
		}
		path := strings.Join(parts, "/")
		full := filepath.Join(root, filepath.FromSlash(path))
		if os.MkdirAll(filepath.Dir(full), 0o777) != nil || os.WriteFile(full, []byte(path), 0o666) != nil {
			continue // a file is in the place of a folder, or the other way round
		}
		if !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

// randomPatterns makes patterns that have to do with the files.
func randomPatterns(r *rand.Rand, all []string) string {
	var b strings.Builder
	for range r.IntN(8) {
		parts := strings.Split(all[r.IntN(len(all))], "/")
		parts = parts[r.IntN(len(parts)):]
		parts = parts[:1+r.IntN(len(parts))]
		pattern := strings.Join(parts, "/")
		if n := strings.IndexByte(pattern, '\n'); n >= 0 {
			pattern = pattern[:n] + "?" + pattern[n+1:]
		}
		switch r.IntN(6) {
		case 0:
			pattern = "*" + pattern[1:]
		case 1:
			pattern = pattern[:len(pattern)-1] + "*"
		case 2:
			pattern = "**/" + pattern
		case 3:
			pattern += "/**"
		}
		pattern = []string{"", "", "", "/", "!", `\`}[r.IntN(6)] + pattern + []string{"", "", "/", " "}[r.IntN(4)]
		fmt.Fprintln(&b, pattern)
	}
	return b.String()
}

// newRepository makes an empty repository, away from every configuration of its user.
func newRepository(t *testing.T) string {
	t.Helper()
	repository := t.TempDir()
	runIn(t, repository, gitEnviron(repository), "git", "init", "-q", "--bare", repository)
	return repository
}

func gitEnviron(home string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1"}
}

// takenByGit lists the files of a folder that git doesn't ignore, with a repository that is elsewhere.
func takenByGit(t *testing.T, repository, root string) []string {
	t.Helper()
	out := runIn(t, root, gitEnviron(repository), "git", "--git-dir="+repository, "--work-tree=.", "ls-files", "--others", "-z", "--exclude-from=.prefectignore")
	files := strings.FieldsFunc(out, func(c rune) bool { return c == 0 })
	slices.Sort(files)
	return files
}

func filesOf(t *testing.T, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(rel))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(files)
	return files
}

func runIn(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, errs.String())
	}
	return string(out)
}

func writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}
