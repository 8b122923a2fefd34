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
	Stdout     *os.File                   // what the run prints is passed on
	Stderr     *os.File                   // and log lines are shown here
	LogText    func(store.LogLine) string // how a log line is shown, with its newline
	LogLevel   int                        // below it the supervisor's own lines are not shown; the run has a level itself
	Grace      time.Duration              // between asking a run to end and killing it
}

// drainTime is how long after the end of the run's process its output is waited for, where another
// process that it has left behind holds its streams open.
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
	out, errs  *screen
}

// Execute runs a flow run to its end and returns it with the state it has then. token is the claim
// under which an agent hands the run over; with none the run is claimed here. Ending ctx cancels
// the run: its processes are asked to end, and killed after the grace period. The error is about
// the supervising; a flow that failed is no error.
func Execute(ctx context.Context, o Options, id, token string) (store.FlowRun, error) {
	self, err := process.Announce()
	if err != nil {
		return store.FlowRun{}, err
	}
	process.AdoptOrphans()
	s := &supervisor{Options: o, self: self.String(), handedOver: token != ""}
	s.out, s.errs = screens(o.Stdout, o.Stderr)
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
	defer s.rec.close()
	end, err := s.supervise(ctx)
	if err != nil {
		s.giveBack(err)
		return s.run, err
	}
	err = s.settle(end)
	return s.run, err
}

// giveBack gives the run back if its process was not started, for reasons that are not its own.
// Where that fails, an agent will do it.
func (s *supervisor) giveBack(why error) {
	ctx := context.Background()
	if run, err := s.DB.FlowRun(ctx, s.run.ID); err == nil && run.FlowProcess == nil {
		_ = s.DB.Postpone(ctx, run.ID, *s.run.Claim, "It could not be started: "+why.Error())
	}
}

// supervise starts the process and stays until it is over. It returns the state the run has if
// the flow has reported no other.
func (s *supervisor) supervise(ctx context.Context) (store.State, error) {
	dep, err := s.deployment(context.WithoutCancel(ctx))
	if errors.Is(err, errNoDeployment) {
		return s.cannotStart(err), nil
	}
	if err != nil {
		return store.State{}, err
	}
	if !s.waitForTime(ctx) {
		return s.cancelledEarly(), nil
	}
	remove, err := s.fetch(ctx, &dep)
	if ctx.Err() != nil && err != nil {
		return s.cancelledEarly(), nil
	}
	if err != nil {
		return s.cannotStart(err), nil
	}
	defer remove()
	cmd, p, note, err := s.command(s.run, dep)
	if err != nil {
		return s.cannotStart(err), nil
	}
	if note != "" {
		s.log(30, "prefect.engine", note)
	}
	return s.start(ctx, cmd, p, dep)
}

func (s *supervisor) cancelledEarly() store.State {
	return store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled before it started.", s.DB.Now())
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

var errNoDeployment = errors.New("the run belongs to no deployment, or to one that was deleted, so nothing says how to start it")

func (s *supervisor) deployment(ctx context.Context) (store.Deployment, error) {
	if s.run.DeploymentID == nil {
		return store.Deployment{}, errNoDeployment
	}
	d, err := s.DB.DeploymentByID(ctx, *s.run.DeploymentID)
	if errors.Is(err, store.ErrNotFound) {
		err = errNoDeployment
	}
	return d, err
}

// cannotStart is the end of a run whose process could not be started.
func (s *supervisor) cannotStart(err error) store.State {
	s.log(40, "prefect.engine", "The flow run could not be started: "+err.Error())
	return store.NewState(store.Failed, "Failed", "The flow run could not be started: "+err.Error(), s.DB.Now())
}

// start starts the command and stays with it to its end.
func (s *supervisor) start(ctx context.Context, cmd *exec.Cmd, p infra.Process, dep store.Deployment) (store.State, error) {
	ch, err := newChannel(cmd)
	if err != nil {
		return store.State{}, err
	}
	defer ch.close()
	out, errs, err := pipes(cmd)
	if err != nil {
		return store.State{}, err
	}
	defer closeAll(out, errs)
	err = s.rec.insist(ctx, func() error { return s.DB.StartFlow(ctx, s.run.ID, *s.run.Claim) })
	if ctx.Err() != nil {
		closeAll(cmd.Stdout, cmd.Stderr)
		return s.cancelledEarly(), nil
	}
	if err != nil {
		closeAll(cmd.Stdout, cmd.Stderr)
		return store.State{}, err
	}
	runtime.LockOSThread() // see process.Start
	defer runtime.UnlockOSThread()
	child, err := process.Start(cmd)
	closeAll(cmd.Stdout, cmd.Stderr)
	if err != nil {
		return s.cannotStart(fmt.Errorf("the command %q can't be started: %w", cmd.Args[0], err)), nil
	}
	go child.Adopt()
	s.started(cmd)
	conn, err := ch.accept()
	if err != nil {
		child.Kill()
		_ = child.Wait()
		return store.State{}, err
	}
	s.talk = &session{db: s.DB, rec: s.rec, print: s.show, run: s.message(dep), runID: s.run.ID, claim: *s.run.Claim, process: s.self}
	return s.attend(ctx, cmd, child, conn, capture(out, s.out.feed(p.StreamOutput), store.FromStdout, s.printed),
		capture(errs, s.errs.feed(p.StreamOutput), store.FromStderr, s.printed))
}

// started records that the process is there. A command that isn't Prefect's engine doesn't say
// itself that it runs.
func (s *supervisor) started(cmd *exec.Cmd) {
	if id, err := process.Of(cmd.Process.Pid); err == nil {
		s.rec.put(store.FlowProcessStarted{ID: s.run.ID, Claim: *s.run.Claim, Process: id.String()}, 0)
	}
	if !infra.RunsEngine(cmd.Args) {
		s.rec.put(store.FlowRunMoved{ID: s.run.ID, State: store.NewState(store.Running, "Running", "", s.DB.Now())}, 0)
	}
}

// attend stays with the process until it is over and all that it said is recorded.
func (s *supervisor) attend(ctx context.Context, cmd *exec.Cmd, child *process.Child, conn stream, outputs ...*output) (store.State, error) {
	channel := &tail{stream: conn}
	talked := make(chan struct{})
	go func() { s.talk.serve(channel, conn.(io.Writer)); close(talked) }()

	cancelled := s.watch(ctx, child)
	waitErr := child.Wait()
	deadline := time.Now().Add(drainTime)
	channel.end(deadline)
	for _, o := range outputs {
		o.tail.end(deadline)
	}
	for _, o := range outputs {
		if o.finish() {
			s.log(30, "prefect.infrastructure.process", fmt.Sprintf("The run has left a process behind that holds its %s open; what that one prints is not recorded any more.", o.source))
		}
	}
	s.errs.end()
	<-talked
	return s.outcome(cmd, waitErr, cancelled), nil
}

// pipes makes two pipes the output of the command, and returns our ends.
func pipes(cmd *exec.Cmd) (out, errs *os.File, err error) {
	out, w, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("making a pipe for the run's output: %w", err)
	}
	errs, w2, err := os.Pipe()
	if err != nil {
		closeAll(out, w)
		return nil, nil, fmt.Errorf("making a pipe for the run's output: %w", err)
	}
	cmd.Stdout, cmd.Stderr = w, w2
	return out, errs, nil
}

func closeAll(files ...any) {
	for _, f := range files {
		f.(io.Closer).Close()
	}
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
	if level >= s.LogLevel {
		s.show(l)
	}
	return l
}

func (s *supervisor) show(l store.LogLine) { s.errs.say(s.LogText(l)) }

func (s *supervisor) log(level int, logger, text string) {
	s.rec.put(s.say(level, logger, text), len(text))
}
