package agent

import (
	"context"
	"errors"
	"fmt"

	"prefect/engine/process"
	"prefect/store"
)

// look does what is due by the clock: it recovers runs whose process is gone.
func (a *Agent) look(ctx context.Context) {
	a.trouble(ctx, Recover(ctx, a.DB, func(text string) { a.Log(30, "prefect.agent", text) }))
}

// Recover mends what processes that were killed have left: a run that was claimed and never
// started is Scheduled again; one whose supervisor and flow are both gone is Crashed. Only the
// process itself tells (its number, start time and boot), never the time since it was last heard
// of, so a run that lives is never touched. Agents that are gone are forgotten.
func Recover(ctx context.Context, db *store.DB, say func(string)) error {
	runs, err := db.ClaimedFlowRuns(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if process.Alive(*run.ClaimProcess) || (run.FlowProcess != nil && process.Alive(*run.FlowProcess)) {
			continue
		}
		if err := recoverRun(ctx, db, run, say); err != nil && !errors.Is(err, store.ErrClaimLost) {
			return err
		}
	}
	agents, err := db.Agents(ctx)
	if err != nil {
		return err
	}
	for _, other := range agents {
		if !process.Alive(other.Process) {
			if err := db.RemoveAgent(ctx, other.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func recoverRun(ctx context.Context, db *store.DB, run store.FlowRun, say func(string)) error {
	if run.State.Type == store.Pending && run.FlowProcess == nil && run.DeploymentID != nil {
		say(fmt.Sprintf("Flow run '%s' was claimed by an agent that is gone and had not started; it is scheduled again.", run.Name))
		return db.Release(ctx, run.ID, *run.Claim, "The agent that had claimed it was gone before it started.")
	}
	end := store.NewState(store.Crashed, "Crashed", "The flow run's processes are gone; they were killed, or the machine went down.", db.Now())
	if run.State.Type == store.Cancelling {
		end = store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled.", db.Now())
	}
	n, err := db.EndClaim(ctx, *run.Claim, end)
	if err == nil && n > 0 {
		say(fmt.Sprintf("Flow run '%s' has lost its process; it is marked as %s.", run.Name, end.Name))
	}
	return err
}
