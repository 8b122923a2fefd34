//go:build linux

package agent_test

import (
	"context"
	"fmt"
	"os/exec"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/engine/process"
	"prefect/store"
)

// TestFaultsQueueLimit: however many agents there are and whatever is killed, no more runs of a
// queue are going than its limit allows, and the slot of one that was killed is free again.
func TestFaultsQueueLimit(t *testing.T) {
	for _, limit := range []int{1, 3, 10} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			together(t)
			testQueueLimit(t, limit)
		})
	}
}

func testQueueLimit(t *testing.T, limit int) {
	w := newWorld(t)
	random := newRand(t)
	short := w.shell("short", "sleep 0.3")
	w.ok(w.db.SetWorkQueueLimit(context.Background(), "q", &limit))
	agents := make([]*proc, 4)
	for i := range agents {
		agents[i] = w.agent()
	}
	stop := w.watchLimit(limit)
	ids := w.run(short, limit+scale(8+limit, 300)) // more than may go, and only now, so that none is missed
	var longest time.Duration
	for w.unfinished() > 0 {
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		switch random.IntN(4) {
		case 0:
			i := random.IntN(len(agents))
			agents[i].signal(unix.SIGKILL)
			_ = agents[i].end()
			agents[i] = w.agent()
		case 1:
			w.killOne("supervisor", random)
		}
		start := time.Now()
		w.wait("dead runs give their slots back", func() bool { return len(w.dead()) == 0 })
		longest = max(longest, time.Since(start))
	}
	if longest > bound(5*time.Second) {
		t.Errorf("a slot was taken by a dead run for %v", longest)
	}
	if most := stop(); most > limit {
		t.Errorf("%d runs were going at once, and the limit is %d", most, limit)
	} else if most == 0 {
		t.Error("no run was seen to be going")
	}
	w.over(ids...)
	for _, a := range agents {
		a.signal(unix.SIGTERM)
		_ = a.end()
	}
	w.check()
}

// watchLimit counts the flows that are going, by their own processes and by their claims, until
// the function that it returns is called; that one tells the most there were.
func (w *world) watchLimit(limit int) (stop func() int) {
	done := make(chan struct{})
	most := 0
	var watching sync.WaitGroup
	watching.Go(func() {
		flows := map[string]bool{} // all that were seen
		for {
			runs, err := w.db.ClaimedFlowRuns(context.Background())
			if err != nil {
				w.Error(err)
				return
			}
			for _, r := range runs {
				if r.FlowProcess != nil {
					flows[*r.FlowProcess] = true
				}
			}
			alive := 0
			for id := range flows {
				if process.Alive(id) {
					alive++
				} else {
					delete(flows, id)
				}
			}
			most = max(most, alive, len(runs))
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	})
	return func() int {
		close(done)
		watching.Wait()
		return most
	}
}

// TestFaultsAgentLimit: a new agent with a limit counts the runs that a killed one has left.
func TestFaultsAgentLimit(t *testing.T) {
	together(t)
	w := newWorld(t)
	d := w.shell("until", untilGo)
	w.run(d, 5)
	first := w.agent("--limit", "2")
	w.wait("two runs are going", func() bool { return w.states()["Running"] == 2 })
	first.signal(unix.SIGKILL)
	_ = first.end()
	second := w.agent("--limit", "3")
	w.wait("the new agent has started one more", func() bool { return w.states()["Running"] == 3 })
	time.Sleep(200 * time.Millisecond) // it would take another at once, if it did
	if states := w.states(); states["Running"] != 3 || states["Scheduled"] != 2 {
		t.Errorf("beside two runs of a killed agent, one with a limit of 3 has made it %v", states)
	}
	w.write("go", "")
	w.wait("all are over", func() bool { return w.unfinished() == 0 })
	second.signal(unix.SIGTERM)
	if code := second.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	if states := w.states(); states["Completed"] != 5 {
		t.Errorf("the runs ended %v", states)
	}
	w.check()
}

// TestFaultsPausedQueue: pausing and resuming are seen at once by an agent that waits.
func TestFaultsPausedQueue(t *testing.T) {
	together(t)
	w := newWorld(t)
	d := w.shell("short", "true")
	ctx := context.Background()
	agent := w.agent()
	w.ok(w.db.SetWorkQueuePaused(ctx, "q", true))
	ids := w.run(d, 3)
	time.Sleep(200 * time.Millisecond) // what isn't held back is started within that time
	if states := w.states(); states["Scheduled"] != 3 {
		t.Errorf("a paused queue gave runs away: %v", states)
	}
	w.ok(w.db.SetWorkQueuePaused(ctx, "q", false))
	w.over(ids...)
	agent.signal(unix.SIGTERM)
	_ = agent.end()
	w.check()
}

// TestFaultsAStoppedAgent: runs that an agent has claimed and not handed over go to another one
// when it is stopped, and it does them no harm when it goes on.
func TestFaultsAStoppedAgent(t *testing.T) {
	together(t)
	w := newWorld(t)
	ids := w.run(w.shell("append", "echo $PREFECT__FLOW_RUN_ID >> ran"), 1)
	stopped := w.startCommand(exec.Command("sleep", "600")) // an agent in the middle of its work
	ctx := context.Background()
	w.ok(w.db.AddAgent(ctx, store.Agent{ID: "stopped", Process: stopped.id, Queues: []string{"q"}, Started: time.Now()}))
	claimed, err := w.db.ClaimFlowRuns(ctx, store.ClaimRequest{Queues: []string{"q"}, Due: time.Now(), Agent: "stopped", Process: stopped.id})
	if err != nil || len(claimed) != 1 {
		t.Fatalf("%d runs were claimed, %v", len(claimed), err)
	}
	stopped.signal(unix.SIGSTOP)
	agent := w.agent()
	run := w.over(ids...)[0]
	if run.State.Name != "Completed" {
		t.Errorf("the run ended in %v", run.State)
	}
	// What the stopped one would do once it went on: start a supervisor with its old claim.
	cmd := exec.Command(program, "flow-run", "execute", run.ID)
	cmd.Env = []string{"PREFECT__CLAIM=" + *claimed[0].Claim}
	late := w.startCommand(cmd)
	if code := late.code(); code == 0 {
		t.Error("a run that was over could be executed again")
	}
	if got := w.read("ran"); got != ids[0]+"\n" {
		t.Errorf("these were executed: %q", got)
	}
	agent.signal(unix.SIGTERM)
	_ = agent.end()
	stopped.signal(unix.SIGKILL)
	_ = stopped.end()
	w.ok(w.db.RemoveAgent(ctx, "stopped"))
	w.check()
}
