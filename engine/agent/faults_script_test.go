//go:build linux

package agent_test

import (
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"prefect/store"
)

// script starts testdata/faults/script.py by hand, and waits until its flow runs.
func (w *world) script() (p *proc, id string) {
	w.Helper()
	w.copy("script.py")
	sdk := w.command("sdk", "path")
	w.ok(sdk.err)
	cmd := exec.Command(pythonPath(w.T), "script.py")
	cmd.Env = []string{"PYTHONPATH=" + strings.TrimSpace(sdk.text), "PREFECT_BINARY=" + program}
	p = w.startCommand(cmd)
	w.wait("the script's flow runs", func() bool {
		err := w.sql.QueryRow("select r.id from flow_run r join task_run t on t.flow_run_id = r.id where t.state_name = 'Running' and r.flow_process is not null").Scan(&id)
		return err == nil
	})
	return p, id
}

// TestFaultsAScriptThatIsKilled has crashed, and its task with it.
func TestFaultsAScriptThatIsKilled(t *testing.T) {
	together(t)
	w := newWorld(t)
	p, id := w.script()
	p.signal(unix.SIGKILL)
	_ = p.end()
	if run := w.over(id)[0]; run.State.Name != "Crashed" || !strings.Contains(*run.State.Message, "The script's process ended") {
		t.Errorf("the run ended in %v", run.State)
	}
	w.check()
}

// TestFaultsAScriptWhoseRecorderIsKilled goes on, and its run is not touched while it does.
func TestFaultsAScriptWhoseRecorderIsKilled(t *testing.T) {
	together(t)
	w := newWorld(t)
	p, id := w.script()
	agent := w.agent()
	if !kill(*w.get(id).ClaimProcess, unix.SIGKILL) {
		t.Fatal("the recorder could not be killed")
	}
	other := w.run(w.shell("other", "true"), 1)[0] // when that is over, the agent has looked
	w.over(other)
	if run := w.get(id); run.State.Name != "Running" {
		t.Errorf("the run of a script that lives is %v", run.State)
	}
	w.write("go", "")
	if code := p.code(); code != 0 {
		t.Errorf("the script ended with code %d", code)
	}
	if got := w.read("done"); got != "done" {
		t.Errorf("the script has written %q", got)
	}
	if run := w.over(id)[0]; run.State.Type != store.Crashed {
		t.Errorf("a run whose end nobody recorded is %v", run.State)
	}
	agent.signal(unix.SIGTERM)
	_ = agent.end()
	w.check()
}
