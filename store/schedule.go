package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// ScheduledDeployment is a deployment with an active schedule, as the agent needs it to make runs.
type ScheduledDeployment struct {
	ID       string
	Schedule json.RawMessage
	Since    time.Time  // when the schedule could first have been due: the deployment's last change
	Until    *time.Time // slots up to here have been dealt with; nil if none was yet
}

// ScheduledDeployments returns the deployments with an active schedule that run on one of the queues.
func (db *DB) ScheduledDeployments(ctx context.Context, queues []string) ([]ScheduledDeployment, error) {
	rows, err := db.db.QueryContext(ctx, `
		select id, schedule, updated, scheduled_until from deployment
		where schedule is not null and is_schedule_active = 1 and work_queue_name in (select value from json_each(?)) order by id`,
		jsonList(queues))
	return collect(rows, err, func(rows *sql.Rows) (d ScheduledDeployment, err error) {
		err = rows.Scan(&d.ID, inJSON{&d.Schedule}, inTime{&d.Since}, inNullTime{&d.Until})
		return d, err
	})
}

func jsonList(names []string) string {
	text, err := json.Marshal(names)
	if err != nil {
		panic(err) // a list of strings always has a JSON form
	}
	return string(text)
}

// Slot is one instant of a schedule.
type Slot struct {
	At      time.Time
	Name    string // of the run
	Skipped string // why it will not run; empty if it will
}

// AddSlots writes a run for each slot of a deployment's schedule and remembers that all slots up
// to until are dealt with. A slot that is there already, from this process or another, is left
// alone. If the deployment's schedule is no longer the one given, or was paused, nothing is
// written and ErrNotFound is returned: the caller's slots are out of date.
func (db *DB) AddSlots(ctx context.Context, d ScheduledDeployment, slots []Slot, until time.Time) error {
	return db.inTx(ctx, func(tx *sql.Tx) error {
		dep, err := deploymentWhere(ctx, tx, "d.id = ? and d.schedule = ? and d.is_schedule_active = 1", d.ID, string(d.Schedule))
		if err != nil {
			return err
		}
		for _, slot := range slots {
			if err := db.addSlot(ctx, tx, dep, slot); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, "update deployment set scheduled_until = max(?, coalesce(scheduled_until, 0)) where id = ?", micros(until), d.ID)
		return err
	})
}

func (db *DB) addSlot(ctx context.Context, tx *sql.Tx, dep Deployment, slot Slot) error {
	run := newFlowRun(dep, slot.Name, dep.Parameters)
	run.AutoScheduled = true
	run.Tags = mergeTags(dep.Tags, []string{"auto-scheduled"})
	run.ExpectedStartTime, run.NextScheduledStartTime = slot.At, &slot.At
	run.State = NewState(Scheduled, "Scheduled", "Flow run scheduled", db.Now())
	if slot.Skipped != "" {
		run.State = NewState(Cancelled, "Skipped", slot.Skipped, db.Now())
		run.NextScheduledStartTime = nil
	}
	var there bool
	err := tx.QueryRowContext(ctx, "select exists (select 1 from flow_run where deployment_id = ? and expected_start_time = ? and auto_scheduled = 1)",
		dep.ID, micros(slot.At)).Scan(&there)
	if err != nil || there {
		return err
	}
	run.ID = uuid.NewString()
	return db.insertFlowRun(ctx, tx, run)
}

// dropFutureRuns takes away the runs that a schedule has made and nobody has claimed, and forgets
// how far the schedule had come.
func dropFutureRuns(ctx context.Context, tx *sql.Tx, deploymentID string) error {
	_, err := tx.ExecContext(ctx, `delete from flow_run
		where deployment_id = ? and auto_scheduled = 1 and state_type = 'SCHEDULED' and claim is null`, deploymentID)
	if err != nil {
		return fmt.Errorf("taking away a schedule's future runs: %w", err)
	}
	_, err = tx.ExecContext(ctx, "update deployment set scheduled_until = null where id = ?", deploymentID)
	return err
}
