package ignore

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var (
	trees = flag.Int("ignore.trees", 300, "random trees to compare with git")
	seed  = flag.Uint64("ignore.seed", 1, "seed of the random trees")
)

// TestSameAsGit asks git and us about every path of random trees under random
// patterns, and compares the decision, the line that made it, and what Walk
// packages. `go test ./ignore -ignore.trees=2000 -ignore.seed=2` asks more.
func TestSameAsGit(t *testing.T) {
	g := newGitRepo(t)
	paths, matched, different := 0, 0, 0
	for i := range *trees {
		r := rand.New(rand.NewPCG(*seed, uint64(i)))
		g.clear(t)
		nodes := plant(g.dir, randomTree(r))
		if len(nodes) == 0 {
			continue
		}
		patterns := randomPatterns(r, nodes, g.knows)
		got, want := compareTree(t, g, nodes, patterns)
		paths += len(nodes)
		for k, n := range nodes {
			if want[k].Rule != nil {
				matched++
			}
			if show(got[k]) != show(want[k]) {
				t.Errorf("seed %d tree %d: patterns %q\npath %q: %s; git: %s",
					*seed, i, patterns, n.path, show(got[k]), show(want[k]))
				different++
			}
		}
		if !compareWalk(t, g.dir, nodes, patterns, want) {
			t.Errorf("seed %d tree %d: patterns %q", *seed, i, patterns)
			different++
		}
		if different > 10 {
			t.Fatal("too many differences")
		}
	}
	t.Logf("%d trees with %d paths (%d decided by a rule), seed %d: %d differences", *trees, paths, matched, *seed, different)
	if *trees >= 100 && (matched < paths/4 || matched > paths*9/10) {
		t.Errorf("%d of %d paths are decided by a rule: the patterns no longer fit the trees", matched, paths)
	}
}

// plant writes the tree and returns the nodes that this file system took.
func plant(dir string, tree []node) []node {
	var planted []node
	for _, n := range tree {
		full := filepath.Join(dir, filepath.FromSlash(n.path))
		var err error
		switch n.kind {
		case folderNode:
			err = os.Mkdir(full, 0o777)
		case linkNode:
			err = os.Symlink(dir, full)
		default:
			err = os.WriteFile(full, nil, 0o666)
		}
		if err == nil {
			planted = append(planted, n)
		}
	}
	return planted
}

func compareTree(t *testing.T, g *gitRepo, nodes []node, patterns []byte) (got, want []Decision) {
	t.Helper()
	m := Parse(".gitignore", patterns)
	var paths []string
	for _, n := range nodes {
		paths = append(paths, n.path)
		got = append(got, m.Match(n.path, n.kind == folderNode))
	}
	return got, g.check(t, patterns, paths)
}

// compareWalk checks that Walk packages just what git doesn't ignore, in order.
func compareWalk(t *testing.T, dir string, nodes []node, patterns []byte, want []Decision) bool {
	t.Helper()
	var expected []string
	for i, n := range nodes {
		if n.kind != folderNode && !want[i].Ignored {
			expected = append(expected, n.path)
		}
	}
	slices.Sort(expected)
	var walked []string
	for e, err := range Parse(".gitignore", patterns).Walk(dir, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Path != ".gitignore" {
			walked = append(walked, e.Path)
		}
	}
	if !slices.Equal(walked, expected) {
		t.Errorf("packaged:\n%q\ngit has:\n%q", walked, expected)
		return false
	}
	return true
}

// TestBytesSameAsGit asks about every byte a name can hold, for each character
// class and some sets: a mistake there hides from random trees.
func TestBytesSameAsGit(t *testing.T) {
	g := newGitRepo(t)
	var paths []string
	for c := 1; c < 256; c++ {
		if c != '/' {
			paths = append(paths, "x"+string([]byte{byte(c)}))
		}
	}
	patterns := []string{"x?", "x*", "x[!a]", "x[^]]", "x[ -~]", "x[\x80-\xff]", "x[!-]", `x[\a-\f]`, "x[+--]"}
	for _, class := range classes {
		patterns = append(patterns, "x[[:"+class+":]]", "x[![:"+class+":]]")
	}
	// Each byte as a pattern of its own, plain and behind a backslash; all in
	// one file, where the last line that matches is compared.
	var plain, escaped []string
	for _, p := range paths {
		if p != "x\n" && p != "x\r" {
			plain = append(plain, p)
			escaped = append(escaped, `x\`+p[1:])
		}
	}
	patterns = append(patterns, strings.Join(plain, "\n"), strings.Join(escaped, "\n"))
	for _, p := range patterns {
		m := Parse(".gitignore", []byte(p+"\n"))
		for i, want := range g.check(t, []byte(p+"\n"), paths) {
			if got := m.Match(paths[i], false); show(got) != show(want) {
				t.Errorf("pattern %.40q, name %q: %s; git: %s", p, paths[i], show(got), show(want))
			}
		}
	}
}
