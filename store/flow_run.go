package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	sqlite3 "modernc.org/sqlite/lib"
)

// FlowRun is one run of a flow.
type FlowRun struct {
	ID                     string
	Created                time.Time
	Updated                time.Time
	Name                   string
	FlowID                 string
	FlowName               string
	DeploymentID           *string
	WorkQueueName          *string
	FlowVersion            *string
	ParentTaskRunID        *string
	Description            *string
	Parameters             json.RawMessage // object
	Tags                   json.RawMessage // list of strings
	IdempotencyKey         *string
	AutoScheduled          bool
	ExpectedStartTime      time.Time
	NextScheduledStartTime *time.Time
	StartTime              *time.Time
	EndTime                *time.Time
	TotalRunTime           time.Duration // in state Running
	RunCount               int
	State                  State
	Claim                  *string // token of the valid claim
	ClaimProcess           *string // process identity of who is responsible
	FlowProcess            *string // process identity of the flow itself
}

const flowRunColumns = `r.id, r.created, r.updated, r.name, r.flow_id, f.name, r.deployment_id, r.work_queue_name, r.flow_version,
	r.parent_task_run_id, r.description, r.parameters, r.tags, r.idempotency_key, r.auto_scheduled, r.expected_start_time,
	r.next_scheduled_start_time, r.start_time, r.end_time, r.total_run_time, r.run_count,
	r.state_id, r.state_type, r.state_name, r.state_message, r.state_timestamp, r.claim, r.claim_process, r.flow_process`

const flowRunFrom = " from flow_run r join flow f on f.id = r.flow_id "

func scanFlowRun(rows *sql.Rows) (r FlowRun, err error) {
	var total int64
	err = rows.Scan(&r.ID, inTime{&r.Created}, inTime{&r.Updated}, &r.Name, &r.FlowID, &r.FlowName, &r.DeploymentID, &r.WorkQueueName,
		&r.FlowVersion, &r.ParentTaskRunID, &r.Description, inJSON{&r.Parameters}, inJSON{&r.Tags}, &r.IdempotencyKey, &r.AutoScheduled,
		inTime{&r.ExpectedStartTime}, inNullTime{&r.NextScheduledStartTime}, inNullTime{&r.StartTime}, inNullTime{&r.EndTime}, &total,
		&r.RunCount, &r.State.ID, &r.State.Type, &r.State.Name, &r.State.Message, inTime{&r.State.Timestamp},
		&r.Claim, &r.ClaimProcess, &r.FlowProcess)
	r.TotalRunTime = time.Duration(total) * time.Microsecond
	return r, err
}

// FlowRun returns the flow run with that id, or ErrNotFound.
func (db *DB) FlowRun(ctx context.Context, id string) (FlowRun, error) {
	return flowRunWhere(ctx, db.db, "r.id = ?", id)
}

func flowRunWhere(ctx context.Context, q querier, where string, args ...any) (FlowRun, error) {
	rows, err := q.QueryContext(ctx, "select "+flowRunColumns+flowRunFrom+"where "+where, args...)
	all, err := collect(rows, err, scanFlowRun)
	if err != nil {
		return FlowRun{}, err
	}
	if len(all) == 0 {
		return FlowRun{}, ErrNotFound
	}
	return all[0], nil
}

// NewRun is a flow run that a person asks for.
type NewRun struct {
	Name           string
	Parameters     json.RawMessage // all of them, as an object
	Tags           []string        // beside the deployment's
	Description    *string
	At             time.Time // when it should start
	IdempotencyKey *string
}

// CreateFlowRun writes a run of the deployment in state Scheduled. If there is a run of the flow
// with the same idempotency key, that one is returned and nothing is written.
func (db *DB) CreateFlowRun(ctx context.Context, dep Deployment, n NewRun) (run FlowRun, existed bool, err error) {
	run = db.newFlowRun(dep, n.Name, n.Parameters)
	run.Tags = mergeTags(dep.Tags, n.Tags)
	run.Description, run.IdempotencyKey = n.Description, n.IdempotencyKey
	run.ExpectedStartTime, run.NextScheduledStartTime = n.At, &n.At
	run.State = NewState(Scheduled, "Scheduled", "", run.Created)
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error { return db.insertFlowRun(ctx, tx, run) })
	if n.IdempotencyKey != nil && sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		run, err = flowRunWhere(ctx, db.db, "r.flow_id = ? and r.idempotency_key = ?", dep.FlowID, *n.IdempotencyKey)
		return run, true, err
	}
	return run, false, err
}

// newFlowRun takes from the deployment what a run of it has.
func (db *DB) newFlowRun(dep Deployment, name string, parameters json.RawMessage) FlowRun {
	now := db.Now()
	return FlowRun{ID: uuid.NewString(), Created: now, Updated: now, Name: name, FlowID: dep.FlowID, FlowName: dep.FlowName, DeploymentID: &dep.ID,
		WorkQueueName: dep.WorkQueueName, FlowVersion: dep.Version, Parameters: parameters, Tags: dep.Tags}
}

// mergeTags returns the tags and those of more that are not among them.
func mergeTags(tags json.RawMessage, more []string) json.RawMessage {
	var all []string
	if err := json.Unmarshal(tags, &all); err != nil || len(more) == 0 {
		return tags
	}
	for _, t := range more {
		if !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	return json.RawMessage(jsonList(all))
}

// insertFlowRun writes a new run and its first state.
func (db *DB) insertFlowRun(ctx context.Context, tx *sql.Tx, r FlowRun) error {
	now := micros(r.Created)
	var end any
	if r.State.Type.Final() {
		end = micros(r.State.Timestamp)
	}
	_, err := tx.ExecContext(ctx, `
		insert into flow_run (id, created, updated, name, flow_id, deployment_id, work_queue_name, flow_version, parent_task_run_id,
			description, parameters, tags, idempotency_key, auto_scheduled, expected_start_time, next_scheduled_start_time, end_time,
			state_id, state_type, state_name, state_message, state_timestamp)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		r.ID, now, now, r.Name, r.FlowID, r.DeploymentID, r.WorkQueueName, r.FlowVersion, r.ParentTaskRunID, r.Description,
		string(r.Parameters), string(r.Tags), r.IdempotencyKey, r.AutoScheduled, micros(r.ExpectedStartTime),
		nullMicros(r.NextScheduledStartTime), end, r.State.ID, r.State.Type, r.State.Name, r.State.Message, micros(r.State.Timestamp))
	if err != nil {
		return fmt.Errorf("keeping flow run %s: %w", r.Name, err)
	}
	return addFlowRunState(ctx, tx, r.ID, r.State)
}

// DeleteFlowRun deletes a run with its states, task runs and logs, or returns ErrNotFound.
func (db *DB) DeleteFlowRun(ctx context.Context, id string) error {
	return db.changeOne(ctx, "delete from flow_run where id = ?", id)
}

// SetFlowRunState moves a run on. It returns ErrNotFound or a *TransitionError if it can't.
func (db *DB) SetFlowRunState(ctx context.Context, id string, s State) error {
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error { return setFlowRunState(ctx, tx, id, s) })
}
