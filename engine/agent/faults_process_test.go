//go:build linux

package agent_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"prefect/engine/process"
	"prefect/store"
)

// A proc is a process that a test has started.
type proc struct {
	w       *world
	cmd     *exec.Cmd
	id      string // its identity
	printed string // the file with what it and those it started have printed
	once    sync.Once
	err     error
}

// start starts the command line with its output into a file, as processes may hold it for longer
// than the command lives.
func (w *world) start(args ...string) *proc {
	w.Helper()
	cmd := exec.Command(program, args...)
	return w.startCommand(cmd)
}

func (w *world) startCommand(cmd *exec.Cmd) *proc {
	w.Helper()
	p := &proc{w: w, cmd: cmd}
	cmd.Env = append(w.environ(), cmd.Env...)
	cmd.Dir = w.dir
	f, err := os.CreateTemp(w.dir, "output-*.log")
	w.ok(err)
	defer f.Close()
	p.printed = f.Name()
	if cmd.Stdout == nil {
		cmd.Stdout, cmd.Stderr = f, f
	}
	w.ok(cmd.Start())
	id, err := process.Of(cmd.Process.Pid)
	if err == nil {
		p.id = id.String()
	}
	w.Cleanup(func() {
		_ = cmd.Process.Kill()
		p.end()
		text, _ := os.ReadFile(p.printed)
		for _, bad := range []string{"DATA RACE", "panic:", "goroutine 1 [", "fatal error:"} {
			if strings.Contains(string(text), bad) {
				w.Errorf("%v printed %q:\n%s", cmd.Args, bad, text)
				break
			}
		}
		if w.Failed() {
			w.Logf("%v printed:\n%s", cmd.Args, tailOf(text))
		}
	})
	return p
}

func tailOf(text []byte) []byte {
	if len(text) > 8000 {
		return append([]byte("...\n"), text[len(text)-8000:]...)
	}
	return text
}

// text is what the process, and those it started, have printed.
func (p *proc) text() string {
	text, err := os.ReadFile(p.printed)
	p.w.ok(err)
	return string(text)
}

// end waits for the process's end.
func (p *proc) end() error {
	p.once.Do(func() { p.err = p.cmd.Wait() })
	return p.err
}

// code waits for the process's end and returns its exit code.
func (p *proc) code() int {
	p.w.Helper()
	done := make(chan struct{})
	go func() { _ = p.end(); close(done) }()
	select {
	case <-done:
	case <-time.After(3 * time.Minute):
		p.w.Fatalf("%v doesn't end", p.cmd.Args)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *proc) signal(sig os.Signal) {
	p.w.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.w.Fatal(err)
	}
}

// agent starts an agent of queue q, and waits until it looks for work.
func (w *world) agent(args ...string) *proc {
	w.Helper()
	p := w.start(append([]string{"agent", "start", "-q", "q", "--hide-welcome"}, args...)...)
	w.wait("the agent is there", func() bool { return w.isAgent(p) })
	return p
}

// isAgent reports whether a process is known as an agent.
func (w *world) isAgent(p *proc) bool {
	w.Helper()
	agents, err := w.db.Agents(context.Background())
	w.ok(err)
	return slices.ContainsFunc(agents, func(a store.Agent) bool { return a.Process == p.id })
}

// kill sends a signal to the very process that an identity names, if it is still there.
func kill(identity string, sig unix.Signal) bool {
	id, err := process.Parse(identity)
	if err != nil {
		return false
	}
	fd, err := unix.PidfdOpen(id.PID, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return process.Alive(identity) && unix.PidfdSendSignal(fd, sig, nil, 0) == nil
}
