// Package python finds the Python interpreter that runs flows.
package python

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrNone is returned when there is no Python at all.
var ErrNone = errors.New("no Python found in an active environment or on the PATH; install Python 3.8 or newer, " +
	"or set PREFECT_PYTHON to the path of one (prefect config set PREFECT_PYTHON=/path/to/python)")

// Search says where to look. The first that is given and exists is taken: Explicit, Setting, the
// active virtual environment, the one that Program is installed in, then `python` and `python3` on
// the PATH, and `py -3` on Windows.
type Search struct {
	Explicit string              // what the user named on the command line: a path, a name on the PATH, or an environment's folder
	Setting  string              // the value of PREFECT_PYTHON, read likewise
	Program  string              // the path of this program, which a wheel puts into an environment
	Getenv   func(string) string // os.Getenv where nil
}

// Find returns the absolute path of an interpreter. Links are kept, since an environment's python is
// a link. The interpreter is not run, but for a launcher (pyenv, asdf, the Windows py) that stands
// for another one. It never returns one for being in the current folder, as a PATH with an empty or
// relative entry would have it.
func Find(s Search) (string, error) {
	if s.Getenv == nil {
		s.Getenv = os.Getenv
	}
	for _, named := range []struct{ source, value string }{{"", s.Explicit}, {"PREFECT_PYTHON", s.Setting}} {
		if named.value != "" {
			return s.named(named.source, named.value)
		}
	}
	if path := s.environment(); path != "" {
		if v := tooOld(path); v != "" {
			return "", fmt.Errorf("the Python of the active environment, '%s', is %s, and flows need 3.8 or newer; activate another one or set PREFECT_PYTHON", path, v)
		}
		return path, nil
	}
	if path := s.ownEnvironment(); path != "" {
		return path, nil
	}
	for _, name := range []string{"python", "python3"} {
		if path := s.onPath(name); path != "" {
			return path, nil
		}
	}
	if path := s.windowsLauncher(); path != "" {
		return path, nil
	}
	return "", ErrNone
}

// named resolves an interpreter that the user chose, which therefore has to exist.
func (s Search) named(source, value string) (string, error) {
	wrong := func(what string) error {
		if source == "" {
			return fmt.Errorf("the interpreter '%s' %s", value, what)
		}
		return fmt.Errorf("%s is set to '%s', which %s", source, value, what)
	}
	path, what := s.resolve(value)
	if what != "" {
		return "", wrong(what)
	}
	if v := tooOld(path); v != "" {
		return "", wrong("is Python " + v + ", and flows need 3.8 or newer")
	}
	return filepath.Abs(path)
}

// resolve finds the program that a word of the user's means, or says what the word is instead.
func (s Search) resolve(word string) (path, what string) {
	if !strings.ContainsAny(word, `/\`) {
		if path := s.onPath(word); path != "" {
			return path, ""
		}
		if inside := inEnvironment(word); inside != "" {
			return inside, ""
		}
		return "", "is not on the PATH; give the path of a Python 3.8 or newer"
	}
	if isDir(word) {
		if inside := inEnvironment(word); inside != "" {
			return inside, ""
		}
		return "", "is a folder and no Python environment"
	}
	if !isExecutable(word) {
		return "", "is no program; give the path of a Python 3.8 or newer"
	}
	return word, ""
}

// environment is the interpreter of the active virtual or conda environment, or "".
func (s Search) environment() string {
	for _, name := range []string{"VIRTUAL_ENV", "CONDA_PREFIX"} {
		if dir := s.Getenv(name); filepath.IsAbs(dir) {
			if path := inEnvironment(dir); path != "" {
				return path
			}
		}
	}
	return ""
}

// ownEnvironment is the interpreter of the virtual or conda environment that this program is
// installed in, or "".
func (s Search) ownEnvironment() string {
	if s.Program == "" {
		return ""
	}
	dir := filepath.Dir(filepath.Dir(s.Program))
	for _, mark := range []string{"pyvenv.cfg", "conda-meta"} {
		if _, err := os.Stat(filepath.Join(dir, mark)); err == nil {
			return inEnvironment(dir)
		}
	}
	return ""
}

func inEnvironment(dir string) string {
	places := []string{filepath.Join("bin", "python"), filepath.Join("bin", "python3")}
	if runtime.GOOS == "windows" {
		places = []string{filepath.Join("Scripts", "python.exe"), "python.exe"}
	}
	for _, place := range places {
		if path := filepath.Join(dir, place); isExecutable(path) {
			return path
		}
	}
	return ""
}

// onPath returns the first usable program of a name on the PATH, or "".
func (s Search) onPath(name string) string {
	if runtime.GOOS == "windows" && filepath.Ext(name) == "" {
		name += ".exe"
	}
	for _, dir := range filepath.SplitList(s.Getenv("PATH")) {
		if !filepath.IsAbs(dir) {
			continue // the current folder, or something below it
		}
		path := filepath.Join(dir, name)
		if !isExecutable(path) || tooOld(path) != "" {
			continue
		}
		if !isLauncher(dir) {
			return path
		}
		if real := s.behindPyenv(path); real != "" {
			return real
		}
		if real := behind(path); real != "" {
			return real
		}
	}
	return ""
}

// isLauncher tells the folders whose programs only choose another one: pyenv's and asdf's shims, and
// the Windows store's placeholders, which may have nothing to choose from.
func isLauncher(dir string) bool {
	return filepath.Base(dir) == "shims" || filepath.Base(dir) == "WindowsApps"
}

// behind asks a launcher which interpreter it stands for; "" if for none that is new enough to say.
func behind(launcher string, args ...string) string {
	cmd := exec.Command(launcher, append(args, "-S", "-E", "-c", "import sys; print(sys.executable)")...)
	out, err := cmd.Output()
	path := strings.TrimSpace(string(out))
	if err != nil || !filepath.IsAbs(path) || !isExecutable(path) || tooOld(path) != "" {
		return ""
	}
	return path
}

func (s Search) windowsLauncher() string {
	if runtime.GOOS != "windows" {
		return ""
	}
	if launcher := s.onPath("py"); launcher != "" {
		return behind(launcher, "-3")
	}
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func isExecutable(path string) bool {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return false
	}
	return runtime.GOOS == "windows" || info.Mode().Perm()&0o111 != 0
}
