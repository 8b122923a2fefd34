package agent

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"

	"prefect/engine/process"
	"prefect/store"
)

// start hands a claimed run to its supervisor.
func (a *Agent) start(run store.FlowRun) {
	a.locked(func() { a.running[run.ID] = nil }) // a signal that comes now has a run to wait for
	a.Log(20, "prefect.agent", fmt.Sprintf("Submitting flow run '%s'", run.ID))
	a.Log(20, "prefect.infrastructure.process", fmt.Sprintf("Opening process '%s'...", run.Name))
	cmd := a.Execute(run)
	process.Detach(cmd)
	if err := cmd.Start(); err != nil {
		a.locked(func() { delete(a.running, run.ID) })
		a.giveBack(run, err)
		return
	}
	a.Log(20, "prefect.agent", fmt.Sprintf("Completed submission of flow run '%s'", run.ID))
	a.locked(func() { a.running[run.ID], a.started = cmd, a.started+1 })
	go a.reap(run, cmd)
}

func (a *Agent) locked(do func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	do()
}

// reap waits for a supervisor. One that was killed leaves its run to recover, or to be given back
// if it had not taken it over.
func (a *Agent) reap(run store.FlowRun, cmd *exec.Cmd) {
	err := cmd.Wait()
	if err != nil {
		a.giveBack(run, err)
	}
	a.locked(func() {
		if a.running[run.ID] == cmd {
			delete(a.running, run.ID)
		}
		if err != nil {
			a.failures++
		}
	})
	select {
	case a.ended <- struct{}{}:
	default:
	}
}

// giveBack gives a run back whose supervisor could not be started, or ended before it took the run
// over. Where that fails too, look does it later.
func (a *Agent) giveBack(run store.FlowRun, why error) {
	ctx := context.Background()
	err := a.DB.Postpone(ctx, run.ID, *run.Claim, fmt.Sprintf("It could not be started: %v.", why))
	switch {
	case err == nil:
		a.Log(40, "prefect.agent", fmt.Sprintf("Flow run '%s' could not be started (%v); it is scheduled again.", run.Name, why))
	case !errors.Is(err, store.ErrClaimLost) && !errors.Is(err, store.ErrNotFound):
		a.trouble(ctx, err)
	}
}

// wait stays until all runs have ended. When stop ends they are cancelled.
func (a *Agent) wait(stop context.Context) {
	asked := false
	for !a.idle() {
		if stop.Err() != nil && !asked {
			asked = true
			a.stopRunning()
		}
		done := stop.Done()
		if asked {
			done = nil
		}
		select {
		case <-a.ended:
		case <-done:
		case <-time.After(sweep):
			a.trouble(context.Background(), a.look(context.Background()))
		}
	}
}

func (a *Agent) stopRunning() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, cmd := range a.running {
		if cmd != nil {
			_ = process.Stop(cmd.Process) // it may have ended just now
		}
	}
}

// Kill ends the runs that have been asked to end and take their time: a supervisor that is told a
// second time ends at once, and with it what it supervises. Run then settles them.
func (a *Agent) Kill() { a.stopRunning() }

func (a *Agent) idle() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.running) == 0
}

// Running returns how many runs are going.
func (a *Agent) Running() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.running)
}

// Started returns how many runs it has started.
func (a *Agent) Started() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.started
}

func (a *Agent) failed() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.failures
}
