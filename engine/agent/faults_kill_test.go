//go:build linux

package agent_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/store"
)

// TestFaultsKillsAtRandomPoints kills an agent, a supervisor or a flow at a random moment, again
// and again. A run that was not hit itself must end as if nothing had happened, with all its log;
// one that was hit must be seen to be over soon after an agent is back.
func TestFaultsKillsAtRandomPoints(t *testing.T) {
	together(t)
	w := newWorld(t)
	random := newRand(t)
	deployments := []store.Deployment{w.python("work", "work"), w.shell("shell", "echo begin; sleep 0.3; echo end 10")}
	var ids []string
	hit := map[string]string{} // by run id: what was killed
	agent := w.agent("--limit", "4")
	var longest time.Duration
	for n := range scale(20, 1000) {
		if w.unfinished() < 6 {
			ids = append(ids, w.run(deployments[n%2], 2)...)
		}
		time.Sleep(time.Duration(random.IntN(150)) * time.Millisecond)
		switch what := []string{"agent", "supervisor", "flow"}[random.IntN(3)]; what {
		case "agent":
			agent.signal(unix.SIGKILL)
			_ = agent.end()
			agent = w.agent("--limit", "4")
		default:
			// A flow dies with its supervisor, and while it does it can be hit too: of that nobody is told.
			if run, ok := w.killOne(what, random); ok && hit[run] != "supervisor" {
				hit[run] = what
			}
		}
		start := time.Now()
		w.wait("no run is left without a process", func() bool { return len(w.dead()) == 0 })
		longest = max(longest, time.Since(start))
		if longest > bound(5*time.Second) {
			t.Fatalf("a run was without a process for %v", longest)
		}
		var sound string
		w.ok(w.sql.QueryRow("pragma quick_check").Scan(&sound))
		if sound != "ok" {
			t.Fatalf("after %d kills the database is damaged: %s", n, sound)
		}
	}
	runs := w.over(ids...)
	agent.signal(unix.SIGTERM)
	if code := agent.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	w.waitForOrphans()
	t.Logf("%d runs, %d hit; states %v; longest without a process %v", len(ids), len(hit), w.states(), longest)
	for _, run := range runs {
		w.judge(run, hit[run.ID])
	}
	w.check()
}

// waitForOrphans waits for runs whose own agent was killed. A flow reports its end a moment before
// the last of its output is recorded and its processes are gone, and nobody else waits for that.
func (w *world) waitForOrphans() {
	w.Helper()
	start := time.Now()
	w.wait("no process of a run is left", func() bool { return len(marked("PREFECT_HOME", w.home)) == 0 })
	if took := time.Since(start); took > bound(5*time.Second) {
		w.Errorf("processes of runs that were over stayed for %v", took)
	}
}

// killOne kills the supervisor or the flow of a random run that is going.
func (w *world) killOne(what string, random *rand.Rand) (run string, ok bool) {
	w.Helper()
	runs, err := w.db.ClaimedFlowRuns(context.Background())
	w.ok(err)
	runs = slices.DeleteFunc(runs, func(r store.FlowRun) bool {
		return r.ParentTaskRunID != nil || (what == "flow" && r.FlowProcess == nil)
	})
	if len(runs) == 0 {
		return "", false
	}
	r := runs[random.IntN(len(runs))]
	identity := *r.ClaimProcess
	if what == "flow" {
		identity = *r.FlowProcess
	}
	agents, err := w.db.Agents(context.Background())
	w.ok(err)
	if slices.ContainsFunc(agents, func(a store.Agent) bool { return a.Process == identity }) {
		return "", false // it is not handed over yet
	}
	return r.ID, kill(identity, unix.SIGKILL)
}

// judge looks whether a run ended as it had to.
func (w *world) judge(run store.FlowRun, hit string) {
	w.Helper()
	if run.State.Type == store.Completed {
		want := []string{"begin", "end 10"}
		if got := w.log(run.ID, store.FromStdout); !slices.Equal(got, want) {
			w.Errorf("run %s printed %q", run.Name, got)
		}
		if strings.HasPrefix(run.Name, "work") {
			steps := 0
			for _, line := range w.log(run.ID, store.FromLog) {
				if strings.HasPrefix(line, "step ") {
					steps++
				}
			}
			if steps != 5 {
				w.Errorf("run %s has logged %d steps: %q", run.Name, steps, w.log(run.ID, store.FromLog))
			}
		}
		return
	}
	if hit == "" || run.State.Type != store.Crashed {
		w.Errorf("run %s ended in %v, and what was killed of it is: %q", run.Name, run.State, hit)
	}
	if hit == "flow" && (run.State.Message == nil || !strings.Contains(*run.State.Message, "SIGKILL")) {
		w.Errorf("run %s doesn't say what killed it: %v", run.Name, run.State)
	}
}

// TestFaultsAFlowThatVanishes ends flows in ways that leave no word.
func TestFaultsAFlowThatVanishes(t *testing.T) {
	together(t)
	w := newWorld(t)
	says := map[string]string{"exit": "status code 7", "kill": "SIGKILL, often because memory ran out", "fault": "SIGSEGV"}
	ids := map[string]string{}
	for how := range says {
		d := w.python(how, "vanish")
		run, _, err := w.db.CreateFlowRun(context.Background(), d, store.NewRun{Name: how, Parameters: fmt.Appendf(nil, `{"how": %q}`, how), At: time.Now()})
		w.ok(err)
		ids[how] = run.ID
	}
	agent := w.start("agent", "start", "-q", "q", "--drain")
	if code := agent.code(); code != 1 {
		t.Errorf("an agent whose runs crashed ended with code %d", code)
	}
	for how, id := range ids {
		run := w.get(id)
		if run.State.Name != "Crashed" || run.State.Message == nil || !strings.Contains(*run.State.Message, says[how]) {
			t.Errorf("a flow that ended by %s is %v", how, run.State)
		}
		if got := w.log(id, store.FromStdout); !slices.Equal(got, []string{"printed at last"}) {
			t.Errorf("of a flow that ended by %s this is kept of stdout: %q", how, got)
		}
		var subflows, words int
		w.ok(w.sql.QueryRow("select count(*) from flow_run r join task_run t on t.id = r.parent_task_run_id where t.flow_run_id = ? and r.state_name = 'Crashed'", id).Scan(&subflows))
		w.ok(w.sql.QueryRow("select count(*) from log l join flow_run r on r.id = l.flow_run_id join task_run t on t.id = r.parent_task_run_id where t.flow_run_id = ? and l.message = 'last words'", id).Scan(&words))
		if subflows != 1 || words != 1 {
			t.Errorf("a flow that ended by %s has %d crashed subflows and %d last words", how, subflows, words)
		}
	}
	w.check()
}
