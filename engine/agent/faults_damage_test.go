//go:build linux

package agent_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFaultsDamagedDatabases changes random bytes of a database and lets all kinds of commands
// loose on it. They may fail, but with a message and not with a panic, and they come to an end. The
// doctor finds nearly all of the damage.
func TestFaultsDamagedDatabases(t *testing.T) {
	together(t)
	w := newWorld(t)
	random := newRand(t)
	d := w.shell("short", "echo one; echo two")
	w.run(d, scale(20, 200))
	if code := w.start("agent", "start", "-q", "q", "--drain").code(); code != 0 {
		t.Fatalf("the agent ended with code %d", code)
	}
	ids := w.run(d, 2)
	_, err := w.sql.Exec("pragma wal_checkpoint(truncate)")
	w.ok(err)
	good, err := os.ReadFile(w.path())
	w.ok(err)
	w.check()

	commands := [][]string{
		{"agent", "start", "-q", "q", "--hide-welcome", "--drain"},
		{"flow-run", "ls", "-o", "json"},
		{"flow-run", "execute", ids[0]},
		{"flow-run", "inspect", ids[1]},
		{"flow-run", "logs", ids[1]},
		{"deployment", "ls"},
		{"deployment", "run", "flow-short/short"},
		{"deployment", "inspect", "flow-short/short"},
		{"work-queue", "ls"},
		{"flow-run", "cancel", ids[1]},
	}
	pythonPath(t) // the doctor looks for one
	on := func(content []byte, args ...string) (failed bool) {
		home := t.TempDir()
		w.ok(os.WriteFile(filepath.Join(home, "prefect.db"), content, 0o600))
		failed = w.onDamaged(home, args)
		w.ok(os.RemoveAll(home))
		return failed
	}
	if on(good, "doctor") {
		t.Fatal("the doctor finds something wrong with a good database")
	}
	refused, found, trials := 0, 0, scale(20, 1000)
	for trial := range trials {
		bad := damaged(good, random)
		if on(bad, "doctor") {
			found++
		}
		for i, args := range commands {
			if (long() || i == trial%len(commands)) && on(bad, args...) {
				refused++
			}
		}
	}
	t.Logf("the doctor found the damage of %d of %d; %d commands failed", found, trials, refused)
	if long() && found*100 < trials*95 {
		t.Errorf("the doctor found the damage of %d of %d", found, trials)
	}
}

// damaged is a copy of a file with up to 64 bytes changed, or a part of a page, or its end.
func damaged(good []byte, random *rand.Rand) []byte {
	bad := slices.Clone(good)
	for bytes.Equal(bad, good) { // what was zero already is not damaged by zeros
		switch random.IntN(10) {
		case 0:
			return bad[:random.IntN(len(bad))]
		case 1:
			page := random.IntN(len(bad)/4096) * 4096
			clear(bad[page+random.IntN(4096) : page+4096])
		default:
			for range 1 + random.IntN(64) {
				bad[random.IntN(len(bad))] ^= byte(1 + random.IntN(255))
			}
		}
	}
	return bad
}

func (w *world) onDamaged(home string, args []string) (failed bool) {
	w.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(w.environ(), "PREFECT_HOME="+home)
	cmd.Dir = w.dir
	cmd.Cancel = func() error { return cmd.Process.Signal(unix.SIGQUIT) } // to see where it hangs
	out, err := cmd.CombinedOutput()
	text := string(out)
	if strings.Contains(text, "panic") || strings.Contains(text, "goroutine ") || strings.Contains(text, "internal error") || strings.Contains(text, "SIGSEGV") {
		w.Errorf("%v: %v\n%.3000s", args, err, out)
	}
	if code := cmd.ProcessState.ExitCode(); code < 0 || code > 1 {
		w.Errorf("%v ended with code %d\n%s", args, code, tailOf(out))
	}
	if err != nil && strings.TrimSpace(text) == "" {
		w.Errorf("%v failed without a word", args)
	}
	return err != nil
}
