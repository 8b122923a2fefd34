//go:build linux

package agent_test

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/engine/process"
)

// victim starts a process that has nothing to do with any run and notes each signal it gets.
func (w *world) victim(name string) *proc {
	w.Helper()
	script := fmt.Sprintf(`for s in TERM INT HUP CONT USR1 QUIT; do trap "echo $s >> %[1]s.signals" $s; done; echo > %[1]s.up; while :; do sleep 0.1; done`, name)
	p := w.startCommand(exec.Command("sh", "-c", script))
	w.wait("the victim is there", func() bool { return w.exists(name + ".up") })
	return p
}

// unharmed looks whether a victim lives and has got no signal.
func (w *world) unharmed(name string, p *proc) {
	w.Helper()
	if !process.Alive(p.id) {
		w.Errorf("%s was killed", name)
	}
	if w.exists(name + ".signals") {
		w.Errorf("%s got signals: %s", name, w.read(name+".signals"))
	}
}

// TestFaultsForeignProcesses: rows that name a process which got the number of another, or one of
// another boot, are recovered, and that process hears nothing.
func TestFaultsForeignProcesses(t *testing.T) {
	together(t)
	w := newWorld(t)
	victim := w.victim("victim")
	id, err := process.Parse(victim.id)
	w.ok(err)
	other, boot := id, id
	other.Start, boot.Boot = "1", "00000000-0000-0000-0000-000000000000"
	states := []string{"Pending", "Running", "Cancelling"}
	ids := w.run(w.shell("short", "true"), scale(60, 10_000))
	tx, err := w.sql.Begin()
	w.ok(err)
	for i, run := range ids {
		identity := []string{other.String(), boot.String(), fmt.Sprintf("%d//", id.PID)}[i%3]
		name := states[i/3%3]
		_, err := tx.Exec("update flow_run set claim = ?1, claim_process = ?2, flow_process = ?2, state_type = upper(?3), state_name = ?3 where id = ?4", fmt.Sprint("token-", i), identity, name, run)
		w.ok(err)
		_, err = tx.Exec("update flow_run_state set type = upper(?1), name = ?1 where flow_run_id = ?2", name, run)
		w.ok(err)
	}
	w.ok(tx.Commit())
	if c := w.command("flow-run", "cancel", ids[3], ids[6]); c.err != nil {
		t.Errorf("cancelling: %v %s", c.err, c.text)
	}
	agent := w.agent()
	w.wait("all are recovered", func() bool { return w.unfinished() == 0 })
	agent.signal(unix.SIGTERM)
	_ = agent.end()
	if states := w.states(); states["Crashed"]+states["Cancelled"] != len(ids) {
		t.Errorf("the runs ended %v", states)
	}
	w.unharmed("victim", victim)
	victim.signal(unix.SIGKILL)
	w.check()
}

// TestFaultsForcedReuse gives the very numbers of a killed supervisor and its flow to other
// processes, in a name space of its own where the kernel can be told which number is next.
func TestFaultsForcedReuse(t *testing.T) {
	if os.Getenv("FAULTS_INSIDE") == "" {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestFaultsForcedReuse$", "-test.v")
		cmd.Env = append(os.Environ(), "FAULTS_INSIDE=1", "TMPDIR="+t.TempDir())
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
		out, err := cmd.CombinedOutput()
		if cmd.Process == nil {
			t.Skipf("no name space can be made here: %v", err)
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		if strings.Contains(string(out), "--- SKIP") {
			t.Skipf("%s", out)
		}
		return
	}
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		t.Skip(err)
	}
	if err := unix.Mount("proc", "/proc", "proc", 0, ""); err != nil {
		t.Skip(err)
	}
	for round := range scale(3, 50) {
		w := newWorld(t)
		id := w.run(w.shell("long", "exec sleep 600"), 1)[0]
		supervisor := w.start("flow-run", "execute", id)
		w.wait("the flow is known", func() bool { r := w.get(id); return r.FlowProcess != nil && strings.Contains(*r.FlowProcess, "/") })
		run := w.get(id)
		flow, err := process.Parse(*run.FlowProcess)
		w.ok(err)
		nextPID(t, flow.PID+1000) // nobody else shall get them
		supervisor.signal(unix.SIGKILL)
		_ = supervisor.end()
		_, _ = unix.Wait4(flow.PID, nil, 0, nil) // the first process of a name space inherits the others
		first := w.reuse(t, supervisor.cmd.Process.Pid, "first")
		second := w.reuse(t, flow.PID, "second")
		if round%2 == 0 {
			if c := w.command("flow-run", "cancel", id); c.err != nil {
				t.Errorf("cancelling: %v %s", c.err, c.text)
			}
		} else if code := w.start("agent", "start", "-q", "q", "--run-once").code(); code != 0 {
			t.Errorf("the agent ended with code %d", code)
		}
		if run := w.get(id); !run.State.Type.Final() {
			t.Errorf("the run is still %v", run.State)
		}
		w.unharmed("first", first)
		w.unharmed("second", second)
		for _, p := range []*proc{first, second} {
			p.signal(unix.SIGKILL)
			_ = p.end()
		}
		w.check()
	}
}

// reuse starts a victim that has a certain number.
func (w *world) reuse(t *testing.T, pid int, name string) *proc {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); {
		nextPID(t, pid)
		p := w.victim(name)
		nextPID(t, pid+1000)
		if p.cmd.Process.Pid == pid {
			return p
		}
		p.signal(unix.SIGKILL) // a thread of this process got the number
		_ = p.end()
		w.ok(os.Remove(w.file(name + ".up")))
	}
	t.Fatalf("number %d can't be had again", pid)
	return nil
}

func nextPID(t *testing.T, pid int) {
	t.Helper()
	if err := os.WriteFile("/proc/sys/kernel/ns_last_pid", []byte(strconv.Itoa(pid-1)), 0); err != nil {
		t.Skip(err)
	}
}
