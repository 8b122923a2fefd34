package runner

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"time"

	"prefect/engine/infra"
	"prefect/engine/process"
	"prefect/store"
)

// watch waits for the process's end and reports whether the run was cancelled. When ctx ends first,
// the process and all it has started are asked to end, and killed after the grace period.
func (s *supervisor) watch(ctx context.Context, child *process.Child) (cancelled bool) {
	select {
	case <-child.Ended():
		return false
	case <-ctx.Done():
	}
	s.cancelling()
	child.Terminate()
	treeEnds(child, s.Grace)
	for range 100 { // a tree that goes on forking needs more than one round
		child.Kill()
		if treeEnds(child, 10*time.Millisecond) {
			break
		}
	}
	<-child.Ended()
	return true
}

// treeEnds waits, at most so long, until the process and all it has started are over.
func treeEnds(child *process.Child, most time.Duration) bool {
	for end := time.Now().Add(most); ; time.Sleep(5 * time.Millisecond) {
		select {
		case <-child.Ended():
			if process.Survivors() == 0 {
				return true
			}
		default:
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// cancelling notes that the run is being ended. A run that was cancelled by `flow-run cancel` is
// in that state already.
func (s *supervisor) cancelling() {
	s.talk.mu.Lock()
	s.talk.cancelling = true
	s.talk.mu.Unlock()
	_ = s.DB.Settle(context.Background(), s.run.ID, *s.run.Claim, store.NewState(store.Cancelling, "Cancelling", "", s.DB.Now()))
}

// outcome says how the process ended, and gives the state that follows if the flow has reported none.
func (s *supervisor) outcome(cmd *exec.Cmd, waitErr error, cancelled bool) store.State {
	code, how := exitStatus(cmd, waitErr)
	switch {
	case cancelled:
		s.say(20, "prefect.infrastructure.process", fmt.Sprintf("Process %s was stopped.", quote(s.run.Name)))
		return store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled.", s.DB.Now())
	case code == 0:
		s.say(20, "prefect.infrastructure.process", fmt.Sprintf("Process %s exited cleanly.", quote(s.run.Name)))
	default:
		s.log(40, "prefect.infrastructure.process", fmt.Sprintf("Process %s exited with status code: %d%s", quote(s.run.Name), code, how))
	}
	s.talk.mu.Lock()
	python := s.talk.hello.Kind != "" || infra.RunsEngine(cmd.Args)
	s.talk.mu.Unlock()
	switch {
	case python:
		return store.NewState(store.Crashed, "Crashed", fmt.Sprintf("The flow's process ended with status code %d%s before the flow did.", code, how), s.DB.Now())
	case code < 0: // by a signal: not the command's own decision
		return store.NewState(store.Crashed, "Crashed", fmt.Sprintf("The command's process ended with status code %d%s.", code, how), s.DB.Now())
	case code == 0:
		return store.NewState(store.Completed, "Completed", "", s.DB.Now())
	}
	return store.NewState(store.Failed, "Failed", fmt.Sprintf("The command ended with status code %d%s.", code, how), s.DB.Now())
}

// exitStatus is the exit code as Prefect shows it, the negative number of the signal that killed
// the process, and in words what that means.
func exitStatus(cmd *exec.Cmd, waitErr error) (code int, how string) {
	var exit *exec.ExitError
	if waitErr != nil && !errors.As(waitErr, &exit) {
		return -1, " (" + waitErr.Error() + ")"
	}
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return -int(status.Signal()), signalHint(status.Signal())
	}
	return cmd.ProcessState.ExitCode(), ""
}

func signalHint(sig syscall.Signal) string {
	switch sig {
	case syscall.SIGKILL:
		return " (killed by SIGKILL, often because memory ran out)"
	case syscall.SIGSEGV:
		return " (killed by SIGSEGV: a fault in a compiled library)"
	}
	return fmt.Sprintf(" (killed by signal %d: %v)", int(sig), sig)
}

func quote(name string) string { return "'" + name + "'" }

// settle gives the run the state end, unless the flow has reported its own end.
func (s *supervisor) settle(end store.State) error {
	if err := s.rec.flush(); err != nil {
		return err
	}
	ctx := context.Background()
	err := s.rec.insist(ctx, func() (err error) {
		s.run.State, err = s.DB.Finish(ctx, s.run.ID, *s.run.Claim, end)
		return err
	})
	if err != nil || s.run.State.ID != end.ID {
		return err
	}
	level := 40
	if end.Type == store.Completed || end.Type == store.Cancelled {
		level = 20
	}
	l := store.LogLine{FlowRunID: s.run.ID, Source: store.FromLog, Level: level, Logger: "prefect.flow_runs",
		Label: "Flow run " + quote(s.run.Name), Message: "Finished in state " + end.String(), At: time.Now()}
	s.show(l)
	s.rec.put(l, len(l.Message))
	return s.rec.flush()
}
