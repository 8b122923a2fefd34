package storage

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// plant writes files into a folder. "->x" is a link to x; a content that begins with "!" is that
// of a program.
func plant(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			t.Fatal(err)
		}
		var err error
		if target, ok := strings.CutPrefix(content, "->"); ok {
			err = os.Symlink(target, full)
		} else if program, ok := strings.CutPrefix(content, "!"); ok {
			err = os.WriteFile(full, []byte(program), 0o777)
		} else {
			err = os.WriteFile(full, []byte(content), 0o666)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// tree gives what is in a folder: each path with its kind and content.
func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if e.Type()&fs.ModeSymlink != 0 {
			target, err := os.Readlink(path)
			all[rel] = "->" + target
			return err
		}
		info, err := e.Info()
		if err != nil || !e.Type().IsRegular() {
			all[rel] = "special"
			return err
		}
		content, err := os.ReadFile(path)
		all[rel] = string(content)
		if info.Mode()&0o111 != 0 {
			all[rel] = "!" + all[rel]
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func sameTree(t testing.TB, want, got string) {
	t.Helper()
	sameFiles(t, tree(t, want), tree(t, got))
}

func sameFiles(t testing.TB, want, got map[string]string) {
	t.Helper()
	for path, content := range want {
		if other, ok := got[path]; !ok {
			t.Errorf("%q is missing", path)
		} else if other != content {
			t.Errorf("%q is %s, not %s", path, brief(other), brief(content))
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			t.Errorf("%q is too many", path)
		}
	}
}

func brief(s string) string {
	if len(s) > 60 {
		return fmt.Sprintf("%q... (%d bytes)", s[:60], len(s))
	}
	return fmt.Sprintf("%q", s)
}

func read(t testing.TB, dir, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func names(files []File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.Path
	}
	return all
}
