package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
)

// A claim makes one process responsible for a run. It is a token, new each time the run changes
// hands: whoever acts on a claimed run shows the token, and a process whose claim was taken back or
// taken over finds that out in the same transaction in which it tries to act. So no run is ever
// executed by two processes, however long one of them was stopped.

// flowStarting stands for the identity of a flow's process from right before it is started until
// it is known. A run that has got so far is never started again.
const flowStarting = "starting"

// ClaimRequest says what an agent can take.
type ClaimRequest struct {
	Queues  []string
	Limit   int       // how many runs of the agent's may be going; 0 is no limit
	AtOnce  int       // how many may be claimed and not yet taken over by their supervisors; 0 is no limit
	Due     time.Time // runs scheduled up to then
	Agent   string    // id of the agent
	Process string    // identity of its process
}

// ClaimFlowRuns claims due runs for an agent: the earliest first, none of a paused queue, and
// never more than the limits of the queue and of the agent leave room for. A claimed run is Pending.
func (db *DB) ClaimFlowRuns(ctx context.Context, req ClaimRequest) ([]FlowRun, error) {
	// An agent that has no room looks often while runs wait. It keeps nobody from writing.
	if room, err := agentRoom(ctx, db.db, req); err != nil || room <= 0 {
		return nil, err
	}
	var claimed []FlowRun
	err := db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		room, err := agentRoom(ctx, tx, req)
		if err != nil || room <= 0 {
			return err
		}
		due, err := dueRuns(ctx, tx, req, room)
		if err != nil {
			return err
		}
		for _, id := range due {
			run, err := db.claim(ctx, tx, id, req.Process, &req.Agent)
			if err != nil {
				return fmt.Errorf("claiming flow run %s: %w", id, err)
			}
			claimed = append(claimed, run)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return claimed, nil
}

// agentRoom is how many more runs the agent may claim now. Runs of its queues that a dead agent
// has left behind count as its own: a limit is there to protect the machine.
func agentRoom(ctx context.Context, q querier, req ClaimRequest) (int, error) {
	var live, waiting int
	err := q.QueryRowContext(ctx, `
		select count(*), coalesce(sum(claim_process = ?2), 0) from flow_run
		where claim is not null and claim_agent is not null and (claim_agent = ?1
			or (claim_agent not in (select id from agent) and work_queue_name in (select value from json_each(?3))))`,
		req.Agent, req.Process, jsonList(req.Queues)).Scan(&live, &waiting)
	if err != nil {
		return 0, fmt.Errorf("counting the live runs of the agent: %w", err)
	}
	room := math.MaxInt32
	if req.Limit > 0 {
		room = min(room, req.Limit-live)
	}
	if req.AtOnce > 0 {
		room = min(room, req.AtOnce-waiting)
	}
	return room, nil
}

// dueRuns returns the ids of the runs to claim. Each queue is asked by itself, so that the index
// on what is due serves it and the cost doesn't grow with what waits behind the limit.
func dueRuns(ctx context.Context, tx *sql.Tx, req ClaimRequest, most int) ([]string, error) {
	type dueRun struct {
		id string
		at time.Time
	}
	var due []dueRun
	for _, queue := range req.Queues {
		room, err := queueRoom(ctx, tx, queue, most)
		if err != nil {
			return nil, err
		}
		rows, err := tx.QueryContext(ctx, `
			select id, next_scheduled_start_time from flow_run
			where work_queue_name = ? and state_type = 'SCHEDULED' and claim is null and next_scheduled_start_time <= ?
			order by next_scheduled_start_time, created limit ?`, queue, micros(req.Due), room)
		runs, err := collect(rows, err, func(rows *sql.Rows) (d dueRun, err error) {
			err = rows.Scan(&d.id, inTime{&d.at})
			return d, err
		})
		if err != nil {
			return nil, err
		}
		due = append(due, runs...)
	}
	slices.SortStableFunc(due, func(a, b dueRun) int { return a.at.Compare(b.at) })
	var ids []string
	for _, d := range due[:min(len(due), most)] {
		ids = append(ids, d.id)
	}
	return ids, nil
}

// queueRoom is how many more runs of a queue may start now, at most so many: 0 if it is paused or
// not there. It is counted from the claims themselves, so nothing can leak when a process dies.
func queueRoom(ctx context.Context, tx *sql.Tx, queue string, most int) (int, error) {
	var paused bool
	var allowed *int
	var live int
	err := tx.QueryRowContext(ctx, `
		select is_paused, concurrency_limit, (select count(*) from flow_run r where r.work_queue_name = q.name and r.claim is not null)
		from work_queue q where name = ?`, queue).Scan(&paused, &allowed, &live)
	switch {
	case oneRow(err) == ErrNotFound || (err == nil && paused):
		return 0, nil
	case err != nil:
		return 0, fmt.Errorf("counting the live runs of work queue %q: %w", queue, err)
	case allowed == nil:
		return most, nil
	}
	return max(0, min(most, *allowed-live)), nil
}

// ClaimFlowRun claims one run for `flow-run execute` by hand, whatever its queue says. It returns
// ErrNotFound, ErrClaimLost if a process has claimed it, or a *TransitionError if it is over.
func (db *DB) ClaimFlowRun(ctx context.Context, id, process string) (run FlowRun, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		old, err := flowRunWhere(ctx, tx, "r.id = ?", id)
		if err != nil {
			return err
		}
		if old.Claim != nil {
			return ErrClaimLost
		}
		run, err = db.claim(ctx, tx, id, process, nil)
		return err
	})
	return run, err
}

// claim gives a run to a process; agent is the id of the agent it is of, if it is one.
func (db *DB) claim(ctx context.Context, tx *sql.Tx, id, process string, agent *string) (FlowRun, error) {
	if err := setFlowRunState(ctx, tx, id, NewState(Pending, "Pending", "", db.Now())); err != nil {
		return FlowRun{}, err
	}
	if _, err := tx.ExecContext(ctx, "update flow_run set claim = ?, claim_process = ?, claim_agent = ? where id = ?",
		uuid.NewString(), process, agent, id); err != nil {
		return FlowRun{}, fmt.Errorf("claiming a flow run: %w", err)
	}
	return flowRunWhere(ctx, tx, "r.id = ?", id)
}

// TakeClaim hands a claim on to the process that shows its token, or returns ErrClaimLost. The run
// has a new token from then on: the old one is good neither for taking it over once more nor for
// giving it back.
func (db *DB) TakeClaim(ctx context.Context, id, token, process string) (run FlowRun, err error) {
	err = db.withClaim(ctx, id, token, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "update flow_run set claim = ?, claim_process = ? where id = ?", uuid.NewString(), process, id); err != nil {
			return err
		}
		run, err = flowRunWhere(ctx, tx, "r.id = ?", id)
		return err
	})
	return run, err
}

// StartFlow notes that the flow's process is about to be started, or returns ErrClaimLost. When the
// run's supervisor is killed from then on, nobody takes the run for one that was never started.
func (db *DB) StartFlow(ctx context.Context, id, token string) error {
	return db.withClaim(ctx, id, token, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "update flow_run set flow_process = ? where id = ?", flowStarting, id)
		return err
	})
}

// FlowProcessStarted is the identity of a claimed run's own process.
type FlowProcessStarted struct {
	ID, Claim, Process string
}

func (e FlowProcessStarted) record(ctx context.Context, _ *DB, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, "update flow_run set flow_process = ? where id = ? and claim = ?", e.Process, e.ID, e.Claim)
	return err
}

func (db *DB) withClaim(ctx context.Context, id, token string, do func(ctx context.Context, tx *sql.Tx) error) error {
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var valid bool
		if err := tx.QueryRowContext(ctx, "select coalesce(claim = ?, 0) from flow_run where id = ?", token, id).Scan(&valid); err != nil {
			return oneRow(err)
		}
		if !valid {
			return ErrClaimLost
		}
		return do(ctx, tx)
	})
}

// ClaimedFlowRuns returns the runs that some process is responsible for, whether it is alive or not.
func (db *DB) ClaimedFlowRuns(ctx context.Context) ([]FlowRun, error) {
	rows, err := db.db.QueryContext(ctx, "select "+flowRunColumns+flowRunFrom+"where r.claim is not null order by r.created")
	return collect(rows, err, scanFlowRun)
}

// NextDue returns when the next unclaimed run of the queues is due, or nil if none is scheduled.
func (db *DB) NextDue(ctx context.Context, queues []string) (next *time.Time, err error) {
	err = db.db.QueryRowContext(ctx, `
		select min((select min(next_scheduled_start_time) from flow_run r
			where r.work_queue_name = q.name and r.state_type = 'SCHEDULED' and r.claim is null))
		from work_queue q where q.is_paused = 0 and q.concurrency_limit is not 0 and q.name in (select value from json_each(?))`, jsonList(queues)).Scan(inNullTime{&next})
	return next, err
}
