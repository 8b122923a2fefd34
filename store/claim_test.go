package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"prefect/store"
)

// request is what an agent that is known to the database asks for.
func request(t *testing.T, db *store.DB, agent string, limit int) store.ClaimRequest {
	t.Helper()
	a := store.Agent{ID: agent, Process: agent + "/1/boot", Queues: []string{"q"}, Started: time.Now()}
	if err := db.AddAgent(context.Background(), a); err != nil {
		t.Fatal(err)
	}
	return store.ClaimRequest{Queues: a.Queues, Limit: limit, Due: time.Now(), Agent: a.ID, Process: a.Process}
}

func claims(t *testing.T, db *store.DB, req store.ClaimRequest) []store.FlowRun {
	t.Helper()
	runs, err := db.ClaimFlowRuns(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestAnAgentsLimitCountsItsLiveRunsAndThoseOfDeadAgents(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 9)
	first, second := request(t, db, "1", 2), request(t, db, "2", 3)
	if n := len(claims(t, db, first)); n != 2 {
		t.Fatalf("limit 2 gave %d runs", n)
	}
	if n := len(claims(t, db, first)); n != 0 {
		t.Errorf("limit 2 gave %d more while both were going", n)
	}
	if n := len(claims(t, db, second)); n != 3 {
		t.Errorf("the other agent's runs count for its limit of 3: it got %d", n)
	}
	if err := db.RemoveAgent(ctx, "1"); err != nil { // it was killed, its runs go on
		t.Fatal(err)
	}
	third := request(t, db, "3", 3)
	got := claims(t, db, third)
	if len(got) != 1 {
		t.Fatalf("beside 2 runs left by a dead agent a limit of 3 gave %d", len(got))
	}
	end := store.NewState(store.Completed, "Completed", "", time.Now())
	if err := db.Settle(ctx, got[0].ID, *got[0].Claim, end); err != nil {
		t.Fatal(err)
	}
	if n := len(claims(t, db, third)); n != 1 {
		t.Errorf("the slot of a run that is over gave %d", n)
	}
}

func TestRunsThatWaitForTheirSupervisorsAreBounded(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 5)
	req := request(t, db, "1", 0)
	req.AtOnce = 2
	got := claims(t, db, req)
	if len(got) != 2 || len(claims(t, db, req)) != 0 {
		t.Fatalf("got %d at once", len(got))
	}
	if _, err := db.TakeClaim(ctx, got[0].ID, *got[0].Claim, "7/7/boot"); err != nil {
		t.Fatal(err)
	}
	if n := len(claims(t, db, req)); n != 1 {
		t.Errorf("once one was taken over, %d more were claimed", n)
	}
}

func TestAClaimThatWasTakenOverIsGoodForNothing(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 1)
	old := claims(t, db, request(t, db, "1", 0))[0]
	run, err := db.TakeClaim(ctx, old.ID, *old.Claim, "7/7/boot")
	if err != nil || *run.ClaimProcess != "7/7/boot" || *run.Claim == *old.Claim {
		t.Fatalf("taken over: %+v, %v", run, err)
	}
	if _, err := db.TakeClaim(ctx, old.ID, *old.Claim, "8/8/boot"); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("it could be taken over twice: %v", err)
	}
	if err := db.Release(ctx, old.ID, *old.Claim, "gone"); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("a run that a supervisor has could be given back: %v", err)
	}
	if err := db.Postpone(ctx, old.ID, *old.Claim, "gone"); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("a run that a supervisor has could be put off: %v", err)
	}
	if err := db.StartFlow(ctx, run.ID, *run.Claim); err != nil {
		t.Errorf("the new claim doesn't hold: %v", err)
	}
}

func TestPostponeWaitsLongerEachTime(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 1)
	now := time.Now()
	db.Now = func() time.Time { return now }
	req := request(t, db, "1", 0)
	for i, wait := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		req.Due = now
		got := claims(t, db, req)
		if len(got) != 1 {
			t.Fatalf("attempt %d: the run can't be claimed", i)
		}
		if err := db.Postpone(ctx, got[0].ID, *got[0].Claim, "no memory"); err != nil {
			t.Fatal(err)
		}
		run, err := db.FlowRun(ctx, got[0].ID)
		if err != nil || run.Claim != nil || run.State.Type != store.Scheduled || *run.State.Message != "no memory" {
			t.Fatalf("put off: %+v, %v", run, err)
		}
		if ahead := run.NextScheduledStartTime.Sub(now); ahead.Round(time.Millisecond) != wait*time.Second {
			t.Errorf("attempt %d: put off by %v, want %v", i, ahead, wait*time.Second)
		}
		now = *run.NextScheduledStartTime
	}
}

// family is a claimed run with an open task, a subflow that is over with an open task of its own,
// and a subflow that goes on.
func family(t *testing.T, db *store.DB) store.FlowRun {
	t.Helper()
	schedule(t, db, 1)
	run := claim(t, db, 1)[0]
	now := time.Now()
	moved := func(id string, kind store.StateType, name string) store.Event {
		return store.TaskRunMoved{ID: id, State: store.NewState(kind, name, "", now)}
	}
	task := func(id, flowRun string) store.Event {
		return store.TaskRunStarted{At: now, Run: store.TaskRun{ID: id, FlowRunID: flowRun, Name: id, TaskKey: id, DynamicKey: "0"}}
	}
	sub := func(id, parent string) store.Event {
		return store.FlowRunStarted{At: now, Claim: *run.Claim, ClaimProcess: "1/1/b", Run: store.FlowRun{ID: id, Name: id, FlowName: "sub",
			ParentTaskRunID: &parent, Parameters: json.RawMessage("{}"), Tags: json.RawMessage("[]")}}
	}
	err := db.Record(context.Background(), []store.Event{
		store.FlowRunMoved{ID: run.ID, State: store.NewState(store.Running, "Running", "", now)},
		task("new", run.ID), task("open", run.ID), moved("open", store.Running, "Running"),
		task("t1", run.ID), moved("t1", store.Running, "Running"), sub("over", "t1"), task("under-over", "over"), moved("under-over", store.Running, "Running"),
		store.FlowRunMoved{ID: "over", State: store.NewState(store.Failed, "TimedOut", "", now)}, moved("t1", store.Failed, "TimedOut"),
		task("t2", run.ID), moved("t2", store.Running, "Running"), sub("going", "t2"),
		store.FlowRunMoved{ID: "going", State: store.NewState(store.Running, "Running", "", now)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return run
}

func TestTheEndOfARunIsTheEndOfAllItStarted(t *testing.T) {
	ends := map[string]func(db *store.DB, run store.FlowRun) error{
		"finish": func(db *store.DB, run store.FlowRun) error {
			_, err := db.Finish(context.Background(), run.ID, *run.Claim, store.NewState(store.Crashed, "Crashed", "gone", time.Now()))
			return err
		},
		"finish after the flow's own end": func(db *store.DB, run store.FlowRun) error {
			own := store.NewState(store.Completed, "Completed", "", time.Now())
			if err := db.Record(context.Background(), []store.Event{store.FlowRunMoved{ID: run.ID, State: own}}); err != nil {
				return err
			}
			end, err := db.Finish(context.Background(), run.ID, *run.Claim, store.NewState(store.Crashed, "Crashed", "gone", time.Now()))
			if end.ID != own.ID {
				t.Errorf("the flow's own end became %v", end)
			}
			return err
		},
		"recovery": func(db *store.DB, run store.FlowRun) error {
			n, err := db.EndClaim(context.Background(), *run.Claim, store.NewState(store.Crashed, "Crashed", "gone", time.Now()))
			if n != 1 {
				t.Errorf("%d runs ended", n)
			}
			return err
		},
	}
	for name, end := range ends {
		t.Run(name, func(t *testing.T) {
			db := open(t)
			run := family(t, db)
			if err := end(db, run); err != nil {
				t.Fatal(err)
			}
			for _, id := range []string{run.ID, "over", "going"} {
				if r, err := db.FlowRun(context.Background(), id); err != nil || !r.State.Type.Final() || r.EndTime == nil || r.Claim != nil {
					t.Errorf("flow run %s is %v, claim %v, %v", id, r.State, r.Claim, err)
				}
				tasks, err := db.TaskRuns(context.Background(), id)
				if err != nil {
					t.Fatal(err)
				}
				for _, task := range tasks {
					if task.State == nil || !task.State.Type.Final() || task.EndTime == nil {
						t.Errorf("task run %s is %v", task.ID, task.State)
					}
				}
			}
		})
	}
}

func TestFinishNeedsTheClaim(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 1)
	run := claim(t, db, 1)[0]
	_, err := db.Finish(ctx, run.ID, "another", store.NewState(store.Completed, "Completed", "", time.Now()))
	if !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("a run was ended without its claim: %v", err)
	}
	if now, err := db.FlowRun(ctx, run.ID); err != nil || now.State.ID != run.State.ID {
		t.Errorf("the run is %v, %v", now.State, err)
	}
}
