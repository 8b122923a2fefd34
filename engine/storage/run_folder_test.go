package storage

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestRunFolders(t *testing.T) {
	home := t.TempDir()
	one, err := NewRunFolder(home, "run")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(one.Dir); err != nil || info.Mode().Perm() != 0o700 || !strings.HasPrefix(filepath.Base(one.Dir), "run-") {
		t.Errorf("%s: %v, %v", one.Dir, info, err)
	}
	// A killed run leaves its folder and a lock that nobody holds, and may have made a mess.
	plant(t, home, map[string]string{"runs/dead-1.lock": "", "runs/dead-1/sub/file": "x", "runs/dead-2.lock": ""})
	if err := os.Chmod(filepath.Join(home, "runs/dead-1/sub"), 0); err != nil {
		t.Fatal(err)
	}
	plant(t, one.Dir, map[string]string{"flow.py": "x"})
	two, err := NewRunFolder(home, "run")
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(filepath.Join(home, "runs", "dead*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
	if read(t, one.Dir, "flow.py") != "x" {
		t.Error("the folder of a run that goes on was harmed")
	}
	for _, r := range []*RunFolder{one, two} {
		if err := r.Remove(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(home, "runs", "*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}

func TestRunFoldersAtOnce(t *testing.T) {
	home := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				r, err := NewRunFolder(home, "run")
				if err != nil {
					t.Error(err)
					return
				}
				if err := os.WriteFile(filepath.Join(r.Dir, "flow.py"), nil, 0o600); err != nil {
					t.Error(err)
				}
				if err := r.Remove(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if left, _ := filepath.Glob(filepath.Join(home, "runs", "*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
