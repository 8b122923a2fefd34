package python

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestFindReadsWhatPyenvWouldChoose(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("pyenv is a Unix program")
	}
	root := t.TempDir()
	program := func(path string) string {
		path = filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\nexit 1\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	program("shims/python") // would fail if it were asked
	old, newer := program("versions/3.9.1/bin/python"), program("versions/3.12.0/bin/python")
	write := func(path, text string) {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	project := t.TempDir()
	t.Chdir(project)
	env := map[string]string{"PATH": filepath.Join(root, "shims")}
	find := func() string {
		path, _ := Find(Search{Getenv: func(name string) string { return env[name] }})
		return path
	}
	write(filepath.Join(root, "version"), "3.9.1\n")
	if got := find(); got != old {
		t.Errorf("global version: got %q, want %q", got, old)
	}
	write(filepath.Join(project, ".python-version"), "3.12.0\n3.9.1\n")
	if got := find(); got != newer {
		t.Errorf("local version: got %q, want %q", got, newer)
	}
	env["PYENV_VERSION"] = "3.9.1:3.12.0"
	if got := find(); got != old {
		t.Errorf("version of the environment: got %q, want %q", got, old)
	}
	env["PYENV_VERSION"] = "3.7"
	if got := find(); got != "" {
		t.Errorf("a version that only the shim knows: got %q, want nothing, since the shim fails", got)
	}
}
