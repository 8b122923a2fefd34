//go:build linux

// The tests named TestFaults inject faults into the real program (kills, stops, full disks, held
// locks) and then look whether anything is stuck, lost or was run twice. Each has a short form for
// every test run and a long one:
//
//	PREFECT_FAULTS=long go test ./engine/agent ./store -run Faults -timeout 6h
package agent_test

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"prefect/cli"
)

// long is set for the long forms. It is asked for within tests only, so that no result of another
// form is taken from the cache.
func long() bool { return os.Getenv("PREFECT_FAULTS") == "long" }

// program is this test's binary under a name by which it is the command line.
var program string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "prefect" {
		os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "prefect-faults-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "prefect")
	if err := provide(program); err != nil {
		panic(err)
	}
	return m.Run()
}

// provide puts the program where the tests find it. The long form, whose figures count, has it as
// it is released; otherwise this test's own binary will do, which need not be built again.
func provide(program string) error {
	if long() {
		build := exec.Command("go", "build", "-trimpath", "-tags", "urfave_cli_no_docs", "-ldflags", "-s -w", "-o", program, "prefect")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		return build.Run()
	}
	self, err := os.Executable()
	if err != nil || os.Link(self, program) == nil {
		return err
	}
	text, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(program, text, 0o755)
}

// scale is a number of repetitions: for the short form, of which the race detector gets a quarter
// since everything takes several times as long there, and for the long one.
func scale(short, full int) int {
	switch {
	case long():
		return full
	case raced || testing.Short():
		return (short + 3) / 4
	}
	return short
}

// bound is how long something may take. Only the long form, on a machine of its own, is strict.
func bound(d time.Duration) time.Duration {
	if long() {
		return d
	}
	return d + 30*time.Second
}

// together lets a test run beside others. In the long form each has the machine for itself.
func together(t *testing.T) {
	if !long() {
		t.Parallel()
	}
}

// newRand makes random numbers whose seed is said, so that a failure can be repeated.
func newRand(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
