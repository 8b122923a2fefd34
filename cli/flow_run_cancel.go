package cli

import (
	"context"
	"errors"
	"slices"
	"time"

	"prefect/engine/process"
	"prefect/engine/runner"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type flowRunCancelOptions struct {
	words     []string
	filter    store.FlowRunFilter // instead of words
	olderThan time.Duration
	noWait    bool
	dryRun    bool
}

func newFlowRunCancelCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "cancel",
		Usage:     "Cancel flow runs, whether they wait or run.",
		ArgsUsage: "[ID...]",
		Description: "A run that has not started is Cancelled at once. The processes of one that runs are asked to end with SIGTERM, and those that " +
			"have not ended after 30 seconds are killed, with all they have started. No agent has to be there. " +
			"Instead of naming runs, --state cancels all that are in a state, such as those that are Late after a pause.",
		UsageText: "prefect flow-run cancel calm-otter\nprefect flow-run cancel 17dfd710 --no-wait\nprefect flow-run cancel --state Late --older-than 1h --dry-run",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "state", Usage: "All runs in the state `NAME`, such as Late, Scheduled or Running; may be given again."},
			&cli.StringSliceFlag{Name: "flow-name", Usage: "With --state, only runs of the flow `NAME`; may be given again."},
			newSpan("older-than", "With --state, only runs that were expected to start longer ago than `DURATION`, such as 1h."),
			&cli.BoolFlag{Name: "dry-run", Usage: "With --state, only list the runs that would be cancelled."},
			&cli.BoolFlag{Name: "no-wait", Usage: "Don't wait until the processes have ended."},
		},
		Action: func(c *cli.Context) error {
			o := flowRunCancelOptions{words: c.Args().Slice(), olderThan: spanOf(c, "older-than"), noWait: c.Bool("no-wait"), dryRun: c.Bool("dry-run"),
				filter: store.FlowRunFilter{StateNames: c.StringSlice("state"), FlowNames: c.StringSlice("flow-name")}}
			all := len(o.filter.StateNames) > 0
			switch {
			case all && len(o.words) > 0:
				return usagef(c, "name runs or use --state, not both")
			case !all && len(o.words) == 0:
				return usagef(c, "missing argument ID; or use --state")
			case !all && (c.IsSet("flow-name") || c.IsSet("older-than") || o.dryRun):
				return usagef(c, "--flow-name, --older-than and --dry-run go with --state")
			case all:
				return cancelAll(c.Context, e, o)
			}
			return flowRunCancel(c.Context, e, o.words, o.noWait)
		},
	}
}

func flowRunCancel(ctx context.Context, e *env, words []string, noWait bool) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	var failed error
	// All are told before any is waited for, so that they end at the same time.
	var ending []store.FlowRun
	for _, word := range words {
		run, err := findFlowRun(ctx, db, word)
		over := false
		if err == nil {
			over, err = e.tellCancelled(ctx, db, run)
		}
		if err != nil {
			failed = e.reportOneOf(len(words), err)
		} else if !over {
			ending = append(ending, run)
		}
	}
	for _, run := range ending {
		if noWait {
			e.printf("Flow run '%s' (%s) was asked to end.\n", run.Name, run.ID)
			continue
		}
		if err := e.waitCancelled(ctx, db, run); err != nil {
			failed = e.reportOneOf(len(words), err)
		}
	}
	return failed
}

// cancelAll cancels the runs that a filter finds and that are not over.
func cancelAll(ctx context.Context, e *env, o flowRunCancelOptions) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	if o.olderThan > 0 {
		o.filter.Before = e.now().Add(-o.olderThan)
	}
	for _, t := range store.AllStateTypes() {
		if !t.Final() {
			o.filter.StateTypes = append(o.filter.StateTypes, t)
		}
	}
	runs, err := db.FlowRuns(ctx, o.filter)
	if err != nil {
		return databaseError(err)
	}
	runs = slices.DeleteFunc(runs, func(r store.FlowRun) bool { return r.ParentTaskRunID != nil }) // they end with their parents
	if len(runs) == 0 {
		e.note("No flow run that isn't over is in that state.\n")
		e.guessStates(o.filter.StateNames)
		return nil
	}
	if o.dryRun {
		return e.showFlowRuns(ctx, db, runs, "")
	}
	var words []string
	for _, r := range runs {
		words = append(words, r.ID)
	}
	return flowRunCancel(ctx, e, words, o.noWait)
}

// reportOneOf prints the error about one of several things at once, so that the others are still
// dealt with, and returns the error of the command.
func (e *env) reportOneOf(n int, err error) error {
	if n == 1 {
		return err
	}
	if code := e.report(err); code != exitFailed {
		return exitError(code)
	}
	return exitError(exitFailed)
}

// tellCancelled cancels one run, or asks the process responsible for it to.
func (e *env) tellCancelled(ctx context.Context, db *store.DB, run store.FlowRun) (over bool, err error) {
	if run.ParentTaskRunID != nil && run.Claim != nil {
		return false, subflowError(ctx, db, run)
	}
	now, err := db.CancelFlowRun(ctx, run.ID, process.Alive)
	var refused *store.TransitionError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return false, noFlowRun(run.ID)
	case errors.As(err, &refused) && refused.From == store.Cancelled:
		e.printf("Flow run '%s' (%s) is cancelled already.\n", run.Name, run.ID)
		return true, nil
	case errors.As(err, &refused):
		return false, withHint(errorf("flow run '%s' is over already: it is %s", run.Name, refused.From.Name()), "A final state never changes; see 'prefect flow-run inspect %s'.", run.ID)
	case err != nil:
		return false, databaseError(err)
	case now.State.Type == store.Cancelled:
		e.cancelled(now)
		return true, nil
	}
	return false, nil
}

func (e *env) cancelled(run store.FlowRun) {
	e.success("Cancelled flow run '%s' (%s).\n", run.Name, run.ID)
}

// subflowError: a subflow runs within its parent's process and can't be ended alone.
func subflowError(ctx context.Context, db *store.DB, run store.FlowRun) error {
	err := errorf("flow run '%s' is a subflow and runs within its parent's process, so it can't be cancelled alone", run.Name)
	task, e := db.TaskRun(ctx, *run.ParentTaskRunID)
	if e != nil {
		return err
	}
	return withHint(err, "Cancel its parent: prefect flow-run cancel %s", task.FlowRunID)
}

// waitCancelled waits until the processes of a run that is being cancelled have ended.
func (e *env) waitCancelled(ctx context.Context, db *store.DB, run store.FlowRun) error {
	told := false
	end, err := followFlowRun(ctx, db, run.ID, 0, follower{tick: func(r store.FlowRun) error {
		if !told {
			told = true
			e.note("Waiting for the processes of flow run '%s' to end; what has not ended %d seconds after SIGTERM is killed.\n", r.Name, int(stopGrace.Seconds()))
		}
		if r.Claim != nil && !process.Alive(*r.ClaimProcess) {
			return databaseError(runner.EndOrphan(ctx, db, r, stopGrace))
		}
		return nil
	}})
	if _, interrupted := interruptCode(err); interrupted {
		e.note("\nFlow run '%s' is still being cancelled.\nSee what becomes of it with: prefect flow-run watch %s\n", run.Name, run.ID)
		return exitError(exitInterrupted)
	}
	switch {
	case err != nil:
		return err
	case end.State.Type == store.Cancelled:
		e.cancelled(end)
		return nil
	}
	return errorf("flow run '%s' ended before it could be cancelled: it is %s", end.Name, end.State.Name)
}
