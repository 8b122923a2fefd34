package python

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fake writes a program that does nothing, or what the script says.
func fake(t *testing.T, path, script string) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("needs programs that are shell scripts")
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func environ(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestFindTakesTheFirstThatIsGiven(t *testing.T) {
	dir := t.TempDir()
	explicit := fake(t, filepath.Join(dir, "explicit", "python3.9"), "")
	setting := fake(t, filepath.Join(dir, "setting", "python"), "")
	venv := fake(t, filepath.Join(dir, "venv", "bin", "python"), "")
	conda := fake(t, filepath.Join(dir, "conda", "bin", "python"), "")
	onPath := fake(t, filepath.Join(dir, "path", "python3"), "")
	own := fake(t, filepath.Join(dir, "own", "bin", "python"), "")
	fake(t, filepath.Join(dir, "own", "pyvenv.cfg"), "")
	fake(t, filepath.Join(dir, "usr", "bin", "python"), "")
	all := map[string]string{
		"VIRTUAL_ENV": filepath.Join(dir, "venv"), "CONDA_PREFIX": filepath.Join(dir, "conda"), "PATH": filepath.Join(dir, "path"),
	}
	without := func(names ...string) map[string]string {
		vars := map[string]string{}
		for k, v := range all {
			vars[k] = v
		}
		for _, name := range names {
			delete(vars, name)
		}
		return vars
	}
	for name, c := range map[string]struct {
		search Search
		vars   map[string]string
		want   string
	}{
		"explicit":           {Search{Explicit: explicit, Setting: setting}, all, explicit},
		"explicit folder":    {Search{Explicit: filepath.Join(dir, "venv")}, without("VIRTUAL_ENV"), venv},
		"explicit name":      {Search{Explicit: "python3"}, all, onPath},
		"setting":            {Search{Setting: setting}, all, setting},
		"own environment":    {Search{Program: filepath.Join(dir, "own", "bin", "prefect")}, without("VIRTUAL_ENV", "CONDA_PREFIX"), own},
		"no environment":     {Search{Program: filepath.Join(dir, "usr", "bin", "prefect")}, without("VIRTUAL_ENV", "CONDA_PREFIX"), onPath},
		"active before own":  {Search{Program: filepath.Join(dir, "own", "bin", "prefect")}, all, venv},
		"active environment": {Search{}, all, venv},
		"conda":              {Search{}, without("VIRTUAL_ENV"), conda},
		"path":               {Search{}, without("VIRTUAL_ENV", "CONDA_PREFIX"), onPath},
	} {
		c.search.Getenv = environ(c.vars)
		if got, err := Find(c.search); err != nil || got != c.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, c.want)
		}
	}
}

func TestFindKeepsTheLinkOfAnEnvironment(t *testing.T) {
	dir := t.TempDir()
	system := fake(t, filepath.Join(dir, "usr", "python3.11"), "")
	venv := filepath.Join(dir, "venv")
	if err := os.MkdirAll(filepath.Join(venv, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(venv, "bin", "python")
	if err := os.Symlink(system, link); err != nil {
		t.Skip(err)
	}
	got, err := Find(Search{Getenv: environ(map[string]string{"VIRTUAL_ENV": venv})})
	if err != nil || got != link {
		t.Errorf("got %q, %v, want %q", got, err, link)
	}
}

func TestFindSkipsWhatIsNoPython3(t *testing.T) {
	dir := t.TempDir()
	old := fake(t, filepath.Join(dir, "old", "python2.7"), "")
	if err := os.Symlink(old, filepath.Join(dir, "old", "python")); err != nil {
		t.Skip(err)
	}
	fake(t, filepath.Join(dir, "broken", "shims", "python"), "echo 'pyenv: python: command not found' >&2; exit 127")
	good := fake(t, filepath.Join(dir, "good", "python3"), "")
	path := []string{filepath.Join(dir, "old"), filepath.Join(dir, "broken", "shims"), filepath.Join(dir, "good")}
	got, err := Find(Search{Getenv: environ(map[string]string{"PATH": strings.Join(path, string(os.PathListSeparator))})})
	if err != nil || got != good {
		t.Errorf("got %q, %v, want %q", got, err, good)
	}
}

// What is too old for flows is told by names and links, as running it would take too long.
func TestFindRefusesWhatIsTooOld(t *testing.T) {
	dir := t.TempDir()
	old := fake(t, filepath.Join(dir, "old", "python3.7"), "")
	link := filepath.Join(dir, "path", "python3")
	venv, copied := filepath.Join(dir, "venv"), filepath.Join(dir, "copied")
	for _, folder := range []string{filepath.Dir(link), filepath.Join(venv, "bin"), copied} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, at := range []string{link, filepath.Join(venv, "bin", "python")} {
		if err := os.Symlink(old, at); err != nil {
			t.Skip(err)
		}
	}
	fake(t, filepath.Join(copied, "bin", "python"), "")
	if err := os.WriteFile(filepath.Join(copied, "pyvenv.cfg"), []byte("home = /usr/bin\nversion = 3.6.15\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		search Search
		vars   map[string]string
		want   string
	}{
		"explicit":    {Search{Explicit: old}, nil, "python3.7' is Python 3.7, and flows need 3.8 or newer"},
		"setting":     {Search{Setting: venv}, nil, "PREFECT_PYTHON is set to '" + venv + "', which is Python 3.7,"},
		"environment": {Search{}, map[string]string{"VIRTUAL_ENV": venv}, "of the active environment, '" + filepath.Join(venv, "bin", "python") + "', is 3.7,"},
		"copied":      {Search{}, map[string]string{"VIRTUAL_ENV": copied}, "is 3.6.15, and flows need 3.8 or newer"},
		"path":        {Search{}, map[string]string{"PATH": filepath.Dir(link)}, "no Python found"},
	} {
		c.search.Getenv = environ(c.vars)
		if got, err := Find(c.search); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, c.want)
		}
	}
	newer := fake(t, filepath.Join(dir, "newer", "python3.10"), "")
	if got, err := Find(Search{Explicit: newer, Getenv: environ(nil)}); err != nil || got != newer {
		t.Errorf("got %q, %v, want %q", got, err, newer)
	}
}

func TestFindAsksAShimWhatItStandsFor(t *testing.T) {
	dir := t.TempDir()
	real := fake(t, filepath.Join(dir, "versions", "python3.12"), "")
	fake(t, filepath.Join(dir, "shims", "python"), "echo "+real)
	got, err := Find(Search{Getenv: environ(map[string]string{"PATH": filepath.Join(dir, "shims")})})
	if err != nil || got != real {
		t.Errorf("got %q, %v, want %q", got, err, real)
	}
}

func TestFindNeverTakesTheCurrentFoldersPython(t *testing.T) {
	dir := t.TempDir()
	fake(t, filepath.Join(dir, "python"), "")
	fake(t, filepath.Join(dir, "bin", "python"), "")
	t.Chdir(dir)
	for _, path := range []string{"", ".", "bin", strings.Join([]string{"", ".", "bin"}, string(os.PathListSeparator))} {
		if got, err := Find(Search{Getenv: environ(map[string]string{"PATH": path})}); err == nil {
			t.Errorf("PATH=%q: got %q", path, got)
		}
	}
	if got, err := Find(Search{Getenv: environ(map[string]string{"VIRTUAL_ENV": "."})}); err == nil {
		t.Errorf("VIRTUAL_ENV=.: got %q", got)
	}
}

func TestFindSaysWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	plain := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(plain, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		search Search
		want   string
	}{
		"nothing":        {Search{}, "no Python found"},
		"missing":        {Search{Explicit: filepath.Join(dir, "nope")}, "nope' is no program"},
		"unknown name":   {Search{Explicit: "nopython"}, "the interpreter 'nopython' is not on the PATH"},
		"setting":        {Search{Setting: filepath.Join(dir, "nope")}, "PREFECT_PYTHON is set to '"},
		"no environment": {Search{Explicit: dir}, "is a folder and no Python environment"},
	} {
		c.search.Getenv = environ(nil)
		_, err := Find(c.search)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: got %v, want %q in it", name, err, c.want)
		}
	}
	if runtime.GOOS != "windows" {
		if _, err := Find(Search{Explicit: plain, Getenv: environ(nil)}); err == nil {
			t.Error("a file that is no program was taken for Python")
		}
	}
}

func TestCheckVersion(t *testing.T) {
	dir := t.TempDir()
	for says, want := range map[string]string{
		"2.7.18": "is Python 2.7.18, and flows need 3.8 or newer", "3.7.16": "is Python 3.7.16", "3.8.0": "", "3.14.1": "", "hello": "does not run as a Python",
	} {
		err := Check(context.Background(), fake(t, filepath.Join(dir, says), "echo "+says))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", says, err, want)
		}
	}
	if err := Check(context.Background(), filepath.Join(dir, "nope")); err == nil {
		t.Error("a missing program was taken for Python")
	}
}

func TestAskARealPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("needs python3")
	}
	if v, err := Ask(context.Background(), python); err != nil || v[0] != 3 {
		t.Errorf("got %v, %v", v, err)
	}
}
