package python

import (
	"os"
	"path/filepath"
	"strings"
)

// behindPyenv reads which interpreter a shim of pyenv stands for, where that is written plainly
// (https://github.com/pyenv/pyenv, "Understanding Python version selection"), since asking the shim
// takes longer than any command should. It is "" where only the shim can tell.
func (s Search) behindPyenv(shim string) string {
	root := filepath.Dir(filepath.Dir(shim))
	versions := filepath.Join(root, "versions")
	if !isDir(versions) {
		return ""
	}
	chosen := s.Getenv("PYENV_VERSION")
	if chosen == "" {
		chosen = pyenvFile(root)
	}
	first, _, _ := strings.Cut(strings.ReplaceAll(strings.TrimSpace(chosen), "\n", ":"), ":")
	if first == "" || first != filepath.Base(first) {
		return ""
	}
	path := filepath.Join(versions, first, "bin", filepath.Base(shim))
	if !isExecutable(path) || tooOld(path) != "" {
		return ""
	}
	return path
}

// pyenvFile is the text of the nearest .python-version, or else of pyenv's global version file.
func pyenvFile(root string) string {
	dir, err := os.Getwd()
	for err == nil {
		if text, err := os.ReadFile(filepath.Join(dir, ".python-version")); err == nil {
			return string(text)
		}
		if filepath.Dir(dir) == dir {
			break
		}
		dir = filepath.Dir(dir)
	}
	text, _ := os.ReadFile(filepath.Join(root, "version"))
	return string(text)
}
