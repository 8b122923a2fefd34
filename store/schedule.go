package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// A slot is one instant of a deployment's schedule. Its run is a row exactly once, by the unique
// index flow_run_slot, whoever writes it and however often. Only the next slot's row is written
// ahead of its time, so that a changed deployment takes effect at once.

// A DeploymentSchedule is what agents need to know of a deployment to make the runs of its schedule.
type DeploymentSchedule struct {
	DeploymentID string
	Name         string          // of the deployment, in full
	Schedule     json.RawMessage // object, nil for none
	Active       bool
	Since        time.Time // since when it is as it is
	// Until is up to when slots have been dealt with: the next slot, or a time past when an agent
	// has to look; nil when no slot is to come.
	Until *time.Time
}

const scheduleColumns = "d.id, f.name || '/' || d.name, d.schedule, d.is_schedule_active, d.schedule_since, d.scheduled_until"

func scanSchedule(rows *sql.Rows) (s DeploymentSchedule, err error) {
	err = rows.Scan(&s.DeploymentID, &s.Name, inJSON{&s.Schedule}, &s.Active, inTime{&s.Since}, inNullTime{&s.Until})
	return s, err
}

// DeploymentSchedule returns the schedule of the deployment with that id, or ErrNotFound.
func (db *DB) DeploymentSchedule(ctx context.Context, deploymentID string) (s DeploymentSchedule, err error) {
	rows, err := db.db.QueryContext(ctx, "select "+scheduleColumns+deploymentFrom+"where d.id = ?", deploymentID)
	all, err := collect(rows, err, scanSchedule)
	switch {
	case err != nil:
		return s, err
	case len(all) == 0:
		return s, ErrNotFound
	}
	return all[0], nil
}

// NextSlot returns when the schedule of a deployment of the queues has to be looked at next, or
// nil if none has to. It is cheap enough to be asked at every turn of an agent.
func (db *DB) NextSlot(ctx context.Context, queues []string) (next *time.Time, err error) {
	err = db.db.QueryRowContext(ctx, `
		select min((select min(scheduled_until) from deployment indexed by deployment_scheduled
			where work_queue_name = q.value and schedule is not null and is_schedule_active = 1 and scheduled_until is not null))
		from json_each(?) q`, jsonList(queues)).Scan(inNullTime{&next})
	return next, err
}

// DueSchedules returns the active schedules of the queues that have to be looked at by a time.
func (db *DB) DueSchedules(ctx context.Context, queues []string, by time.Time) ([]DeploymentSchedule, error) {
	rows, err := db.db.QueryContext(ctx, "select "+scheduleColumns+` from json_each(?) q
		cross join deployment d indexed by deployment_scheduled on d.work_queue_name = q.value cross join flow f on f.id = d.flow_id
		where d.schedule is not null and d.is_schedule_active = 1 and d.scheduled_until <= ?`, jsonList(queues), micros(by))
	return collect(rows, err, scanSchedule)
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

// AddSlots writes a run for each slot of a schedule and moves Until on: nil if no slot is to come.
// A slot that has a row is left alone, except that a run which waits and is to be skipped is. So
// is one at d.Until itself, which was written before: a row that is gone was deleted by somebody.
// If the schedule is no longer as d has it (it was changed or paused, or another agent was first),
// nothing is written and ErrNotFound is returned. skipped is how many slots were skipped by this.
func (db *DB) AddSlots(ctx context.Context, d DeploymentSchedule, slots []Slot, until *time.Time) (skipped int, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		dep, err := deploymentWhere(ctx, tx, "d.id = ? and d.schedule = ? and d.is_schedule_active = 1 and d.schedule_since = ? and d.scheduled_until is ?",
			d.DeploymentID, string(d.Schedule), micros(d.Since), nullMicros(d.Until))
		if err != nil {
			return err
		}
		for _, slot := range slots {
			written, err := db.addSlot(ctx, tx, dep, slot, d.Until)
			if err != nil {
				return err
			}
			if written && slot.Skipped != "" {
				skipped++
			}
		}
		_, err = tx.ExecContext(ctx, "update deployment set scheduled_until = ? where id = ?", nullMicros(until), d.DeploymentID)
		return err
	})
	return skipped, err
}

func (db *DB) addSlot(ctx context.Context, tx *sql.Tx, dep Deployment, slot Slot, before *time.Time) (written bool, err error) {
	var id string
	var waits bool
	err = tx.QueryRowContext(ctx, `select id, state_type = 'SCHEDULED' and claim is null from flow_run
		where deployment_id = ? and expected_start_time = ? and auto_scheduled = 1`, dep.ID, micros(slot.At)).Scan(&id, &waits)
	switch {
	case err == nil && waits && slot.Skipped != "":
		return true, setFlowRunState(ctx, tx, id, skippedState(slot.Skipped, db.Now()))
	case err == nil:
		return false, nil
	case oneRow(err) != ErrNotFound:
		return false, fmt.Errorf("looking for the run of a slot: %w", err)
	case before != nil && micros(*before) == micros(slot.At):
		return false, nil
	}
	run := db.newFlowRun(dep, slot.Name, dep.Parameters)
	run.AutoScheduled = true
	run.Tags = mergeTags(dep.Tags, []string{"auto-scheduled"})
	run.ExpectedStartTime, run.NextScheduledStartTime = slot.At, &slot.At
	run.State = NewState(Scheduled, "Scheduled", "Flow run scheduled", db.Now())
	if slot.Skipped != "" {
		run.State, run.NextScheduledStartTime = skippedState(slot.Skipped, db.Now()), nil
	}
	return true, db.insertFlowRun(ctx, tx, run)
}

// skippedState is the state of a slot that nothing will run for.
func skippedState(why string, now time.Time) State { return NewState(Cancelled, "Skipped", why, now) }

// SetSchedule gives a deployment another schedule, nil for none, or returns ErrNotFound. changed
// is false if it has that one. Whether it is paused stays.
func (db *DB) SetSchedule(ctx context.Context, deploymentID string, schedule json.RawMessage) (changed bool, err error) {
	return db.updateSchedule(ctx, deploymentID, func(d *Deployment) { d.Schedule = schedule })
}

// SetSchedulePaused pauses or resumes a deployment's schedule, or returns ErrNotFound. changed is
// false if it was that way.
func (db *DB) SetSchedulePaused(ctx context.Context, deploymentID string, paused bool) (changed bool, err error) {
	return db.updateSchedule(ctx, deploymentID, func(d *Deployment) { d.IsScheduleActive = !paused })
}

func (db *DB) updateSchedule(ctx context.Context, id string, edit func(*Deployment)) (changed bool, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		old, err := deploymentWhere(ctx, tx, "d.id = ?", id)
		if err != nil {
			return err
		}
		d := old
		edit(&d)
		if changed = len(changedFields(old, d)) > 0; !changed {
			return nil
		}
		return db.updateDeployment(ctx, tx, old, d)
	})
	return changed, err
}

// scheduleChanged does what follows for the runs of a schedule from a change of its deployment. The
// run of a slot to come is taken away: it is made anew from what the deployment is now. If the
// schedule itself was changed, paused or resumed, runs that were due and still wait are skipped, and
// slots count from now on.
func (db *DB) scheduleChanged(ctx context.Context, tx *sql.Tx, old, d Deployment) error {
	now := db.Now()
	if err := dropWaitingRuns(ctx, tx, old.ID, now); err != nil {
		return err
	}
	changed := string(old.Schedule) != string(d.Schedule)
	if !changed && old.IsScheduleActive == d.IsScheduleActive {
		// Slots that were missed and not yet dealt with stay to be dealt with.
		_, err := tx.ExecContext(ctx, "update deployment set scheduled_until = min(scheduled_until, ?) where id = ?", micros(now), old.ID)
		return err
	}
	why := "The schedule was changed before the run had started."
	if !changed {
		why = "The schedule was paused before the run had started."
	}
	if err := skipWaitingRuns(ctx, tx, old.ID, skippedState(why, now)); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "update deployment set scheduled_until = ?1, schedule_since = case when ?2 then ?1 else schedule_since end where id = ?3",
		micros(now), changed, old.ID)
	return err
}

// dropWaitingRuns takes away the runs for slots after a time that nobody has claimed.
func dropWaitingRuns(ctx context.Context, tx *sql.Tx, deploymentID string, after time.Time) error {
	_, err := tx.ExecContext(ctx, `delete from flow_run
		where deployment_id = ? and auto_scheduled = 1 and expected_start_time > ? and state_type = 'SCHEDULED' and claim is null`, deploymentID, micros(after))
	if err != nil {
		return fmt.Errorf("taking away a schedule's runs to come: %w", err)
	}
	return nil
}

func skipWaitingRuns(ctx context.Context, tx *sql.Tx, deploymentID string, s State) error {
	waiting, err := ids(ctx, tx, `select id from flow_run indexed by flow_run_by_state
		where state_type = 'SCHEDULED' and deployment_id = ? and auto_scheduled = 1 and claim is null`, deploymentID)
	if err != nil {
		return err
	}
	for _, id := range waiting {
		s.ID = uuid.NewString()
		if err := setFlowRunState(ctx, tx, id, s); err != nil {
			return err
		}
	}
	return nil
}

// aheadAtMost bounds which skipped slots ForgetSkippedAhead takes for a slip of the clock. One that
// shows 1970, as a machine without a battery has it after a start, is no reason to forget anything.
const aheadAtMost = 48 * time.Hour

// ForgetSkippedAhead takes back that slots were skipped which are yet to come, as a clock that was
// ahead for a while leaves them. They come up again at their time.
func (db *DB) ForgetSkippedAhead(ctx context.Context) error {
	now := db.Now()
	const ahead = "auto_scheduled = 1 and state_name = 'Skipped' and expected_start_time > ? and expected_start_time <= ?"
	rows, err := db.db.QueryContext(ctx, "select distinct deployment_id from flow_run indexed by flow_run_by_expected_start where deployment_id is not null and "+ahead,
		micros(now), micros(now.Add(aheadAtMost)))
	deployments, err := collect(rows, err, scanText)
	if err != nil || len(deployments) == 0 {
		return err
	}
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range deployments {
			_, err := tx.ExecContext(ctx, "delete from flow_run where deployment_id = ? and "+ahead, id, micros(now), micros(now.Add(aheadAtMost)))
			if err != nil {
				return err
			}
			if err := dropWaitingRuns(ctx, tx, id, now); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "update deployment set scheduled_until = ? where id = ?", micros(now), id); err != nil {
				return err
			}
		}
		return nil
	})
}
