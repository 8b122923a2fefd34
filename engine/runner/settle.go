package runner

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"

	"prefect/engine/process"
	"prefect/store"
)

// watch ends the command's processes when ctx ends: it asks them, and kills what is left after
// the grace period. The function it returns is called when the command is over; it kills what a
// cancelled run has left behind and reports whether the run was cancelled.
func (s *supervisor) watch(ctx context.Context, cmd *exec.Cmd) (stopped func() bool) {
	over := make(chan struct{})
	quiet := make(chan struct{})
	var cancelled atomic.Bool
	go func() {
		defer close(quiet)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		cancelled.Store(true)
		s.cancelling()
		process.Terminate(cmd.Process.Pid)
		select {
		case <-over:
		case <-time.After(s.Grace):
		}
		for range 50 { // a tree that goes on forking needs more than one round
			process.Kill(cmd.Process.Pid)
			if process.Survivors() == 0 {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return func() bool {
		close(over)
		<-quiet
		return cancelled.Load()
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
func (s *supervisor) outcome(cmd *exec.Cmd, waitErr error, cancelled bool) (store.State, error) {
	code, how := exitStatus(cmd, waitErr)
	switch {
	case cancelled:
		s.say(20, "prefect.infrastructure.process", fmt.Sprintf("Process %s was stopped.", quote(s.run.Name)))
		return store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled.", s.DB.Now()), nil
	case code == 0:
		s.say(20, "prefect.infrastructure.process", fmt.Sprintf("Process %s exited cleanly.", quote(s.run.Name)))
	default:
		s.log(40, "prefect.infrastructure.process", fmt.Sprintf("Process %s exited with status code: %d%s", quote(s.run.Name), code, how))
	}
	s.talk.mu.Lock()
	python := s.talk.hello.Kind != ""
	s.talk.mu.Unlock()
	switch {
	case python:
		return store.NewState(store.Crashed, "Crashed", fmt.Sprintf("The flow's process ended with status code %d%s before the flow did.", code, how), s.DB.Now()), nil
	case code == 0:
		return store.NewState(store.Completed, "Completed", "", s.DB.Now()), nil
	}
	return store.NewState(store.Failed, "Failed", fmt.Sprintf("The command ended with status code %d%s.", code, how), s.DB.Now()), nil
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
	ctx := context.Background()
	if err := s.rec.flush(); err != nil {
		return err
	}
	run, err := s.DB.FlowRun(ctx, s.run.ID)
	if err != nil || run.State.Type.Final() {
		return err
	}
	if run.State.Type == store.Pending && end.Type == store.Completed {
		if err := s.DB.Settle(ctx, run.ID, *s.run.Claim, store.NewState(store.Running, "Running", "", end.Timestamp)); err != nil {
			return err
		}
	}
	if err := s.DB.Settle(ctx, run.ID, *s.run.Claim, end); err != nil {
		return err
	}
	level := 40
	if end.Type == store.Completed || end.Type == store.Cancelled {
		level = 20
	}
	label := "Flow run " + quote(run.Name)
	l := store.LogLine{FlowRunID: run.ID, Source: store.FromLog, Level: level, Logger: "prefect.flow_runs", Label: label,
		Message: "Finished in state " + end.String(), At: time.Now()}
	s.Print(l)
	s.rec.put(l, len(l.Message))
	return nil
}
