//go:build linux

package agent_test

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestFaultsEachRunIsExecutedOnce lets eight agents fight over many runs while they are stopped and
// killed at random. Each run appends its id to one file.
func TestFaultsEachRunIsExecutedOnce(t *testing.T) {
	together(t)
	w := newWorld(t)
	random := newRand(t)
	d := w.shell("append", "echo $PREFECT__FLOW_RUN_ID >> ran")
	ids := w.run(d, scale(150, 10_000))
	agents := make([]*proc, 8)
	for i := range agents {
		agents[i] = w.agent("--limit", "4")
	}
	stops, kills := 0, 0
	for left := len(ids); left > 0; left = w.unfinished() {
		i := random.IntN(len(agents))
		if random.IntN(3) > 0 {
			stops++
			w.stopAWhile(agents[i], random)
			continue
		}
		kills++
		agents[i].signal(syscall.SIGKILL)
		_ = agents[i].end()
		agents[i] = w.agent("--limit", "4")
	}
	for _, a := range agents {
		a.signal(syscall.SIGTERM)
		if code := a.code(); code != 0 {
			t.Errorf("an idle agent ended with code %d", code)
		}
	}
	t.Logf("%d runs, %d stops, %d kills", len(ids), stops, kills)

	times := map[string]int{}
	for _, id := range strings.Fields(w.read("ran")) {
		times[id]++
	}
	for _, id := range ids {
		if run := w.get(id); times[id] != 1 || run.State.Name != "Completed" {
			t.Errorf("run %s was executed %d times and is %v", id, times[id], run.State)
		}
	}
	if len(times) != len(ids) {
		t.Errorf("%d runs were executed, of %d", len(times), len(ids))
	}
	w.check()
}

func (w *world) stopAWhile(p *proc, random *rand.Rand) {
	p.signal(syscall.SIGSTOP)
	time.Sleep(time.Duration(random.IntN(100)) * time.Millisecond)
	p.signal(syscall.SIGCONT)
}

// unfinished counts the runs that have no final state.
func (w *world) unfinished() (n int) {
	w.Helper()
	w.ok(w.sql.QueryRow("select count(*) from flow_run where end_time is null").Scan(&n))
	return n
}
