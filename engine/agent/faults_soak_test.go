//go:build linux

package agent_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/engine/agent"
	"prefect/store"
)

// usage is what an agent has of the machine.
type usage struct {
	resident   int // bytes
	files      int
	threads    int
	goroutines int // of one that lives in this process
}

func (w *world) usage(p *proc) usage {
	w.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	w.ok(err)
	field := func(name string) int {
		_, after, _ := strings.Cut(string(status), "\n"+name+":")
		n, err := strconv.Atoi(strings.Fields(after)[0])
		w.ok(err)
		return n
	}
	files, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", p.cmd.Process.Pid))
	w.ok(err)
	return usage{field("VmRSS") << 10, len(files), field("Threads"), runtime.NumGoroutine()}
}

// processor is the time that a process has had of the processor.
func (w *world) processor(p *proc) time.Duration {
	w.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	w.ok(err)
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	ticks := 0
	for _, field := range fields[11:13] { // utime and stime
		n, err := strconv.Atoi(field)
		w.ok(err)
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// TestFaultsSoak lets an agent work for long. It must not need more at the end than it did early
// on, and hardly anything while there is nothing to do.
func TestFaultsSoak(t *testing.T) {
	w := newWorld(t)
	runs, pause := scale(60, 5000), time.Duration(scale(0, 650))*time.Millisecond
	d := w.shell("short", "echo one; echo two >&2")
	p := w.agent("--limit", "4")
	inside := w.agentInside()
	var early usage
	var last []string
	for n := range runs {
		last = w.run(d, 1)
		if n == runs/5 {
			w.over(last...)
			early = w.usage(p)
		}
		time.Sleep(pause)
		if n%20 == 0 {
			w.over(last...)
		}
	}
	w.wait("all runs are over", func() bool { return w.unfinished() == 0 })
	var late usage
	w.wait("the agents have let go of files and goroutines", func() bool {
		late = w.usage(p)
		return late.files <= early.files && late.goroutines <= early.goroutines+4
	})
	t.Logf("after %d runs the agent had %+v, after %d runs %+v", runs/5, early, runs, late)
	if late.resident > early.resident+scale(20, 5)<<20 && !raced {
		t.Errorf("its memory grew by %d KiB", (late.resident-early.resident)>>10)
	}
	if long() && late.threads > early.threads+4 {
		t.Errorf("threads are left over")
	}

	idle := time.Duration(scale(2, 60)) * time.Second
	before := w.processor(p)
	time.Sleep(idle)
	used := w.processor(p) - before
	t.Logf("idle for %v it took %v of the processor", idle, used)
	if long() && used > idle*3/1000 {
		t.Errorf("an idle agent took %v of the processor in %v", used, idle)
	}
	inside()
	p.signal(unix.SIGTERM)
	if code := p.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	if states := w.states(); states["Completed"] != runs {
		t.Errorf("the runs ended %v", states)
	}
	w.check()
}

// agentInside is an agent in this process, so that its goroutines can be counted.
func (w *world) agentInside() (stop func()) {
	w.Helper()
	db, err := store.Open(context.Background(), w.path())
	w.ok(err)
	a, err := agent.New(context.Background(), agent.Options{DB: db, Queues: []string{"q"}, Limit: 4, Log: func(int, string, string) {},
		Execute: func(run store.FlowRun) *exec.Cmd {
			cmd := exec.Command(program, "flow-run", "execute", run.ID)
			cmd.Env = append(w.environ(), "PREFECT__CLAIM="+*run.Claim)
			return cmd
		}})
	w.ok(err)
	drain, end := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		_, err := a.Run(drain, context.Background())
		done <- err
	}()
	return func() {
		end()
		if err := <-done; err != nil {
			w.Error(err)
		}
		w.ok(db.Close())
	}
}
