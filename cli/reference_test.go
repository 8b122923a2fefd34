package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The tests of this file compare with real Prefect 2.1.1. PREFECT_REFERENCE names the folder of a
// virtual environment that has it; without it they are left out.

type reference struct {
	t         *testing.T
	bin, home string
}

func newReference(t *testing.T) *reference {
	dir := os.Getenv("PREFECT_REFERENCE")
	if dir == "" {
		t.Skip("PREFECT_REFERENCE is not set")
	}
	return &reference{t, filepath.Join(dir, "bin"), t.TempDir()}
}

// run runs the reference's prefect, or ours if it is to be that, in a folder.
func (r *reference) run(ours bool, dir string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command(filepath.Join(r.bin, "prefect"), args...)
	home := filepath.Join(r.home, "theirs")
	if ours {
		cmd = exec.Command("prefect", args...) // TestMain has put it on the PATH
		home = filepath.Join(r.home, "ours")
	}
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PREFECT_HOME="+home, "NO_COLOR=1", "COLUMNS=200", "PATH="+r.bin+":"+os.Getenv("PATH"),
		"PREFECT_PYTHON="+filepath.Join(r.bin, "python"))
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return string(out)
}

// builds are the command lines whose files are compared: flow and options.
var referenceBuilds = [][]string{
	{"plain", "-n", "d1"},
	{"documented", "-n", "my dep", "-v", "1.0", "-t", "a", "-t", "b,c", "-q", "wq", "-i", "process", "--override", "env.FOO=bar",
		"--override", "env.N=1=2", "--override", "stream_output=false", "--cron", "0 5 * * *"},
	{"typed", "-n", "no", "--interval", "3600"},
	{"named", "-n", "yes", "--rrule", "FREQ=HOURLY;COUNT=3"},
	{"collections", "-n", "123", "-v", "0x1f", "-t", "null"},
	{"models", "-n", "m: x # y"},
	{"asynchronous", "-n", "tab\\t"},
}

var anchorDate = regexp.MustCompile(`anchor_date: .*`)

func TestDeploymentFilesAreThoseOfTheReference(t *testing.T) {
	r := newReference(t)
	script, err := os.ReadFile(filepath.Join("testdata", "reference_flows.py"))
	if err != nil {
		t.Fatal(err)
	}
	for _, build := range referenceBuilds {
		t.Run(build[0], func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "flows.py"), script, 0o644); err != nil {
				t.Fatal(err)
			}
			r := &reference{t, r.bin, r.home}
			read := func(name string) []byte {
				data, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil {
					t.Fatal(err)
				}
				return anchorDate.ReplaceAll(data, []byte("anchor_date: X"))
			}
			args := append([]string{"deployment", "build", "./flows.py:" + build[0], "-o"}, "theirs.yaml")
			r.run(false, dir, append(args, build[1:]...)...)
			args[len(args)-1] = "ours.yaml"
			r.run(true, dir, append(args, build[1:]...)...)
			if theirs, ours := read("theirs.yaml"), read("ours.yaml"); !bytes.Equal(theirs, ours) {
				t.Errorf("theirs:\n%s\nours:\n%s", theirs, ours)
			}
			// Each accepts the other's file.
			if out := r.run(false, dir, "deployment", "apply", "ours.yaml"); !strings.Contains(out, "successfully created with id") {
				t.Errorf("the reference says of our file: %s", out)
			}
			if out := r.run(true, dir, "deployment", "apply", "theirs.yaml"); !strings.Contains(out, "successfully created with id") {
				t.Errorf("of the reference's file: %s", out)
			}
		})
	}
}
