package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"prefect/store"
)

// scheduled is a database with deployment f/d on an hourly schedule, and a clock to be set.
func scheduled(t *testing.T) (db *store.DB, clock *time.Time, due func() store.DeploymentSchedule) {
	t.Helper()
	db = open(t)
	now := time.Date(2024, 5, 14, 10, 30, 0, 0, time.UTC)
	db.Now = func() time.Time { return now }
	apply(t, db, hourly())
	return db, &now, func() store.DeploymentSchedule {
		t.Helper()
		all, err := db.DueSchedules(context.Background(), []string{"q"}, now)
		if err != nil || len(all) != 1 {
			t.Fatalf("due schedules: %v %v", all, err)
		}
		return all[0]
	}
}

func hourly() store.Deployment {
	d := sample("d")
	d.Schedule = json.RawMessage(`{"cron":"0 * * * *"}`)
	return d
}

func addSlots(t *testing.T, db *store.DB, d store.DeploymentSchedule, until time.Time, slots ...store.Slot) {
	t.Helper()
	if _, err := db.AddSlots(context.Background(), d, slots, &until); err != nil {
		t.Fatal(err)
	}
}

// rows are the names of the states of a deployment's runs, by the hour they are expected at.
func rows(t *testing.T, db *store.DB) map[int]string {
	t.Helper()
	runs, err := db.FlowRuns(context.Background(), store.FlowRunFilter{})
	if err != nil {
		t.Fatal(err)
	}
	states := map[int]string{}
	for _, r := range runs {
		states[r.ExpectedStartTime.Hour()] = r.State.Name
	}
	if len(states) != len(runs) {
		t.Errorf("an instant has two rows: %v", runs)
	}
	return states
}

func wantRows(t *testing.T, db *store.DB, want map[int]string) {
	t.Helper()
	got := rows(t, db)
	for hour, name := range want {
		if got[hour] != name {
			t.Errorf("%d:00 is %q, want %q", hour, got[hour], name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("rows %v, want %v", got, want)
	}
}

func at(hour int) time.Time { return time.Date(2024, 5, 14, hour, 0, 0, 0, time.UTC) }

func slot(hour int, skipped string) store.Slot {
	return store.Slot{At: at(hour), Name: "r", Skipped: skipped}
}

func TestASlotIsWrittenOnce(t *testing.T) {
	db, clock, due := scheduled(t)
	d := due()
	addSlots(t, db, d, at(11), slot(11, ""))
	if _, err := db.AddSlots(context.Background(), d, []store.Slot{slot(11, "")}, ptr(at(11))); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a second agent wrote what a first one had: %v", err)
	}
	*clock = at(13)
	addSlots(t, db, due(), at(14), slot(11, ""), slot(12, "late"), slot(13, ""), slot(14, ""))
	wantRows(t, db, map[int]string{11: "Scheduled", 12: "Skipped", 13: "Scheduled", 14: "Scheduled"})
	if next, err := db.NextSlot(context.Background(), []string{"q", "x"}); err != nil || !next.Equal(at(14)) {
		t.Errorf("next slot: %v %v", next, err)
	}
}

func TestARunThatWaitsCanBeSkippedAndOneThatRunsCanNot(t *testing.T) {
	db, clock, due := scheduled(t)
	addSlots(t, db, due(), at(11), slot(11, ""))
	*clock = at(11)
	addSlots(t, db, due(), at(12), slot(11, ""), slot(12, ""))
	if runs := claim(t, db, 1); len(runs) != 1 || !runs[0].ExpectedStartTime.Equal(at(11)) {
		t.Fatalf("claimed %v", runs)
	}
	*clock = at(13)
	skipped, err := db.AddSlots(context.Background(), due(), []store.Slot{slot(11, "late"), slot(12, "late"), slot(13, "")}, ptr(at(14)))
	if err != nil || skipped != 1 {
		t.Errorf("skipped %d, %v", skipped, err)
	}
	wantRows(t, db, map[int]string{11: "Pending", 12: "Skipped", 13: "Scheduled"})
}

// The run of a slot that a person has deleted doesn't come back.
func TestADeletedSlotStaysDeleted(t *testing.T) {
	db, clock, due := scheduled(t)
	addSlots(t, db, due(), at(11), slot(11, ""))
	runs, err := db.FlowRuns(context.Background(), store.FlowRunFilter{})
	if err != nil || len(runs) != 1 {
		t.Fatal(runs, err)
	}
	if err := db.DeleteFlowRun(context.Background(), runs[0].ID); err != nil {
		t.Fatal(err)
	}
	*clock = at(11)
	addSlots(t, db, due(), at(12), slot(11, ""), slot(12, ""))
	wantRows(t, db, map[int]string{12: "Scheduled"})
}

func TestAChangedScheduleTakesItsRunsAway(t *testing.T) {
	for name, change := range map[string]func(*testing.T, *store.DB, string){
		"another schedule": func(t *testing.T, db *store.DB, _ string) {
			d := hourly()
			d.Schedule = json.RawMessage(`{"cron":"30 * * * *"}`)
			apply(t, db, d)
		},
		"no schedule": func(t *testing.T, db *store.DB, _ string) { apply(t, db, sample("d")) },
		"set": func(t *testing.T, db *store.DB, id string) {
			if changed, err := db.SetSchedule(context.Background(), id, json.RawMessage(`{"interval":60}`)); err != nil || !changed {
				t.Fatal(changed, err)
			}
		},
		"paused": func(t *testing.T, db *store.DB, id string) {
			if changed, err := db.SetSchedulePaused(context.Background(), id, true); err != nil || !changed {
				t.Fatal(changed, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			db, clock, due := scheduled(t)
			addSlots(t, db, due(), at(11), slot(11, ""))
			*clock = at(11)
			d := due()
			addSlots(t, db, d, at(12), slot(11, ""), slot(12, ""))
			change(t, db, d.DeploymentID)
			wantRows(t, db, map[int]string{11: "Skipped"})
			*clock = at(12)
			if _, err := db.AddSlots(context.Background(), d, []store.Slot{slot(12, "")}, nil); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("slots of the old schedule were written: %v", err)
			}
		})
	}
}

// Slots from the time of a pause are not made up for.
func TestAResumedScheduleCountsFromThen(t *testing.T) {
	db, clock, due := scheduled(t)
	d := due()
	addSlots(t, db, d, at(11), slot(11, ""))
	for i, paused := range []bool{true, false, false} {
		*clock = at(12 + i)
		if changed, err := db.SetSchedulePaused(context.Background(), d.DeploymentID, paused); err != nil || changed != (i < 2) {
			t.Fatal(changed, err)
		}
	}
	if again := due(); !again.Until.Equal(at(13)) || !again.Since.Equal(d.Since) {
		t.Errorf("until %v since %v", again.Until, again.Since)
	}
}

// A run that was made ahead has the parameters that hold when it starts.
func TestAChangedDeploymentMakesItsNextRunAnew(t *testing.T) {
	db, _, due := scheduled(t)
	addSlots(t, db, due(), at(11), slot(11, ""))
	changed := hourly()
	changed.Parameters = json.RawMessage(`{"x":2}`)
	apply(t, db, changed)
	wantRows(t, db, map[int]string{})
	addSlots(t, db, due(), at(11), slot(11, ""))
	runs, err := db.FlowRuns(context.Background(), store.FlowRunFilter{})
	if err != nil || len(runs) != 1 || string(runs[0].Parameters) != `{"x":2}` {
		t.Errorf("%v %v", runs, err)
	}
	apply(t, db, changed) // nothing is changed by this
	wantRows(t, db, map[int]string{11: "Scheduled"})
}

// Missed slots that no agent has dealt with stay to be dealt with when the deployment is changed
// in another way.
func TestAnUnrelatedChangeForgetsNoMissedSlots(t *testing.T) {
	db, clock, due := scheduled(t)
	addSlots(t, db, due(), at(11), slot(11, ""))
	*clock = at(15)
	d := hourly()
	d.Version = ptr("2")
	apply(t, db, d)
	wantRows(t, db, map[int]string{11: "Scheduled"})
	if d := due(); !d.Until.Equal(at(11)) {
		t.Errorf("slots since 11:00 are forgotten: %v", d.Until)
	}
}

func TestADeletedDeploymentTakesItsWaitingRunsWithIt(t *testing.T) {
	db, clock, due := scheduled(t)
	d := due()
	addSlots(t, db, d, at(11), slot(11, ""))
	*clock = at(11)
	addSlots(t, db, due(), at(12), slot(11, ""), slot(12, ""))
	if err := db.DeleteDeployment(context.Background(), d.DeploymentID); err != nil {
		t.Fatal(err)
	}
	wantRows(t, db, map[int]string{})
}

func TestWhatAClockAheadHasSkippedComesUpAgain(t *testing.T) {
	db, clock, due := scheduled(t)
	addSlots(t, db, due(), at(11), slot(11, ""))
	*clock = at(14)
	addSlots(t, db, due(), at(15), slot(11, "late"), slot(12, "late"), slot(13, "late"), slot(14, ""), slot(15, ""))
	*clock = at(12)
	if err := db.ForgetSkippedAhead(context.Background()); err != nil {
		t.Fatal(err)
	}
	wantRows(t, db, map[int]string{11: "Skipped", 12: "Skipped"})
	if d := due(); !d.Until.Equal(at(12)) {
		t.Errorf("until %v", d.Until)
	}
	*clock = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)
	if err := db.ForgetSkippedAhead(context.Background()); err != nil {
		t.Fatal(err)
	}
	wantRows(t, db, map[int]string{11: "Skipped", 12: "Skipped"})
}
