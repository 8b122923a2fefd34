package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Event is something a running flow reports: one of the types below.
type Event interface {
	record(ctx context.Context, db *DB, tx *sql.Tx) error
}

// FlowRunStarted is a run that the flow's own process has made: of a script, or of a subflow.
type FlowRunStarted struct {
	Run FlowRun // ID, Name, FlowName, FlowVersion, ParentTaskRunID, Parameters, Tags
	At  time.Time
	// The claim that the run is under, the process responsible for it, and the flow's own process.
	Claim, ClaimProcess, FlowProcess string
}

// FlowRunMoved is a flow run's new state.
type FlowRunMoved struct {
	ID    string
	State State
}

// TaskRunStarted is a new task run. It is Pending.
type TaskRunStarted struct {
	Run     TaskRun // ID, FlowRunID, Name, TaskKey, DynamicKey, Tags, Inputs
	StateID string  // of that state; empty for a new one
	At      time.Time
}

// TaskRunMoved is a task run's new state.
type TaskRunMoved struct {
	ID    string
	State State
}

// ResultCached is the result of a task with a cache key.
type ResultCached struct {
	Key, Value, TaskRunID string
	Expires               *time.Time
	At                    time.Time
}

// Record keeps events in the order given, all or none. A state that a flow run can't take any
// more (it was settled by somebody else meanwhile) doesn't undo the rest: it becomes a log line.
func (db *DB) Record(ctx context.Context, events []Event) error {
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, e := range events {
			if err := e.record(ctx, db, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func (e FlowRunStarted) record(ctx context.Context, db *DB, tx *sql.Tx) error {
	flowID, err := db.ensureFlow(ctx, tx, e.Run.FlowName)
	if err != nil {
		return err
	}
	r := e.Run
	r.FlowID, r.Created, r.ExpectedStartTime = flowID, e.At, e.At
	r.State = NewState(Pending, "Pending", "", e.At)
	if err := db.insertFlowRun(ctx, tx, r); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "update flow_run set claim = ?, claim_process = ?, flow_process = ? where id = ?",
		e.Claim, e.ClaimProcess, nullText(e.FlowProcess), r.ID)
	return err
}

func (e FlowRunMoved) record(ctx context.Context, db *DB, tx *sql.Tx) error {
	err := setFlowRunState(ctx, tx, e.ID, e.State)
	var refused *TransitionError
	if !errors.As(err, &refused) {
		return err
	}
	return LogLine{FlowRunID: e.ID, Source: FromLog, Level: 30, Logger: "prefect.store", Label: "prefect.store", At: e.State.Timestamp,
		Message: fmt.Sprintf("The flow reported %s, but the run was %s by then and stays so.", e.State, refused.From)}.record(ctx, db, tx)
}

func (e TaskRunStarted) record(ctx context.Context, db *DB, tx *sql.Tx) error {
	return db.insertTaskRun(ctx, tx, e.Run, e.StateID, e.At)
}

func (e TaskRunMoved) record(ctx context.Context, db *DB, tx *sql.Tx) error {
	return db.setTaskRunState(ctx, tx, e.ID, e.State)
}

func (e LogLine) record(ctx context.Context, db *DB, tx *sql.Tx) error {
	err := db.exec(ctx, tx, `insert into log (flow_run_id, task_run_id, source, level, logger, label, message, timestamp)
		values (?, ?, ?, ?, ?, ?, ?, ?)`, e.FlowRunID, nullText(e.TaskRunID), e.Source, e.Level, e.Logger, e.Label, e.Message, micros(e.At))
	if err != nil {
		return fmt.Errorf("keeping a log line: %w", err)
	}
	return nil
}

// exec runs a statement that is prepared once in a transaction: parsing it takes longer than running
// it, and a run can have tens of thousands of tasks and lines in a second.
func (db *DB) exec(ctx context.Context, tx *sql.Tx, query string, args ...any) error {
	if db.preparedTx != tx {
		db.prepared, db.preparedTx = map[string]*sql.Stmt{}, tx
	}
	stmt := db.prepared[query]
	if stmt == nil {
		var err error
		if stmt, err = tx.PrepareContext(ctx, query); err != nil {
			return err
		}
		db.prepared[query] = stmt
	}
	_, err := stmt.ExecContext(ctx, args...)
	return err
}

func (e ResultCached) record(ctx context.Context, _ *DB, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `insert into task_cache (key, value, task_run_id, expires, created) values (?, ?, ?, ?, ?)
		on conflict (key) do update set value = excluded.value, task_run_id = excluded.task_run_id, expires = excluded.expires, created = excluded.created`,
		e.Key, e.Value, e.TaskRunID, nullMicros(e.Expires), micros(e.At))
	return err
}

// CachedResult returns the value kept under a cache key that has not expired at that time, and
// the task run it came from, or ErrNotFound.
func (db *DB) CachedResult(ctx context.Context, key string, at time.Time) (value, taskRunID string, err error) {
	err = db.db.QueryRowContext(ctx, "select value, task_run_id from task_cache where key = ? and (expires is null or expires > ?)", key, micros(at)).
		Scan(&value, &taskRunID)
	return value, taskRunID, oneRow(err)
}

func nullText(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orEmpty is the JSON to store where a flow sent none.
func orEmpty(raw json.RawMessage, empty string) string {
	if len(raw) == 0 {
		return empty
	}
	return string(raw)
}
