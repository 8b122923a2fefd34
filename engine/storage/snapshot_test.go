package storage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func snapshot(t testing.TB, home, root string) Snapshotted {
	t.Helper()
	s, err := Snapshot(context.Background(), home, root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func materialise(t testing.TB, home, digest string) string {
	t.Helper()
	dir := t.TempDir()
	if err := Materialise(context.Background(), home, digest, dir); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestSnapshotKeepsTheCode(t *testing.T) {
	home, root := t.TempDir(), t.TempDir()
	plant(t, root, sample)
	plant(t, root, map[string]string{"large.bin": strings.Repeat("0123456789", small/5)})
	want := tree(t, root)
	first := snapshot(t, home, root)
	if first.Files != len(sample)+1 || len(first.Digest) != 64 {
		t.Errorf("%+v", first)
	}
	plant(t, root, map[string]string{"flow.py": "two", "more.py": "m"})
	second := snapshot(t, home, root)
	if second.Digest == first.Digest || second.Added != 2 {
		t.Errorf("%+v after %+v", second, first)
	}
	sameFiles(t, want, tree(t, materialise(t, home, first.Digest)))
	sameTree(t, root, materialise(t, home, second.Digest))

	// The name comes from the files alone.
	other := t.TempDir()
	plant(t, other, tree(t, root))
	if s := snapshot(t, t.TempDir(), other); s.Digest != second.Digest {
		t.Errorf("the same files elsewhere are %s, not %s", s.Digest, second.Digest)
	}
	if s := snapshot(t, home, root); s.Digest != second.Digest || s.Added != 0 {
		t.Errorf("%+v", s)
	}
	if err := os.Chmod(filepath.Join(root, "flow.py"), 0o777); err != nil {
		t.Fatal(err)
	}
	if s := snapshot(t, home, root); s.Digest == second.Digest || s.Added != 0 {
		t.Errorf("%+v", s)
	}
}

func TestSnapshotIsPrivate(t *testing.T) {
	home, root := t.TempDir(), t.TempDir()
	plant(t, root, map[string]string{"flow.py": "x"})
	snapshot(t, home, root)
	err := filepath.Walk(filepath.Join(home, "snapshots"), func(path string, info os.FileInfo, err error) error {
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s is %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSnapshotThatIsNotThere(t *testing.T) {
	home := t.TempDir()
	err := Materialise(context.Background(), home, strings.Repeat("ab", 32), t.TempDir())
	if !errors.Is(err, ErrNoSnapshot) || !strings.Contains(err.Error(), "build the deployment again") {
		t.Error(err)
	}
	for _, name := range []string{"", "../../etc/passwd", strings.Repeat("AB", 32)} {
		if err := Materialise(context.Background(), home, name, t.TempDir()); err == nil || errors.Is(err, ErrNoSnapshot) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// A disk that has lost something is noticed before the flow runs, and the next build mends it.
func TestSnapshotThatIsDamaged(t *testing.T) {
	for name, damage := range map[string]func(file string) error{
		"changed": func(file string) error { return os.WriteFile(file, []byte("two"), 0o600) },
		"cut":     func(file string) error { return os.Truncate(file, 0) },
		"longer":  func(file string) error { return appendTo(file, "!") },
		"gone":    os.Remove,
	} {
		for _, what := range []string{"file", "list"} {
			home, root := t.TempDir(), t.TempDir()
			plant(t, root, map[string]string{"flow.py": "one"})
			s := snapshot(t, home, root)
			file := filepath.Join(home, "snapshots", "trees", s.Digest)
			if what == "file" {
				files, _ := filepath.Glob(filepath.Join(home, "snapshots", "objects", "*", "*"))
				if len(files) != 1 {
					t.Fatal(files)
				}
				file = files[0]
			}
			if err := damage(file); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			err := Materialise(context.Background(), home, s.Digest, dir)
			if err == nil || !strings.Contains(err.Error(), "build the deployment again") {
				t.Errorf("%s %s: %v", what, name, err)
			}
			if got := tree(t, dir); len(got) != 0 {
				t.Errorf("%s %s: %q was written", what, name, got)
			}
			if snapshot(t, home, root).Digest != s.Digest {
				t.Error("another digest")
			}
			sameTree(t, root, materialise(t, home, s.Digest))
		}
	}
}

func TestPrune(t *testing.T) {
	home := t.TempDir()
	rootA, rootB := t.TempDir(), t.TempDir()
	plant(t, rootA, map[string]string{"both.py": "both", "a.py": "aaaa"})
	plant(t, rootB, map[string]string{"both.py": "both", "b.py": "bb"})
	a, b := snapshot(t, home, rootA), snapshot(t, home, rootB)
	plant(t, home, map[string]string{"snapshots/tmp/HALF": "x"})
	future, past := time.Now().Add(time.Hour), time.Now().Add(-time.Hour)
	prune := func(inUse []string, before time.Time, dryRun bool, want Pruned) {
		t.Helper()
		got, err := Prune(home, inUse, before, dryRun)
		if err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	prune(nil, past, true, Pruned{})
	prune([]string{a.Digest}, future, true, Pruned{Snapshots: 1, Files: 1, Bytes: 2})
	prune([]string{a.Digest}, future, false, Pruned{Snapshots: 1, Files: 1, Bytes: 2})
	if _, err := os.Stat(filepath.Join(home, "snapshots", "tmp", "HALF")); err == nil {
		t.Error("half a file is left")
	}
	sameTree(t, rootA, materialise(t, home, a.Digest))
	if err := CheckSnapshot(home, b.Digest); !errors.Is(err, ErrNoSnapshot) {
		t.Error(err)
	}
	prune(nil, past, false, Pruned{}) // not used, but not old either
	prune(nil, future, false, Pruned{Snapshots: 1, Files: 2, Bytes: 8})
	if left := tree(t, home); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
	if got, err := Prune(t.TempDir(), nil, future, false); err != nil || got != (Pruned{}) {
		t.Errorf("%+v, %v", got, err)
	}
}

// Prune and builds at once: what a build has found in the store stays until its snapshot is there.
func TestPruneWhileOthersBuild(t *testing.T) {
	home, past := t.TempDir(), time.Now().Add(-time.Hour)
	var builders, pruner sync.WaitGroup
	stop := make(chan struct{})
	pruner.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			if _, err := Prune(home, nil, past, false); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for b := range 3 {
		root, dir := t.TempDir(), t.TempDir()
		builders.Go(func() {
			for n := range 10 {
				plant(t, root, map[string]string{"flow.py": fmt.Sprint(b, n), "same.py": "same"})
				s, err := Snapshot(context.Background(), home, root, Options{})
				if err != nil {
					t.Error(err)
					return
				}
				to := filepath.Join(dir, fmt.Sprint(n))
				if err := os.Mkdir(to, 0o700); err != nil {
					t.Error(err)
					return
				}
				if err := Materialise(context.Background(), home, s.Digest, to); err != nil {
					t.Error(err)
				}
			}
		})
	}
	builders.Wait()
	close(stop)
	pruner.Wait()
}
