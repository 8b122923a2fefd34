package cli

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// needs skips where the slow builds are not wanted or can't be made.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("builds take long")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip("no " + program)
		}
	}
}

// output runs a program with variables added to its environment and returns its standard output.
func output(t *testing.T, environ []string, dir, program string, args ...string) string {
	t.Helper()
	return runIn(t, dir, append(os.Environ(), environ...), program, args...)
}

// build runs a script of .ci for this machine and returns the one file it made.
func build(t *testing.T, script, pattern string) string {
	t.Helper()
	dist := t.TempDir()
	output(t, []string{"DIST=" + dist}, "..", "python3", filepath.Join(".ci", script), "1.2.3rc1", runtime.GOOS, runtime.GOARCH)
	found, err := filepath.Glob(filepath.Join(dist, pattern))
	if err != nil || len(found) != 1 {
		t.Fatalf(".ci/%s made %q, %v", script, found, err)
	}
	return found[0]
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestReleaseArchive(t *testing.T) {
	needs(t, "python3", "git", "tar")
	if runtime.GOOS == "windows" {
		t.Skip("the archive is a .zip there")
	}
	archive := build(t, "release", "prefect-*.tar.gz")
	if again := build(t, "release", "prefect-*.tar.gz"); !bytes.Equal(read(t, archive), read(t, again)) {
		t.Error("two builds of one source differ")
	}
	want := fmt.Sprintf("%x  %s\n", sha256.Sum256(read(t, archive)), filepath.Base(archive))
	if sums := read(t, filepath.Join(filepath.Dir(archive), "SHA256SUMS")); string(sums) != want {
		t.Errorf("SHA256SUMS has %q, want %q", sums, want)
	}
	dir := t.TempDir()
	output(t, nil, dir, "tar", "-xzf", archive, "--strip-components=1")
	for _, name := range []string{"README.md", "LICENSE", "THIRD_PARTY_LICENSES", "man/man1/prefect.1",
		"completions/prefect.bash", "completions/_prefect", "completions/prefect.fish", "completions/prefect.ps1"} {
		if len(read(t, filepath.Join(dir, name))) == 0 {
			t.Errorf("%s is empty", name)
		}
	}
	program := filepath.Join(dir, "prefect")
	if version := output(t, nil, dir, program, "--version"); version != "2.1.1+go.1.2.3rc1\n" {
		t.Errorf("the program is version %q", version)
	}
	if size := len(read(t, program)); size > 20_000_000 {
		t.Errorf("the program has %d bytes", size)
	}
}

func TestWheel(t *testing.T) {
	needs(t, "python3", "git")
	wheel := build(t, "wheel", "prefect_go-1.2.3rc1-py3-none-*.whl")
	dir := t.TempDir()
	venv := filepath.Join(dir, "venv")
	output(t, nil, dir, "python3", "-m", "venv", venv)
	bin, suffix := filepath.Join(venv, "bin"), ""
	if runtime.GOOS == "windows" {
		bin, suffix = filepath.Join(venv, "Scripts"), ".exe"
	}
	python, prefect := filepath.Join(bin, "python"+suffix), filepath.Join(bin, "prefect"+suffix)
	before := filesBelow(t, venv)
	pip := func(args ...string) {
		t.Helper()
		output(t, nil, dir, python, append([]string{"-m", "pip", "--disable-pip-version-check", "-q"}, args...)...)
	}
	pip("install", "--no-index", wheel)

	// An empty PATH has no other prefect and no other Python.
	environ := []string{"PREFECT_HOME=" + filepath.Join(dir, "home"), "PATH=", "PYTHONPATH=", "VIRTUAL_ENV=", "PREFECT_BINARY=", "PREFECT_PYTHON="}
	if got := output(t, environ, dir, prefect, "--version"); got != "2.1.1+go.1.2.3rc1\n" {
		t.Errorf("the command is version %q", got)
	}
	if got := strings.TrimSpace(output(t, environ, dir, python, "-c", "import prefect; print(prefect.__version__)")); got != "2.1.1+go.1.2.3rc1" {
		t.Errorf("the package is version %q", got)
	}
	script := "from prefect import flow\n\n@flow\ndef hello(name: str = 'you'):\n    print('hello', name)\n\nif __name__ == '__main__':\n    hello()\n"
	if err := os.WriteFile(filepath.Join(dir, "hello.py"), []byte(script), 0o600); err != nil {
		t.Fatal(err)
	}
	output(t, environ, dir, python, "hello.py")
	output(t, environ, dir, prefect, "deployment", "build", "./hello.py:hello", "-n", "x", "--apply")
	output(t, environ, dir, prefect, "deployment", "run", "hello/x")
	output(t, environ, dir, prefect, "agent", "start", "-q", "default", "--drain")
	states := output(t, environ, dir, python, "-c",
		"import sqlite3; print(sqlite3.connect('home/prefect.db').execute('select state_name, deployment_id is null from flow_run order by created').fetchall())")
	if strings.TrimSpace(states) != "[('Completed', 1), ('Completed', 0)]" {
		t.Errorf("recorded are %s", states)
	}

	install := exec.Command(prefect, "sdk", "install")
	install.Env = append(os.Environ(), environ...)
	if out, err := install.CombinedOutput(); err == nil || !strings.Contains(string(out), "has the package already, from the wheel prefect_go-1.2.3rc1") {
		t.Errorf("sdk install where the wheel is: %v, %s", err, out)
	}

	pip("uninstall", "-y", "prefect-go")
	if after := filesBelow(t, venv); !slices.Equal(after, before) {
		t.Errorf("uninstalling leaves %q, and there was %q", after, before)
	}
}

// filesBelow are the files and folders of a virtual environment, but for byte code of what was there before.
func filesBelow(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if entry.Name() == "__pycache__" {
			return filepath.SkipDir
		}
		found = append(found, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
