//go:build linux

package agent_test

import (
	"context"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/engine/process"
	"prefect/store"
)

// tree deploys testdata/faults/tree.py.
func (w *world) tree(args ...string) store.Deployment {
	w.Helper()
	w.copy("tree.py")
	return w.deploy("tree", "", append([]string{pythonPath(w.T), "tree.py"}, args...))
}

// members waits until the tree is complete and returns the identities of its processes by name.
func (w *world) members(n int) map[string]string {
	w.Helper()
	members := map[string]string{}
	w.wait("the tree is there", func() bool { return w.exists("tree") && strings.Count(w.read("tree"), "\n") == n })
	for _, line := range strings.Split(strings.TrimSpace(w.read("tree")), "\n") {
		name, number, _ := strings.Cut(line, " ")
		pid, err := strconv.Atoi(number)
		w.ok(err)
		id, err := process.Of(pid)
		w.ok(err)
		members[name] = id.String()
	}
	return members
}

// TestFaultsCancellingEndsTheWholeTree cancels runs whose processes hide from their parent.
func TestFaultsCancellingEndsTheWholeTree(t *testing.T) {
	together(t)
	cancel := map[string]func(w *world, supervisor *proc, id string){
		"by a signal":  func(_ *world, supervisor *proc, _ string) { supervisor.signal(unix.SIGTERM) },
		"from outside": func(w *world, _ *proc, id string) { w.start("flow-run", "cancel", id) },
	}
	trees := map[string]struct {
		args  []string
		parts int
		grace time.Duration
	}{
		"that can be asked": {nil, 4, 0},
		"with a deaf one":   {[]string{"ignore"}, 5, 30 * time.Second},
	}
	for how, cancel := range cancel {
		for what, tree := range trees {
			if tree.grace > 0 && how == "by a signal" && !long() {
				continue // it takes its time, and one is enough
			}
			t.Run(how+", a tree "+what, func(t *testing.T) {
				together(t)
				w := newWorld(t)
				id := w.run(w.tree(tree.args...), 1)[0]
				supervisor := w.start("flow-run", "execute", id)
				members := w.members(tree.parts)
				foreign := w.startCommand(exec.Command("sleep", "600"))
				start := time.Now()
				cancel(w, supervisor, id)
				run := w.over(id)[0]
				if run.State.Name != "Cancelled" {
					t.Errorf("the run ended in %v", run.State)
				}
				if took := time.Since(start); took > bound(tree.grace+time.Second) {
					t.Errorf("it took %v", took)
				}
				for name, member := range members {
					if process.Alive(member) {
						t.Errorf("%s has survived", name)
					}
				}
				if !process.Alive(foreign.id) {
					t.Error("a process of nobody's was ended too")
				}
				foreign.signal(unix.SIGKILL)
				_ = supervisor.end()
				w.check()
			})
		}
	}
}

// TestFaultsTheTreeOfADeadSupervisor: what a run has started ends with its supervisor, though
// it was killed and can't see to it.
func TestFaultsTheTreeOfADeadSupervisor(t *testing.T) {
	together(t)
	w := newWorld(t)
	id := w.run(w.tree("ignore"), 1)[0]
	agent := w.agent()
	members := w.members(5)
	if !kill(*w.get(id).ClaimProcess, unix.SIGKILL) {
		t.Fatal("the supervisor could not be killed")
	}
	if run := w.over(id)[0]; run.State.Name != "Crashed" {
		t.Errorf("the run ended in %v", run.State)
	}
	for name, member := range members {
		if process.Alive(member) {
			t.Errorf("%s has survived", name)
		}
	}
	agent.signal(unix.SIGTERM)
	_ = agent.end()
	w.check()
}

// TestFaultsALeftProcessHoldsTheOutput: the end of a run is the end of its own process, though one
// that it leaves behind holds its streams and its channel open.
func TestFaultsALeftProcessHoldsTheOutput(t *testing.T) {
	together(t)
	w := newWorld(t)
	id := w.run(w.shell("held", `sleep 600 & echo $! > left; echo last`), 1)[0]
	supervisor := w.start("flow-run", "execute", id)
	w.wait("the run's own process is over", func() bool { return w.exists("left") && strings.TrimSpace(w.read("left")) != "" })
	start := time.Now()
	if code := supervisor.code(); code != 0 {
		t.Errorf("the supervisor ended with code %d", code)
	}
	if took := time.Since(start); took > bound(2*time.Second) {
		t.Errorf("the run's end took %v", took)
	}
	run := w.get(id)
	if run.State.Name != "Completed" {
		t.Errorf("the run ended in %v", run.State)
	}
	if got := w.log(id, store.FromStdout); !slices.Equal(got, []string{"last"}) {
		t.Errorf("this is kept of stdout: %q", got)
	}
	if got := strings.Join(w.log(id, store.FromLog), "\n"); !strings.Contains(got, "left a process behind that holds its stdout open") {
		t.Errorf("the log doesn't say that output is not recorded any more: %q", got)
	}
	left, err := strconv.Atoi(strings.TrimSpace(w.read("left")))
	w.ok(err)
	identity, err := process.Of(left)
	if err != nil {
		t.Fatalf("the process that was left behind on purpose was ended: %v", err)
	}
	kill(identity.String(), unix.SIGKILL)
	w.check()
}

// TestFaultsOrphansAreCollected: a run that forks twice all the time doesn't fill the table of
// processes with dead ones.
func TestFaultsOrphansAreCollected(t *testing.T) {
	together(t)
	w := newWorld(t)
	id := w.run(w.shell("forks", `i=0; while [ $i -lt 50 ]; do ( (true) & ) ; i=$((i+1)); done; echo up; while ! test -e go; do sleep 0.05; done`), 1)[0]
	supervisor := w.start("flow-run", "execute", id)
	w.wait("the run has forked", func() bool { return len(w.log(id, store.FromStdout)) > 0 })
	w.wait("the dead ones are collected", func() bool { return w.zombies(supervisor.cmd.Process.Pid) == 0 })
	w.write("go", "")
	if code := supervisor.code(); code != 0 {
		t.Errorf("the supervisor ended with code %d", code)
	}
	w.check()
}

// zombies counts the children of a process that have ended and were not waited for.
func (w *world) zombies(parent int) (n int) {
	out, err := exec.CommandContext(context.Background(), "ps", "-o", "stat=", "--ppid", strconv.Itoa(parent)).Output()
	if err != nil && len(out) > 0 {
		w.Fatal(err)
	}
	return strings.Count(string(out), "Z")
}
