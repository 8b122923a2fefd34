package ignore

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteDefaultOnlyIfAbsent(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, FileName)
	if created, err := WriteDefault(dir); err != nil || !created {
		t.Fatalf("first time: created %v, error %v", created, err)
	}
	if text, err := os.ReadFile(name); err != nil || string(text) != Default() {
		t.Fatalf("wrote %q, error %v", text, err)
	}
	write(t, dir, FileName, "mine\n")
	if created, err := WriteDefault(dir); err != nil || created {
		t.Errorf("second time: created %v, error %v", created, err)
	}
	if text, _ := os.ReadFile(name); string(text) != "mine\n" {
		t.Errorf("the file of the user became %q", text)
	}
}

func TestWriteDefaultNeverFollowsALink(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "elsewhere")
	link(t, target, filepath.Join(dir, FileName))
	if created, err := WriteDefault(dir); err != nil || created {
		t.Errorf("created %v, error %v", created, err)
	}
	if _, err := os.Lstat(target); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("wrote through the link: %v", err)
	}
}

func TestWriteDefaultNeedsTheFolder(t *testing.T) {
	created, err := WriteDefault(filepath.Join(t.TempDir(), "missing"))
	if created || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("created %v, error %v", created, err)
	}
}

// What Prefect's own default file leaves out is left out by ours, and what is
// source code or data is packaged.
func TestDefaultPatterns(t *testing.T) {
	m := Parse(FileName, []byte(Default()))
	ignored := `.prefectignore __pycache__/ a/__pycache__/x.pyc x.pyc x.pyo x.pyd x$py.class x.egg-info/ x.egg
		.mypy_cache/ .dmypy.json dmypy.json .pyre/ profile_default/ ipython_config.py x.ipynb_checkpoints/y
		.ipynb_checkpoints/y nb/.ipynb_checkpoints/y .python-version .env .venv .venv/ env/ venv/ sub/venv/bin/python
		.DS_Store a/.DS_Store dask-worker-space/ .idea/ .vscode/ .git/ sub/.git/ .git/config
		.pytest_cache/ .ruff_cache/ node_modules/ .flow.py.swp flow.py~ #flow.py# .#flow.py Thumbs.db`
	for path := range strings.FieldsSeq(ignored) {
		name, isDir := strings.CutSuffix(path, "/")
		if !m.Match(name, isDir).Ignored {
			t.Errorf("%s is packaged", path)
		}
	}
	packaged := `flow.py flows/log_flow.py data.csv environment.yml env.py venv.txt requirements.txt pyproject.toml
		.gitignore .github/workflows/ci.yml build/lib.py dist/ config.json a.ipynb README.md log_flow-deployment.yaml src/git/x.py`
	for path := range strings.FieldsSeq(packaged) {
		name, isDir := strings.CutSuffix(path, "/")
		if d := m.Match(name, isDir); d.Ignored {
			t.Errorf("%s: %s", path, show(d))
		}
	}
}

// Every line of the default means something: a typing mistake in a bracket
// would silently make a line that matches nothing.
func TestDefaultHasNoDeadLine(t *testing.T) {
	rules := Parse(FileName, []byte(Default())).rules
	want := 0
	for line := range strings.Lines(Default()) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			want++
		}
	}
	if len(rules) != want {
		t.Errorf("%d rules of %d lines", len(rules), want)
	}
}
