package sdk

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// interpreter is a real Python, or the test is skipped.
func interpreter(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"python3", "python"} {
		if path, err := exec.LookPath(name); err == nil {
			out, err := exec.Command(path, "-c", "import sys; print(sys.executable)").Output()
			if err == nil {
				return strings.TrimSpace(string(out))
			}
		}
	}
	t.Skip("needs python3")
	return ""
}

func ensure(t *testing.T, version string) string {
	t.Helper()
	dir, err := Ensure(t.TempDir(), version)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

func run(t *testing.T, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestEverySourceFileIsCarried(t *testing.T) {
	contents, err := files("1.0")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir("python/prefect", func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".pyc") {
			return err
		}
		name, _ := filepath.Rel("python", path)
		if _, ok := contents[filepath.ToSlash(name)]; !ok {
			t.Errorf("%s is not carried by the program", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestThePackagesOwnTests(t *testing.T) {
	python := interpreter(t)
	folder, err := filepath.Abs("python")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(run(t, []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH=" + folder}, python, "-W", "ignore", "-m", "unittest", "discover",
		"-s", filepath.Join(folder, "tests")))
}

func TestPythonImportsTheExtractedPackage(t *testing.T) {
	python, dir := interpreter(t), ensure(t, "7.8.9")
	code := "import prefect, prefect._version as v; print(prefect.__file__, v.VERSION)"
	got := run(t, []string{"PYTHONPATH=" + dir, "PYTHONDONTWRITEBYTECODE=1"}, python, "-c", code)
	if want := filepath.Join(dir, "prefect", "__init__.py") + " 2.1.1+go.7.8.9"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	binary, err := os.ReadFile(filepath.Join(dir, "binary.txt"))
	if self, _ := os.Executable(); err != nil || string(binary) != self+"\n" {
		t.Errorf("binary.txt says %q, %v", binary, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("the folder is open to others: %v, %v", info.Mode(), err)
	}
}

func TestEnsureTwiceAtOnceGivesOneWholeFolder(t *testing.T) {
	home := t.TempDir()
	var wait sync.WaitGroup
	dirs := make([]string, 16)
	for i := range dirs {
		wait.Add(1)
		go func() {
			defer wait.Done()
			dir, err := Ensure(home, "1")
			if err != nil {
				t.Error(err)
			}
			dirs[i] = dir
		}()
	}
	wait.Wait()
	for _, dir := range dirs {
		if dir != dirs[0] {
			t.Errorf("two folders: %q and %q", dir, dirs[0])
		}
	}
	entries, err := os.ReadDir(filepath.Join(home, "sdk"))
	if err != nil || len(entries) != 1 {
		t.Errorf("left over: %v, %v", entries, err)
	}
}

func TestEnsureRepairsADamagedFolderAndAMovedProgram(t *testing.T) {
	home := t.TempDir()
	dir, err := Ensure(home, "1")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "prefect", "__init__.py")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "binary.txt"), []byte("/gone\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Ensure(home, "1"); err != nil {
		t.Fatal(err)
	}
	binary, _ := os.ReadFile(filepath.Join(dir, "binary.txt"))
	self, _ := os.Executable()
	if _, err := os.Stat(filepath.Join(dir, "prefect", "__init__.py")); err != nil || string(binary) != self+"\n" {
		t.Errorf("not repaired: %v, %q", err, binary)
	}
	other, err := Ensure(home, "2")
	if err != nil || other == dir {
		t.Errorf("another version shares the folder: %q, %v", other, err)
	}
}

func TestCompileOnce(t *testing.T) {
	python, dir := interpreter(t), ensure(t, "1")
	if err := Compile(context.Background(), dir, python); err != nil {
		t.Fatal(err)
	}
	compiled, _ := filepath.Glob(filepath.Join(dir, "prefect", "__pycache__", "flows.*.pyc"))
	source, _ := filepath.Glob(filepath.Join(dir, "prefect", "flows.py"))
	if len(compiled) != len(source) {
		t.Errorf("not compiled: %v", compiled)
	}
	// A second time nothing runs: an interpreter that is no longer there but for its file would fail.
	marker, err := compiledMarker(dir, python)
	if _, statErr := os.Stat(marker); err != nil || statErr != nil {
		t.Errorf("no marker: %v, %v", err, statErr)
	}
	if err := Compile(context.Background(), dir, filepath.Join(dir, "nope")); err == nil {
		t.Error("compiled with a Python that does not exist")
	}
}

func TestNeitherListOfWordsRepeatsOne(t *testing.T) {
	adjectives, animals := Words()
	if len(adjectives) < 50 || len(animals) < 50 {
		t.Errorf("%d adjectives, %d animals", len(adjectives), len(animals))
	}
	for _, list := range [][]string{adjectives, animals} {
		seen := map[string]bool{}
		for _, word := range list {
			if seen[word] || word != strings.ToLower(word) {
				t.Errorf("%q stands twice or isn't lower case", word)
			}
			seen[word] = true
		}
	}
}

func TestInstallAndUninstall(t *testing.T) {
	system, dir := interpreter(t), ensure(t, "1")
	venv := filepath.Join(t.TempDir(), "venv")
	if out, err := exec.Command(system, "-m", "venv", "--without-pip", venv).CombinedOutput(); err != nil {
		t.Skipf("no venv module: %s", out)
	}
	python := filepath.Join(venv, "bin", "python")
	if _, err := os.Stat(python); err != nil {
		python = filepath.Join(venv, "Scripts", "python.exe")
	}
	ctx := context.Background()
	if _, err := Uninstall(ctx, python); err == nil || !strings.Contains(err.Error(), "nothing to uninstall") {
		t.Errorf("uninstall of nothing: %v", err)
	}
	first, err := Install(ctx, python, dir, false)
	if err != nil || first.Replaced || first.Real != "" {
		t.Fatalf("got %+v, %v", first, err)
	}
	where := func() string {
		return run(t, []string{"PYTHONPATH="}, python, "-c", "import prefect; print(prefect.__file__)")
	}
	if got := where(); !strings.HasPrefix(got, dir) {
		t.Errorf("import prefect gives %q", got)
	}
	if again, err := Install(ctx, python, dir, false); err != nil || !again.Replaced {
		t.Errorf("again: %+v, %v", again, err)
	}
	testRealPrefect(ctx, t, python, dir, filepath.Dir(first.File), where)
	if removed, err := Uninstall(ctx, python); err != nil || len(removed) != 1 || removed[0] != first.File {
		t.Errorf("removed %v, %v", removed, err)
	}
}

// testRealPrefect puts another prefect package into site-packages, as pip would.
func testRealPrefect(ctx context.Context, t *testing.T, python, dir, packages string, where func() string) {
	real := filepath.Join(packages, "prefect")
	if err := os.Mkdir(real, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(real, "__init__.py"), []byte("__version__ = '2.1.1'\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Install(ctx, python, dir, false); !errors.Is(err, ErrRealPrefect) {
		t.Errorf("installed over the real one: %v", err)
	}
	if got := where(); strings.HasPrefix(got, dir) {
		t.Errorf("the real one is hidden without force: %q", got)
	}
	done, err := Install(ctx, python, dir, true)
	if err != nil || !strings.HasSuffix(done.Real, "prefect") {
		t.Errorf("forced: %+v, %v", done, err)
	}
	if got := where(); !strings.HasPrefix(got, dir) {
		t.Errorf("forced, but import prefect gives %q", got)
	}
	if _, err := os.Stat(filepath.Join(real, "__init__.py")); err != nil {
		t.Errorf("the real one was touched: %v", err)
	}
}

func BenchmarkEnsureWhenThere(b *testing.B) {
	home := b.TempDir()
	for b.Loop() {
		if _, err := Ensure(home, "1"); err != nil {
			b.Fatal(err)
		}
	}
}
