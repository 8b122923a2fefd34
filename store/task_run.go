package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// TaskRun is one run of a task inside a flow run.
type TaskRun struct {
	ID           string
	Created      time.Time
	Updated      time.Time
	FlowRunID    string
	Name         string
	TaskKey      string
	DynamicKey   string
	Tags         json.RawMessage // list of strings
	Inputs       json.RawMessage // object: what each parameter came from
	StartTime    *time.Time
	EndTime      *time.Time
	TotalRunTime time.Duration // in state Running
	RunCount     int
	State        *State // nil before its first
}

const taskRunColumns = `id, created, updated, flow_run_id, name, task_key, dynamic_key, tags, task_inputs, start_time, end_time,
	total_run_time, run_count, state_id, state_type, state_name, state_message, state_timestamp`

func scanTaskRun(rows *sql.Rows) (r TaskRun, err error) {
	var total int64
	var id, kind, name *string
	var at *time.Time
	var s State
	err = rows.Scan(&r.ID, inTime{&r.Created}, inTime{&r.Updated}, &r.FlowRunID, &r.Name, &r.TaskKey, &r.DynamicKey, inJSON{&r.Tags},
		inJSON{&r.Inputs}, inNullTime{&r.StartTime}, inNullTime{&r.EndTime}, &total, &r.RunCount, &id, &kind, &name, &s.Message, inNullTime{&at})
	if err == nil && id != nil {
		s.ID, s.Type, s.Name, s.Timestamp = *id, StateType(*kind), *name, *at
		r.State = &s
	}
	r.TotalRunTime = time.Duration(total) * time.Microsecond
	return r, err
}

// TaskRuns returns the task runs of a flow run, in the order in which they were made.
func (db *DB) TaskRuns(ctx context.Context, flowRunID string) ([]TaskRun, error) {
	rows, err := db.db.QueryContext(ctx, "select "+taskRunColumns+" from task_run where flow_run_id = ? order by created, rowid", flowRunID)
	return collect(rows, err, scanTaskRun)
}

// TaskRun returns the task run with that id, or ErrNotFound.
func (db *DB) TaskRun(ctx context.Context, id string) (TaskRun, error) {
	rows, err := db.db.QueryContext(ctx, "select "+taskRunColumns+" from task_run where id = ?", id)
	all, err := collect(rows, err, scanTaskRun)
	if err != nil {
		return TaskRun{}, err
	}
	if len(all) == 0 {
		return TaskRun{}, ErrNotFound
	}
	return all[0], nil
}

// insertTaskRun keeps a new task run, which is Pending under the given id of that state.
func (db *DB) insertTaskRun(ctx context.Context, tx *sql.Tx, r TaskRun, stateID string, at time.Time) error {
	pending := State{ID: stateID, Type: Pending, Name: "Pending", Timestamp: at}
	if stateID == "" {
		pending.ID = uuid.NewString()
	}
	err := db.exec(ctx, tx, `insert into task_run (id, created, updated, flow_run_id, name, task_key, dynamic_key, tags, task_inputs,
			state_id, state_type, state_name, state_timestamp)
		values (?1, ?2, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?2)`, r.ID, micros(at), r.FlowRunID, r.Name, r.TaskKey, r.DynamicKey,
		orEmpty(r.Tags, "[]"), orEmpty(r.Inputs, "{}"), pending.ID, pending.Type, pending.Name)
	if err != nil {
		return fmt.Errorf("keeping task run %s: %w", r.Name, err)
	}
	return db.insertTaskRunState(ctx, tx, r.ID, pending)
}

// setTaskRunState keeps a task run's state, the times that follow from it and the history. What
// may follow what is the flow's own engine's business: a retried flow runs its failed tasks again.
func (db *DB) setTaskRunState(ctx context.Context, tx *sql.Tx, id string, s State) error {
	if s.ID == "" {
		s.ID = uuid.NewString()
	}
	now := micros(s.Timestamp)
	err := db.exec(ctx, tx, `
		update task_run set
			updated = ?2, state_id = ?3, state_type = ?4, state_name = ?5, state_message = ?6, state_timestamp = ?2,
			start_time = case when ?4 = 'RUNNING' then coalesce(start_time, ?2) else start_time end,
			run_count = run_count + (?4 = 'RUNNING'),
			total_run_time = total_run_time + case when state_type = 'RUNNING' then max(0, ?2 - state_timestamp) else 0 end,
			end_time = case when ?7 then ?2 end
		where id = ?1`, id, now, s.ID, s.Type, s.Name, s.Message, s.Type.Final())
	if err != nil {
		return fmt.Errorf("changing a task run's state: %w", err)
	}
	if err := db.insertTaskRunState(ctx, tx, id, s); err != nil {
		return err
	}
	if s.Type != Running {
		err = db.exec(ctx, tx, "delete from concurrency_slot where task_run_id = ?", id)
	}
	return err
}

func (db *DB) insertTaskRunState(ctx context.Context, tx *sql.Tx, id string, s State) error {
	err := db.exec(ctx, tx, "insert into task_run_state (id, task_run_id, type, name, message, timestamp) values (?, ?, ?, ?, ?, ?)",
		s.ID, id, s.Type, s.Name, s.Message, micros(s.Timestamp))
	if err != nil {
		return fmt.Errorf("keeping a task run's state: %w", err)
	}
	return nil
}

// TaskRunStates returns all states a task run has been in, oldest first.
func (db *DB) TaskRunStates(ctx context.Context, id string) ([]State, error) {
	rows, err := db.db.QueryContext(ctx, "select id, type, name, message, timestamp from task_run_state where task_run_id = ? order by seq", id)
	return collect(rows, err, scanState)
}
