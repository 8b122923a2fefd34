package python

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
)

// Version is an interpreter's version, such as {3, 11, 7}.
type Version [3]int

// oldest is the first version that flows run on.
var oldest = Version{3, 8, 0}

// Supported tells whether flows run on this version.
func (v Version) Supported() bool {
	return v[0] > oldest[0] || v[0] == oldest[0] && v[1] >= oldest[1]
}

func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v[0], v[1], v[2]) }

// Ask runs the interpreter for its version, which takes about as long as any start of Python; it is
// meant for finding out why something else failed.
func Ask(ctx context.Context, python string) (Version, error) {
	code := "import sys; print('%d.%d.%d' % sys.version_info[:3])"
	out, err := exec.CommandContext(ctx, python, "-S", "-E", "-c", code).Output()
	if ctx.Err() != nil {
		return Version{}, ctx.Err() // it was stopped, which says nothing of it
	}
	if err != nil {
		return Version{}, fmt.Errorf("'%s' does not run as a Python: %w", python, err)
	}
	return parse(python, strings.TrimSpace(string(out)))
}

func parse(python, text string) (Version, error) {
	var v Version
	parts := strings.Split(text, ".")
	for i := range v {
		if len(parts) != len(v) {
			return Version{}, fmt.Errorf("'%s' does not run as a Python: it says its version is %q", python, text)
		}
		n, err := strconv.Atoi(parts[i])
		if err != nil {
			return Version{}, fmt.Errorf("'%s' does not run as a Python: it says its version is %q", python, text)
		}
		v[i] = n
	}
	return v, nil
}

// Check returns an error that says what to do if the interpreter is too old or does not run.
func Check(ctx context.Context, python string) error {
	v, err := Ask(ctx, python)
	if err != nil {
		return err
	}
	if !v.Supported() {
		return fmt.Errorf("'%s' is Python %s, and flows need 3.8 or newer; set PREFECT_PYTHON to the path of one", python, v)
	}
	return nil
}

// tooOld gives the version of an interpreter on which flows don't run, such as "3.7", if that can be
// told without running it: by its name, by what it links to, or by its environment's pyvenv.cfg. It
// is "" for all others.
func tooOld(path string) string {
	text := ""
	if real, err := filepath.EvalSymlinks(path); err == nil {
		text = strings.TrimSuffix(strings.TrimPrefix(filepath.Base(real), "python"), ".exe")
	}
	if !strings.Contains(text, ".") && text != "2" {
		text = environmentVersion(filepath.Dir(filepath.Dir(path)))
	}
	var v Version
	n, _ := fmt.Sscanf(text, "%d.%d", &v[0], &v[1])
	if n == 0 || n == 1 && v[0] > 2 || v.Supported() {
		return ""
	}
	return text
}

// environmentVersion is what a virtual environment says of its Python, or "".
func environmentVersion(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "pyvenv.cfg"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); key == "version" || key == "version_info" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
