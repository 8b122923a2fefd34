//go:build linux

package agent_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/store"
)

// A way to tell an agent to end.
type signalling struct {
	name   string
	pty    bool     // the agent has a terminal
	closes bool     // and what is sent closes it, so that nothing more can be read there
	start  []string // what stands before its command line
	send   func(p *proc, terminal *os.File)
	// code is the exit code of an agent that was told twice; 0 if that only drains too.
	code int
}

var signallings = []signalling{
	{name: "SIGINT by number", send: bySignal(unix.SIGINT), code: 130},
	{name: "Ctrl+C", pty: true, send: func(_ *proc, terminal *os.File) { terminal.Write([]byte{3}) }, code: 130},
	{name: "SIGTERM", send: bySignal(unix.SIGTERM), code: 143},
	{name: "SIGHUP", send: bySignal(unix.SIGHUP)},
	{name: "the terminal is closed", pty: true, closes: true, send: func(p *proc, terminal *os.File) { terminal.Close() }},
	{name: "SIGINT where the shell has it ignored", start: []string{"sh", "-c", `trap "" INT; exec "$0" "$@"`}, send: bySignal(unix.SIGINT), code: 130},
}

func bySignal(sig os.Signal) func(*proc, *os.File) {
	return func(p *proc, _ *os.File) { p.signal(sig) }
}

// A load is what an agent has to do when it is told to end.
type load struct {
	name   string
	runs   int
	script string
}

const untilGo = `echo up; while ! test -e go; do sleep 0.05; done`

var loads = []load{
	{"idle", 0, untilGo},
	{"one run", 1, untilGo},
	{"five runs", 5, untilGo},
	{"a run that ignores SIGTERM", 1, `trap "" TERM; ` + untilGo},
}

func TestFaultsSignals(t *testing.T) {
	together(t)
	for _, s := range signallings {
		if signal.Ignored(unix.SIGHUP) && (s.closes || s.name == "SIGHUP") {
			t.Log("left out, because the tests were started with nohup: " + s.name)
			continue
		}
		for i, l := range loads {
			if i >= 2 && !long() && s.name != "SIGTERM" {
				continue
			}
			t.Run(s.name+", "+l.name+", once", func(t *testing.T) {
				together(t)
				testDrain(t, s, l)
			})
			if s.code != 0 && l.runs > 0 && (i < 3 || long()) {
				t.Run(s.name+", "+l.name+", twice", func(t *testing.T) {
					together(t)
					testForced(t, s, l)
				})
			}
		}
	}
}

// testDrain: told once, an agent starts nothing more and ends with 0 when its runs have ended.
func testDrain(t *testing.T, s signalling, l load) {
	w := newWorld(t)
	agent, terminal, ids := w.loaded(s, l)
	s.send(agent, terminal)
	if l.runs > 0 {
		w.wait("the agent says that it waits", func() bool { return s.closes || strings.Contains(agent.text(), "Waiting for "+count(l.runs)) })
	}
	if s.code == 0 && !s.pty {
		s.send(agent, terminal)
	}
	late := w.run(w.shell("late", "true"), 1)[0]
	for _, id := range ids {
		if run := w.get(id); run.State.Name != "Running" {
			t.Errorf("a run was not left alone: %v", run.State)
		}
	}
	w.write("go", "")
	if code := agent.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	for _, run := range w.over(ids...) {
		if run.State.Name != "Completed" {
			t.Errorf("a run ended in %v", run.State)
		}
	}
	if run := w.get(late); run.State.Name != "Scheduled" {
		if s.closes || l.runs == 0 { // it cannot be told when the agent has heard it
			w.over(late)
		} else {
			t.Errorf("a run was started although the agent was told to end: %v", run.State)
		}
	}
	w.check()
}

// testForced: told twice, an agent ends its runs, and says by its exit code which signal it was.
func testForced(t *testing.T, s signalling, l load) {
	w := newWorld(t)
	agent, terminal, ids := w.loaded(s, l)
	s.send(agent, terminal)
	w.wait("the agent says that it waits", func() bool { return strings.Contains(agent.text(), "Waiting for "+count(l.runs)) })
	start := time.Now()
	s.send(agent, terminal)
	if code := agent.code(); code != s.code {
		t.Errorf("the agent ended with code %d, not %d", code, s.code)
	}
	if took := time.Since(start); took > bound(31*time.Second) {
		t.Errorf("the agent took %v to end its runs", took)
	}
	for _, id := range ids {
		if run := w.get(id); run.State.Name != "Cancelled" {
			t.Errorf("a run ended in %v", run.State)
		}
		if left := marked("PREFECT__FLOW_RUN_ID", id); len(left) > 0 {
			t.Errorf("a run has left the processes %v", left)
		}
	}
	w.check()
}

func count(runs int) string {
	if runs == 1 {
		return "1 flow run"
	}
	return fmt.Sprintf("%d flow runs", runs)
}

// TestFaultsAThirdSignal leaves runs that ignore the second no time.
func TestFaultsAThirdSignal(t *testing.T) {
	together(t)
	w := newWorld(t)
	agent, _, ids := w.loaded(signallings[0], load{"deaf", 2, `trap "" TERM; ` + untilGo})
	for _, says := range []string{"Waiting for 2 flow runs", "Stopping 2 flow runs"} {
		agent.signal(unix.SIGINT)
		w.wait("the agent has heard it", func() bool { return strings.Contains(agent.text(), says) })
	}
	w.wait("the runs are being cancelled", func() bool { return w.states()["Cancelling"] == 2 })
	agent.signal(unix.SIGINT)
	if code := agent.code(); code != 130 {
		t.Errorf("the agent ended with code %d", code)
	}
	for _, id := range ids {
		if run := w.get(id); run.State.Name != "Cancelled" {
			t.Errorf("a run ended in %v", run.State)
		}
		if left := marked("PREFECT__FLOW_RUN_ID", id); len(left) > 0 {
			t.Errorf("a run has left the processes %v", left)
		}
	}
	w.check()
}

// loaded starts an agent with its load, and waits until all runs are going.
func (w *world) loaded(s signalling, l load) (agent *proc, terminal *os.File, ids []string) {
	w.Helper()
	d := w.shell("load", l.script)
	args := append(append([]string{}, s.start...), program, "agent", "start", "-q", "q", "--hide-welcome")
	cmd := exec.Command(args[0], args[1:]...)
	if s.pty {
		terminal = w.terminal(cmd)
	}
	agent = w.startCommand(cmd)
	if s.pty { // what the terminal shows is read as if it were a file
		f, err := os.OpenFile(agent.printed, os.O_WRONLY|os.O_APPEND, 0)
		w.ok(err)
		w.Cleanup(func() { f.Close() })
		go io.Copy(f, terminal)
	}
	w.wait("the agent is there", func() bool { return w.isAgent(agent) })
	ids = w.run(d, l.runs)
	for _, id := range ids {
		w.wait("the run is going", func() bool { return len(w.log(id, store.FromStdout)) > 0 })
	}
	return agent, terminal, ids
}

// terminal gives cmd a terminal of its own and returns the other end.
func (w *world) terminal(cmd *exec.Cmd) *os.File {
	w.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	w.ok(err)
	w.Cleanup(func() { master.Close() })
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	w.ok(err)
	w.ok(unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0))
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	w.ok(err)
	w.Cleanup(func() { slave.Close() })
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	return master
}
