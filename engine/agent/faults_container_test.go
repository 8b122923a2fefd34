//go:build linux

package agent_test

import (
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// contained starts the command line in PID and mount name spaces of its own, as a container with
// the same folder would have it. The number of a process there says nothing outside, nor the other
// way round.
func (w *world) contained(args ...string) *proc {
	w.Helper()
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		w.Skip(err)
	}
	spaces := []string{"--pid", "--mount-proc", "--fork", "--kill-child"}
	if out, err := exec.Command(unshare, append(spaces, "true")...).CombinedOutput(); err != nil {
		w.Skipf("no name spaces can be made here: %s", out)
	}
	return w.startCommand(exec.Command(unshare, append(append(spaces, program), args...)...))
}

// TestFaultsContainersThatShareTheDatabase: agents on both sides of a container's wall leave each
// other's live runs alone, and end those of the other that is gone.
func TestFaultsContainersThatShareTheDatabase(t *testing.T) {
	together(t)
	w := newWorld(t)
	d := w.shell("patient", "echo $PREFECT__FLOW_RUN_ID >> ran; until [ -e go-$PREFECT__FLOW_RUN_NAME ]; do sleep 0.05; done")
	runs := w.run(d, 3)
	going := func(n int) func() bool {
		return func() bool { return len(strings.Fields(w.read("ran"))) == n }
	}
	w.write("ran", "")

	inside := w.contained("agent", "start", "-q", "q", "--limit", "2")
	w.wait("two runs go inside", going(2))
	outside := w.start("flow-run", "execute", runs[2])
	w.wait("one goes outside", going(3))
	for _, p := range []*proc{w.start("agent", "start", "-q", "q", "--run-once"), w.contained("agent", "start", "-q", "q", "--run-once")} {
		if code := p.code(); code != 0 {
			t.Errorf("an agent that found nothing to do ended with code %d", code)
		}
	}
	for _, id := range runs {
		if run := w.get(id); run.State.Name != "Running" {
			t.Errorf("run %s lives and is said to be %v", run.Name, run.State)
		}
	}
	if c := w.command("flow-run", "why", runs[0]); !strings.Contains(c.text, "of another container") {
		t.Errorf("why: %s", c.text)
	}

	w.write("go-patient-0", "")
	w.wait("the first is over", func() bool { return w.get(runs[0]).State.Name == "Completed" })
	inside.signal(unix.SIGKILL)
	_ = inside.end()
	w.wait("a run of the container that is gone is over", func() bool {
		w.command("agent", "start", "-q", "q", "--run-once")
		return w.get(runs[1]).State.Name == "Crashed"
	})
	outside.signal(unix.SIGKILL)
	_ = outside.end()
	w.wait("a run whose supervisor was killed outside is over", func() bool {
		_ = w.contained("agent", "start", "-q", "q", "--run-once").end()
		return w.get(runs[2]).State.Name == "Crashed"
	})
	if ran := strings.Fields(w.read("ran")); len(ran) != 3 {
		t.Errorf("%d executions of 3 runs", len(ran))
	}
	w.check()
}
