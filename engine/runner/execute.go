// Package runner sees one flow run through: it starts the run's process, records what the flow
// reports and prints, and gives the run its end. Each run has a runner process of its own (its
// supervisor), so that an agent's death loses neither a run nor its log nor its end.
package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"

	"prefect/engine/infra"
	"prefect/engine/process"
	"prefect/store"
)

// Options is what a supervisor needs to know.
type Options struct {
	DB         *store.DB
	Home       string   // PREFECT_HOME
	Binary     string   // this program, for flows that start it
	Environ    []string // what the run's process inherits
	SDKDir     string   // the folder of the embedded Python package
	FindPython func() (string, error)
	Stdout     io.Writer // what the run prints is passed on
	Stderr     io.Writer
	Print      func(store.LogLine) // prints one log line
	Grace      time.Duration       // between asking a run to end and killing it
}

// drainTime bounds how long output is waited for once the run's process is gone: a process that
// it has left behind may hold its streams open.
const drainTime = time.Second

// A supervisor is one Execute.
type supervisor struct {
	Options
	run store.FlowRun
	// handedOver: by an agent, so the run starts at its time; by hand it starts at once.
	handedOver bool
	self       string
	rec        *recorder
	talk       *session
}

// Execute runs a flow run to its end and returns it as it is then. token is the claim under which
// an agent hands the run over; with none the run is claimed here. Ending ctx cancels the run: its
// processes are asked to end, and killed after the grace period. The error is about the
// supervising; a flow that failed is no error.
func Execute(ctx context.Context, o Options, id, token string) (store.FlowRun, error) {
	self, err := process.Self()
	if err != nil {
		return store.FlowRun{}, err
	}
	process.AdoptOrphans()
	s := &supervisor{Options: o, self: self.String(), handedOver: token != ""}
	if token == "" {
		s.run, err = o.DB.ClaimFlowRun(ctx, id, s.self)
	} else {
		s.run, err = o.DB.TakeClaim(ctx, id, token, s.self)
	}
	if err != nil {
		return store.FlowRun{}, err
	}
	ctx, stop := s.heedCancelling(ctx)
	defer stop()
	s.rec = newRecorder(o.DB, func(text string) { s.say(30, "prefect.store", text) })
	end, err := s.supervise(ctx)
	if err == nil {
		err = s.settle(end)
	}
	if e := s.rec.close(); err == nil {
		err = e
	}
	if err != nil {
		return s.run, err
	}
	return o.DB.FlowRun(context.WithoutCancel(ctx), id)
}

// supervise starts the process and stays until it is over. It returns the state the run has if
// the flow has reported no other.
func (s *supervisor) supervise(ctx context.Context) (store.State, error) {
	dep, err := s.deployment(context.WithoutCancel(ctx))
	if err != nil {
		return s.cannotStart(err), nil
	}
	cmd, p, note, err := s.command(s.run, dep)
	if err != nil {
		return s.cannotStart(err), nil
	}
	if note != "" {
		s.log(30, "prefect.engine", note)
	}
	if !s.waitForTime(ctx) {
		return store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled before it started.", s.DB.Now()), nil
	}
	return s.start(ctx, cmd, p, dep)
}

// waitForTime waits until a run is due that an agent has claimed ahead of its time. It is false if
// ctx ends first.
func (s *supervisor) waitForTime(ctx context.Context) bool {
	for s.handedOver {
		ahead := s.run.ExpectedStartTime.Sub(s.DB.Now())
		if ahead <= 0 {
			break
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(min(ahead, time.Second)): // the machine may sleep meanwhile
		}
	}
	return ctx.Err() == nil
}

func (s *supervisor) deployment(ctx context.Context) (store.Deployment, error) {
	if s.run.DeploymentID == nil {
		return store.Deployment{}, errors.New("the run belongs to no deployment, or to one that was deleted, so nothing says how to start it")
	}
	return s.DB.DeploymentByID(ctx, *s.run.DeploymentID)
}

// cannotStart is the end of a run whose process could not be started.
func (s *supervisor) cannotStart(err error) store.State {
	s.log(40, "prefect.engine", "The flow run could not be started: "+err.Error())
	return store.NewState(store.Failed, "Failed", "The flow run could not be started: "+err.Error(), s.DB.Now())
}

func (s *supervisor) start(ctx context.Context, cmd *exec.Cmd, p infra.Process, dep store.Deployment) (store.State, error) {
	process.Group(cmd)
	ch, err := newChannel(cmd)
	if err != nil {
		return store.State{}, err
	}
	out, err := s.pipe(&cmd.Stdout)
	if err != nil {
		return store.State{}, err
	}
	errs, err := s.pipe(&cmd.Stderr)
	if err != nil {
		return store.State{}, err
	}
	runtime.LockOSThread() // see process.Group
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		ch.close()
		return s.cannotStart(fmt.Errorf("the command %q can't be started: %w", cmd.Args[0], err)), nil
	}
	closeAll(cmd.Stdout, cmd.Stderr)
	if id, err := process.Of(cmd.Process.Pid); err == nil {
		if err := s.DB.SetFlowProcess(context.WithoutCancel(ctx), s.run.ID, *s.run.Claim, id.String()); err != nil {
			process.Kill(cmd.Process.Pid)
			_ = cmd.Wait()
			return store.State{}, err
		}
	}
	conn, err := ch.accept()
	if err != nil {
		return store.State{}, err
	}
	s.talk = &session{db: s.DB, rec: s.rec, print: s.Print, run: s.message(dep), runID: s.run.ID, claim: *s.run.Claim, process: s.self}
	talked := make(chan struct{})
	go func() { s.talk.serve(conn); close(talked) }()
	stdout := capture(out, passOn(p.StreamOutput, s.Stdout), store.FromStdout, s.printed)
	stderr := capture(errs, passOn(p.StreamOutput, s.Stderr), store.FromStderr, s.printed)

	stopped := s.watch(ctx, cmd)
	waitErr := cmd.Wait()
	cancelled := stopped()
	stdout.finish(drainTime)
	stderr.finish(drainTime)
	select {
	case <-talked:
	case <-time.After(drainTime):
	}
	conn.Close()
	<-talked
	return s.outcome(cmd, waitErr, cancelled)
}

// pipe makes the run's end of a pipe the stream of the command, and returns ours.
func (s *supervisor) pipe(stream *io.Writer) (*os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe for the run's output: %w", err)
	}
	*stream = w
	return r, nil
}

func closeAll(files ...io.Writer) {
	for _, f := range files {
		f.(*os.File).Close()
	}
}

func passOn(on bool, w io.Writer) io.Writer {
	if on {
		return w
	}
	return nil
}

// message tells the engine what to run.
func (s *supervisor) message(dep store.Deployment) *runMessage {
	return &runMessage{Kind: "run", FlowRunID: s.run.ID, Name: s.run.Name, FlowName: dep.FlowName, DeploymentID: &dep.ID,
		DeploymentName: dep.Name, Path: dep.Path, Entrypoint: dep.Entrypoint, Parameters: s.run.Parameters, Tags: s.run.Tags,
		RunCount: s.run.RunCount}
}

func (s *supervisor) printed(l store.LogLine) {
	l.FlowRunID = s.run.ID
	s.rec.put(l, len(l.Message))
}

// say prints a line of the supervisor's own; log also keeps it with the run.
func (s *supervisor) say(level int, logger, text string) store.LogLine {
	l := store.LogLine{FlowRunID: s.run.ID, Source: store.FromLog, Level: level, Logger: logger, Label: logger, Message: text, At: time.Now()}
	s.Print(l)
	return l
}

func (s *supervisor) log(level int, logger, text string) {
	s.rec.put(s.say(level, logger, text), len(text))
}
