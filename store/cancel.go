package store

import (
	"context"
	"database/sql"
)

// CancelFlowRun cancels a run. One that no process is responsible for, or whose processes are
// gone, as alive tells, is Cancelled at once. For any other the process responsible is told by the
// state Cancelling, and the run goes on until it has done its part. A run that is over already
// gives a *TransitionError. The run is returned as it is then.
func (db *DB) CancelFlowRun(ctx context.Context, id string, alive func(process string) bool) (run FlowRun, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if run, err = flowRunWhere(ctx, tx, "r.id = ?", id); err != nil {
			return err
		}
		if err := cancelFlowRun(ctx, tx, db, run, alive); err != nil {
			return err
		}
		run, err = flowRunWhere(ctx, tx, "r.id = ?", id)
		return err
	})
	return run, err
}

func cancelFlowRun(ctx context.Context, tx *sql.Tx, db *DB, run FlowRun, alive func(string) bool) error {
	end := NewState(Cancelled, "Cancelled", "The flow run was cancelled before it started.", db.Now())
	switch {
	case run.State.Type.Final():
		return &TransitionError{From: run.State.Type, To: Cancelled}
	case run.Claim == nil:
		return setFlowRunState(ctx, tx, run.ID, end)
	case !alive(*run.ClaimProcess) && (run.FlowProcess == nil || !alive(*run.FlowProcess)):
		end = NewState(Cancelled, "Cancelled", "The flow run was cancelled; its processes were gone already.", db.Now())
		return db.settle(ctx, tx, run.ID, *run.Claim, end)
	case run.State.Type == Cancelling:
		return nil
	}
	return setFlowRunState(ctx, tx, run.ID, NewState(Cancelling, "Cancelling", "", db.Now()))
}

// CancellingClaim reports whether the run that a claim was made for is to be cancelled.
func (db *DB) CancellingClaim(ctx context.Context, token string) (yes bool, err error) {
	err = db.db.QueryRowContext(ctx, `select exists (select 1 from flow_run
		where claim = ? and state_type = 'CANCELLING' and parent_task_run_id is null)`, token).Scan(&yes)
	return yes, err
}
