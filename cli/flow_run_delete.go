package cli

import (
	"context"
	"errors"

	"prefect/engine/process"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newFlowRunDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "delete",
		Usage:       "Delete flow runs, with their states, task runs and logs.",
		Description: "A run that is going is not deleted; cancel it first. 'prefect prune' deletes old runs.",
		ArgsUsage:   "ID...",
		UsageText:   "prefect flow-run delete calm-otter",
		Action: func(c *cli.Context) error {
			return flowRunDelete(c.Context, e, c.Args().Slice())
		},
	}
}

func flowRunDelete(ctx context.Context, e *env, words []string) error {
	var failed error
	for _, word := range words {
		if err := e.deleteFlowRun(ctx, word); err != nil {
			failed = e.reportOneOf(len(words), err)
		}
	}
	return failed
}

func (e *env) deleteFlowRun(ctx context.Context, word string) error {
	db, run, err := e.findFlowRun(ctx, word)
	if err != nil {
		return err
	}
	if isLive(run) {
		return withHint(errorf("flow run '%s' is %s and can't be deleted while it goes on", run.Name, run.State.Name), "Cancel it first: prefect flow-run cancel %s", run.ID)
	}
	if err := db.DeleteFlowRun(ctx, run.ID); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return noFlowRun(word)
		}
		return databaseError(err)
	}
	e.success("Successfully deleted flow run '%s'.\n", run.ID)
	return nil
}

// isLive reports whether a process that is there is responsible for a run.
func isLive(r store.FlowRun) bool {
	return r.Claim != nil && (process.Alive(*r.ClaimProcess) || r.FlowProcess != nil && process.Alive(*r.FlowProcess))
}
