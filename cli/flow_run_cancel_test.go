//go:build unix

package cli

import (
	"context"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"prefect/engine/process"
	"prefect/store"

	"github.com/google/uuid"
)

// sleeper starts a process that a test may end, and returns its identity. ended is closed when it
// is over.
func sleeper(t *testing.T) (id process.Identity, cmd *exec.Cmd, ended chan struct{}) {
	t.Helper()
	cmd = exec.Command("sleep", "600")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended = make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { _ = cmd.Process.Kill(); <-ended })
	id, err := process.Of(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	return id, cmd, ended
}

// running writes a run that goes on under the given processes.
func running(t *testing.T, claimProcess, flowProcess string) (runID string) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("PREFECT_HOME", home)
	db, err := store.Open(context.Background(), filepath.Join(home, "prefect.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	runID = uuid.NewString()
	if err := db.Record(context.Background(), []store.Event{
		store.FlowRunStarted{At: time.Now(), Claim: uuid.NewString(), ClaimProcess: claimProcess, FlowProcess: flowProcess,
			Run: store.FlowRun{ID: runID, Name: "calm-otter", FlowName: "f", Parameters: json.RawMessage("{}"), Tags: json.RawMessage("[]")}},
		store.FlowRunMoved{ID: runID, State: store.NewState(store.Running, "Running", "", time.Now())},
	}); err != nil {
		t.Fatal(err)
	}
	return runID
}

const nobody = "1/0/no-boot" // the identity of a process of another boot

// A supervisor that was killed can't end its run; the command does it itself.
func TestCancelEndsAFlowWithoutItsSupervisor(t *testing.T) {
	flow, _, ended := sleeper(t)
	id := running(t, nobody, flow.String())
	if code, stdout, stderr := run("flow-run", "cancel", id); code != exitDone || !strings.HasPrefix(stdout, "Cancelled flow run 'calm-otter'") {
		t.Errorf("ended with %d: %s%s", code, stdout, stderr)
	}
	<-ended
	if _, stdout, _ := run("flow-run", "inspect", id, "-o", "json"); !strings.Contains(stdout, `"state_type": "CANCELLED"`) {
		t.Errorf("the run is %s", stdout)
	}
}

// A process that has got the number of the flow's is left alone.
func TestCancelNeverSignalsAnotherProcess(t *testing.T) {
	victim, cmd, _ := sleeper(t)
	earlier := victim
	earlier.Start += "0"
	id := running(t, earlier.String(), earlier.String())
	if code, stdout, stderr := run("flow-run", "cancel", id); code != exitDone || !strings.HasPrefix(stdout, "Cancelled flow run 'calm-otter'") {
		t.Errorf("ended with %d: %s%s", code, stdout, stderr)
	}
	if err := cmd.Process.Signal(syscall.Signal(0)); err != nil || !process.Alive(victim.String()) {
		t.Errorf("the other process was ended: %v", err)
	}
}
