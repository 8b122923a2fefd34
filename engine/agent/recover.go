package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"prefect/engine/process"
	"prefect/store"
)

// look does what is due by the clock: it recovers runs whose process is gone, and makes sure that
// the database is the one that others use and that nobody wonders where the runs are.
func (a *Agent) look(ctx context.Context) error {
	if err := a.DB.StillThere(); err != nil {
		return err
	}
	if err := a.sayHeldBack(ctx); err != nil {
		return err
	}
	return Recover(ctx, a.DB, a.isHandedOver, func(text string) { a.Log(30, "prefect.agent", text) })
}

// sayHeldBack says, once, what keeps the runs of a work queue from the agent.
func (a *Agent) sayHeldBack(ctx context.Context) error {
	for _, queue := range a.Queues {
		reason, _, err := HeldBack(ctx, a.DB, queue)
		if err != nil {
			return err
		}
		if reason.Text != a.held[queue] && reason.Text != "" {
			a.Log(20, "prefect.agent", strings.ToUpper(reason.Text[:1])+reason.Text[1:]+".")
		}
		a.held[queue] = reason.Text
	}
	return nil
}

// lookLast looks before the agent ends. The flow of a supervisor that was killed can take a moment
// longer to die, so it looks again while there is one, for some seconds.
func (a *Agent) lookLast(ctx context.Context) {
	for end := time.Now().Add(5 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		a.trouble(ctx, a.look(ctx))
		runs, err := a.DB.ClaimedFlowRuns(ctx)
		orphaned := slices.ContainsFunc(runs, func(r store.FlowRun) bool {
			return r.WorkQueueName != nil && slices.Contains(a.Queues, *r.WorkQueueName) && !process.Alive(*r.ClaimProcess)
		})
		if err != nil || !orphaned || time.Now().After(end) {
			return
		}
	}
}

// isHandedOver reports whether a run that this agent has claimed has a supervisor that is about to
// take it over. Of any other agent that is taken for granted while it lives.
func (a *Agent) isHandedOver(run store.FlowRun) bool {
	if *run.ClaimProcess != a.self {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	_, ok := a.running[run.ID]
	return ok
}

// Recover mends what processes that were killed have left: a run that was claimed and never
// started is Scheduled again; one whose supervisor and flow are both gone is Crashed. Only the
// process itself tells (its number, start time and boot), never the time since it was last heard
// of, so a run that lives is never touched. Agents that are gone are forgotten.
//
// handedOver tells of a run that was claimed and not taken over yet whether that is still to come;
// nil is for a caller that is no agent.
func Recover(ctx context.Context, db *store.DB, handedOver func(store.FlowRun) bool, say func(string)) error {
	agents, err := forgetAgents(ctx, db)
	if err != nil {
		return err
	}
	runs, err := db.ClaimedFlowRuns(ctx)
	if err != nil {
		return err
	}
	for _, run := range runs {
		err := recoverRun(ctx, db, run, agents, handedOver, say)
		if err != nil && !errors.Is(err, store.ErrClaimLost) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// forgetAgents removes the agents that are gone and returns the processes of the others.
func forgetAgents(ctx context.Context, db *store.DB) (live map[string]bool, err error) {
	agents, err := db.Agents(ctx)
	if err != nil {
		return nil, err
	}
	live = map[string]bool{}
	for _, a := range agents {
		if process.Alive(a.Process) {
			live[a.Process] = true
		} else if err := db.RemoveAgent(ctx, a.ID); err != nil {
			return nil, err
		}
	}
	return live, nil
}

func recoverRun(ctx context.Context, db *store.DB, run store.FlowRun, agents map[string]bool, handedOver func(store.FlowRun) bool, say func(string)) error {
	notStarted := run.State.Type == store.Pending && run.FlowProcess == nil && run.DeploymentID != nil
	switch {
	case process.Alive(*run.ClaimProcess):
		if !notStarted {
			return nil
		}
		if handedOver != nil && !handedOver(run) {
			return db.Postpone(ctx, run.ID, *run.Claim, "Its supervisor ended before it had taken the run over.")
		}
		if agents[*run.ClaimProcess] && process.Stopped(*run.ClaimProcess) && db.Now().Sub(run.State.Timestamp) > stoppedFor {
			say(fmt.Sprintf("Flow run '%s' was claimed by an agent that is stopped (Ctrl+Z, SIGSTOP); it is scheduled again.", run.Name))
			return db.Release(ctx, run.ID, *run.Claim, "The agent that had claimed it was stopped before it started.")
		}
		return nil
	case run.FlowProcess != nil && process.Alive(*run.FlowProcess):
		return nil
	case notStarted:
		say(fmt.Sprintf("Flow run '%s' was claimed by an agent that is gone and had not started; it is scheduled again.", run.Name))
		return db.Release(ctx, run.ID, *run.Claim, "The agent that had claimed it was gone before it started.")
	}
	return endRun(ctx, db, run, say)
}

// stoppedFor is how old a claim must be before it is taken back from an agent that is stopped. That
// is safe however short it is, as the claim's token tells the agent when it goes on.
const stoppedFor = 5 * time.Second

// endRun ends a run whose supervisor and flow are gone. What they had started is ended too, for
// nobody would hear of it any more.
func endRun(ctx context.Context, db *store.DB, run store.FlowRun, say func(string)) error {
	now, err := db.FlowRun(ctx, run.ID)
	if err != nil || now.Claim == nil || *now.Claim != *run.Claim {
		return err // its supervisor has ended it, and then itself, while we were looking
	}
	if run.FlowProcess != nil && run.ParentTaskRunID == nil {
		process.KillMarked("PREFECT__FLOW_RUN_ID", run.ID)
	}
	end, what := store.NewState(store.Crashed, "Crashed", "The flow run's processes are gone; they were killed, or the machine went down.", db.Now()), "has lost its process"
	if run.State.Type == store.Cancelling {
		end, what = store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled.", db.Now()), "was being cancelled, and its processes are gone"
	}
	n, err := db.EndClaim(ctx, *run.Claim, end)
	if err == nil && n > 0 {
		say(fmt.Sprintf("Flow run '%s' %s; it is marked as %s.", run.Name, what, end.Name))
	}
	return err
}
