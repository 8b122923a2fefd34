package cli

import (
	"context"
	"errors"
	"io"
	"time"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newFlowRunWatchCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "watch",
		Usage:     "Follow a flow run to its end; the exit code is its outcome.",
		ArgsUsage: "ID",
		Description: "Shows the run's states, its log and what it prints as they come. Ends with 0 if the run completed and with 1 if it did not. " +
			"Ctrl+C only ends the watching.",
		UsageText: "prefect flow-run watch calm-otter\nprefect flow-run watch calm-otter --timeout 10m",
		Flags: []cli.Flag{
			newSpan("timeout", "Stop watching after `DURATION`, such as 90s or 10m, with exit code 1; the run goes on."),
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return flowRunWatch(c.Context, e, c.Args().First(), spanOf(c, "timeout"), c.String("output"))
		},
	}
}

func flowRunWatch(ctx context.Context, e *env, word string, timeout time.Duration, output string) error {
	db, run, err := e.findFlowRun(ctx, word)
	if err != nil {
		return err
	}
	return e.watchRun(ctx, db, run, timeout, output)
}

// watchRun follows a flow run to its end, or for a time. For scripts the run is shown as it is
// then. The error is that of the run's outcome.
func (e *env) watchRun(ctx context.Context, db *store.DB, run store.FlowRun, timeout time.Duration, output string) error {
	w := &watcher{e: e, db: db, quiet: forScripts(output)}
	end, watchErr := w.watch(ctx, run, timeout)
	if forScripts(output) && end.ID != "" {
		if err := e.show(output, flowRunValue(end, w.secrets, e.now()), []string{end.ID}, nil); err != nil {
			return err
		}
	}
	if watchErr != nil {
		return watchErr
	}
	return outcome(end)
}

// outcome is the exit code that a run's end stands for.
func outcome(run store.FlowRun) error {
	if run.State.Type == store.Completed {
		return nil
	}
	return exitError(exitFailed)
}

var errWatchTimeout = errors.New("the time to watch is over")

// A watcher shows a run as an agent would: log lines on stderr, what the run prints to its
// standard output on stdout.
type watcher struct {
	e       *env
	db      *store.DB
	secrets *render.Secrets
	quiet   bool   // stdout is for the result alone
	told    string // the last reason for waiting
}

func (w *watcher) watch(ctx context.Context, run store.FlowRun, timeout time.Duration) (store.FlowRun, error) {
	var err error
	if w.secrets, err = w.e.newFlowRunView(w.db).secretsOf(ctx, run); err != nil {
		return run, err
	}
	w.secrets.Parameters(run.Parameters) // now it knows what to hide in the lines
	if timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, timeout, errWatchTimeout)
		defer cancel()
	}
	end, err := followFlowRun(ctx, w.db, run.ID, 0, follower{lines: w.lines, moved: w.moved, tick: w.waiting})
	_, interrupted := interruptCode(err)
	switch {
	case err == nil:
		w.over(end)
		return end, nil
	case interrupted:
		w.e.note("\nThe watching has ended, the run goes on.\nCome back with: prefect flow-run watch %s\nCancel it with: prefect flow-run cancel %s\n", run.ID, run.ID)
		return end, exitError(exitInterrupted)
	case errors.Is(err, errWatchTimeout):
		return end, withHint(errorf("flow run '%s' is %s after %s; it goes on", run.Name, end.ShownState(w.e.now()).Name, render.Duration(timeout)),
			"Come back with: prefect flow-run watch %s", run.ID)
	}
	return end, err
}

func (w *watcher) lines(lines []store.LogLine) error {
	for _, l := range lines {
		l.Message = w.secrets.Text(l.Message)
		switch {
		case l.Source == store.FromLog:
			w.e.printRunLog(l)
		case l.Source == store.FromStdout && !w.quiet:
			io.WriteString(w.e.out, render.Safe(l.Message)+"\n")
		default:
			io.WriteString(w.e.err, render.Safe(l.Message)+"\n")
		}
	}
	return nil
}

// moved shows a new state. The last one stands in the log, and in what is said at the end.
func (w *watcher) moved(run store.FlowRun) error {
	w.told = ""
	if run.State.Type.Final() {
		return nil
	}
	text := "State is " + run.State.Name
	if due := run.NextScheduledStartTime; run.State.Type == store.Scheduled && due != nil && due.After(w.e.now()) {
		text += ", for " + localTime(*due)
	}
	w.e.printLog(store.LogLine{Level: 20, Label: "Flow run '" + run.Name + "'", Message: text, At: run.State.Timestamp})
	return nil
}

// waiting says, once, why a run that should have started does not.
func (w *watcher) waiting(run store.FlowRun) error {
	if due := run.NextScheduledStartTime; run.Claim != nil || run.State.Type.Final() || due != nil && due.After(w.e.now()) {
		return nil
	}
	reason, err := w.e.why(context.Background(), w.db, run)
	if err != nil {
		return err
	}
	if reason.Code == "due" || reason.Code == w.told {
		return nil
	}
	w.told = reason.Code
	w.e.note("%s\n    %s\n", reason.Text, commandLine(reason.Args))
	return nil
}

func (w *watcher) over(run store.FlowRun) {
	style := render.Red
	if run.State.Type == store.Completed {
		style = render.Green
	}
	text := render.Sprintf("Flow run '%s' ended in state %s", run.Name, shownState(run, w.secrets, w.e.now()).String())
	if d := estimatedRunTime(run, w.e.now()); d > 0 {
		text += " after " + render.Duration(d)
	}
	io.WriteString(w.e.err, w.e.err.Paint(style, text+".\n"))
}
