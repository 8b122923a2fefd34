package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/google/uuid"
)

// Settle moves a claimed run to a state, or returns ErrClaimLost. A final state ends the claim,
// and with it whatever of the run was still going: its subflows and its tasks.
func (db *DB) Settle(ctx context.Context, id, token string, s State) error {
	return db.withClaim(ctx, id, token, func(ctx context.Context, tx *sql.Tx) error { return db.settle(ctx, tx, id, token, s) })
}

func (db *DB) settle(ctx context.Context, tx *sql.Tx, id, token string, s State) error {
	var old StateType
	if err := tx.QueryRowContext(ctx, "select state_type from flow_run where id = ?", id).Scan(&old); err != nil {
		return oneRow(err)
	}
	s = s.after(old)
	if err := setFlowRunState(ctx, tx, id, s); err != nil || !s.Type.Final() {
		return err
	}
	return db.endLeftovers(ctx, tx, id, token, s)
}

// Finish gives a claimed run its end s and returns its final state: a run that has reported its own
// end keeps that. What of it is still going ends with it: its subflows and its tasks. It returns
// ErrClaimLost if the run is not over and is claimed by another process.
func (db *DB) Finish(ctx context.Context, id, token string, s State) (end State, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		run, err := flowRunWhere(ctx, tx, "r.id = ?", id)
		if err != nil {
			return err
		}
		if end = run.State; !end.Type.Final() {
			if run.Claim == nil || *run.Claim != token {
				return ErrClaimLost
			}
			end = s.after(run.State.Type)
			if err := setFlowRunState(ctx, tx, id, end); err != nil {
				return err
			}
		}
		return db.endLeftovers(ctx, tx, id, token, end)
	})
	return end, err
}

// endLeftovers ends what has no final state of what a run has started, directly or through its
// subflows: the process it ran in is gone. Runs under the claim belong to it in any case.
func (db *DB) endLeftovers(ctx context.Context, tx *sql.Tx, id, token string, s State) error {
	end := NewState(Crashed, "Crashed", "The flow run's process ended first.", s.Timestamp)
	if s.Type == Cancelled {
		end = NewState(Cancelled, "Cancelled", "The flow run was cancelled.", s.Timestamp)
	}
	// A cross join is read from left to right. SQLite takes what is below a run for more than all there
	// is, and would read every run and task in the database instead.
	const below = `with recursive below (id) as (select ?1 union select id from flow_run where claim = ?2
		union select r.id from below b cross join task_run t on t.flow_run_id = b.id cross join flow_run r on r.parent_task_run_id = t.id) `
	tasks, err := ids(ctx, tx, below+`select t.id from below b cross join task_run t on t.flow_run_id = b.id
		where coalesce(t.state_type, '') not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')`, id, token)
	if err != nil {
		return err
	}
	for _, task := range tasks {
		end.ID = uuid.NewString()
		if err := db.setTaskRunState(ctx, tx, task, end); err != nil {
			return err
		}
	}
	subflows, err := ids(ctx, tx, below+`select r.id from below b cross join flow_run r on r.id = b.id
		where r.id <> ?1 and r.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')`, id, token)
	if err != nil {
		return err
	}
	for _, subflow := range subflows {
		end.ID = uuid.NewString()
		if err := setFlowRunState(ctx, tx, subflow, end); err != nil {
			return err
		}
	}
	return nil
}

func ids(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	return collect(rows, err, scanText)
}

func scanText(rows *sql.Rows) (text string, err error) {
	err = rows.Scan(&text)
	return text, err
}

// EndClaim gives every run under a claim the final state s, as when the process behind it is gone.
// Subflow runs and task runs end with them. It returns how many runs were still going.
func (db *DB) EndClaim(ctx context.Context, token string, s State) (n int, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		top, err := ids(ctx, tx, "select id from flow_run where claim = ? and parent_task_run_id is null", token)
		if err != nil {
			return err
		}
		n = len(top)
		for _, id := range top {
			s.ID = uuid.NewString()
			if err := db.settle(ctx, tx, id, token, s); err != nil {
				return err
			}
		}
		return db.endLeftovers(ctx, tx, "", token, s)
	})
	return n, err
}

// Release gives a run back that was claimed and never started: it is Scheduled again, for when
// it was, or Cancelled if that was asked for meanwhile. It returns ErrClaimLost.
func (db *DB) Release(ctx context.Context, id, token, why string) error {
	return db.withClaim(ctx, id, token, func(ctx context.Context, tx *sql.Tx) error { return db.release(ctx, tx, id, token, why) })
}

func (db *DB) release(ctx context.Context, tx *sql.Tx, id, token, why string) error {
	var old StateType
	if err := tx.QueryRowContext(ctx, "select state_type from flow_run where id = ?", id).Scan(&old); err != nil {
		return err
	}
	if old == Cancelling {
		return db.settle(ctx, tx, id, token, NewState(Cancelled, "Cancelled", "The flow run was cancelled before it started.", db.Now()))
	}
	if err := setFlowRunState(ctx, tx, id, NewState(Scheduled, "Scheduled", why, db.Now())); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `update flow_run set claim = null, claim_process = null, claim_agent = null, flow_process = null,
		next_scheduled_start_time = expected_start_time where id = ?`, id)
	return err
}

// Postpone is Release for a run that could not be started: it is claimed again after a second, and
// after twice as long each time it happens again, up to a minute.
func (db *DB) Postpone(ctx context.Context, id, token, why string) error {
	return db.withClaim(ctx, id, token, func(ctx context.Context, tx *sql.Tx) error {
		if err := db.release(ctx, tx, id, token, why); err != nil {
			return err
		}
		var claims int
		err := tx.QueryRowContext(ctx, "select count(*) from flow_run_state where flow_run_id = ? and type = 'PENDING'", id).Scan(&claims)
		if err != nil {
			return err
		}
		wait := min(time.Minute, time.Second<<min(max(claims-1, 0), 6))
		_, err = tx.ExecContext(ctx, "update flow_run set next_scheduled_start_time = max(next_scheduled_start_time, ?2) where id = ?1",
			id, micros(db.Now().Add(wait)))
		return err
	})
}

// withClaim runs do in a transaction if token is still the run's valid claim.
