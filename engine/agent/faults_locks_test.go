//go:build linux

package agent_test

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestFaultsManyAtOnce lets many commands, runs and agents use the database at once while another
// program holds its lock for a while. Nobody may hear of it.
func TestFaultsManyAtOnce(t *testing.T) {
	together(t)
	w := newWorld(t)
	w.shell("short", "echo one; echo two")
	agents := []*proc{w.agent("--limit", "2"), w.agent("--limit", "2")}
	var working sync.WaitGroup
	var mu sync.Mutex
	var all []command
	stop := make(chan struct{})
	work := func(n int, args ...string) {
		for range n {
			working.Go(func() {
				for {
					c := w.command(args...)
					mu.Lock()
					all = append(all, c)
					mu.Unlock()
					select {
					case <-stop:
						return
					default:
					}
				}
			})
		}
	}
	work(scale(4, 16), "deployment", "run", "flow-short/short")
	work(scale(1, 2), "flow-run", "ls", "-o", "json")
	work(scale(1, 2), "deployment", "ls")
	done := func() int { mu.Lock(); defer mu.Unlock(); return len(all) }
	w.goOn(done)
	held := w.holdLock(5 * time.Second)
	w.goOn(done)
	close(stop)
	working.Wait()

	var took []time.Duration
	for _, c := range all {
		if c.err != nil || speaksOfLocks(c.text) {
			t.Fatalf("%v ended with %v:\n%s", c.args, c.err, c.text)
		}
		if c.end.Before(held.start) || c.start.After(held.end) {
			took = append(took, c.end.Sub(c.start))
		}
	}
	w.wait("all runs are over", func() bool { return w.unfinished() == 0 })
	for _, a := range agents {
		a.signal(unix.SIGTERM)
		if code := a.code(); code != 0 || speaksOfLocks(a.text()) {
			t.Errorf("an agent ended with code %d", code)
		}
	}
	slices.Sort(took)
	if len(took) == 0 {
		t.Fatal("all commands have met the held lock")
	}
	p99 := took[len(took)*99/100]
	t.Logf("%d commands, half within %v, 99 %% within %v without the held lock; states %v", len(all), took[len(took)/2], p99, w.states())
	if long() && p99 > 250*time.Millisecond {
		t.Errorf("99 %% of the commands took up to %v", p99)
	}
	if states := w.states(); len(states) != 1 || states["Completed"] == 0 {
		t.Errorf("the runs ended %v", states)
	}
	w.check()
}

// speaksOfLocks reports whether a text is about the database being locked; a run may be called
// busy-squid.
func speaksOfLocks(text string) bool {
	return strings.Contains(text, "locked") || strings.Contains(text, "SQLITE_BUSY") || strings.Contains(text, "is busy")
}

// goOn lets the commands work for a while, and for some of them to get through.
func (w *world) goOn(done func() int) {
	w.Helper()
	before := done()
	time.Sleep(time.Duration(scale(0, 30)) * time.Second)
	w.wait("some more commands are through", func() bool { return done() >= before+10 })
}

// command is one command line that was run.
type command struct {
	args       []string
	text       string
	err        error
	start, end time.Time
}

func (w *world) command(args ...string) command {
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir = w.environ(), w.dir
	start := time.Now()
	out, err := cmd.CombinedOutput()
	return command{args, string(out), err, start, time.Now()}
}

// holdLock is another program that writes to the database and takes its time.
func (w *world) holdLock(d time.Duration) (held struct{ start, end time.Time }) {
	w.Helper()
	ctx := context.Background()
	conn, err := w.sql.Conn(ctx)
	w.ok(err)
	defer conn.Close()
	held.start = time.Now()
	_, err = conn.ExecContext(ctx, "begin immediate")
	w.ok(err)
	time.Sleep(d)
	_, err = conn.ExecContext(ctx, "rollback")
	w.ok(err)
	held.end = time.Now()
	return held
}
