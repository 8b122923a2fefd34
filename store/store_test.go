package store_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"prefect/store"
)

func open(t *testing.T) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), filepath.Join(t.TempDir(), "home", "prefect.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func ptr[T any](v T) *T { return &v }

// sample is a deployment of flow "f" on queue "q".
func sample(name string) store.Deployment {
	return store.Deployment{FlowName: "f", Name: name, WorkQueueName: ptr("q"), Tags: json.RawMessage(`["a"]`),
		Parameters: json.RawMessage(`{"x":1}`), InfraOverrides: json.RawMessage(`{}`), IsScheduleActive: true,
		Infrastructure: json.RawMessage(`{"type":"process"}`), ParameterOpenAPISchema: json.RawMessage(`{}`)}
}

func apply(t *testing.T, db *store.DB, d store.Deployment) store.Applied {
	t.Helper()
	applied, err := db.ApplyDeployments(context.Background(), []store.Deployment{d})
	if err != nil {
		t.Fatal(err)
	}
	return applied[0]
}

// schedule writes n runs that are due, and returns their ids in the order in which they are due.
func schedule(t *testing.T, db *store.DB, n int) []string {
	t.Helper()
	apply(t, db, sample("d"))
	dep, err := db.DeploymentByName(context.Background(), "f", "d")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range n {
		at := time.Now().Add(time.Duration(i-n) * time.Second)
		run, _, err := db.CreateFlowRun(context.Background(), dep, store.NewRun{Name: "r", Parameters: dep.Parameters, At: at})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	return ids
}

// claim is an agent that comes once and takes at most n runs.
func claim(t *testing.T, db *store.DB, n int) []store.FlowRun {
	t.Helper()
	id := uuid.NewString()
	runs, err := db.ClaimFlowRuns(context.Background(), store.ClaimRequest{Queues: []string{"q"}, AtOnce: n, Due: time.Now(), Agent: id, Process: "1/2/" + id})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestApplyKeepsTheIDAndNamesWhatChanged(t *testing.T) {
	db := open(t)
	first := apply(t, db, sample("d"))
	if !first.Created || !first.QueueCreated {
		t.Fatalf("first apply: %+v", first)
	}
	if again := apply(t, db, sample("d")); again.ID != first.ID || again.Created || len(again.Changed) > 0 {
		t.Errorf("an unchanged deployment was changed: %+v", again)
	}
	d := sample("d")
	d.Parameters, d.Version = json.RawMessage(`{"x":2}`), ptr("v2")
	changed := apply(t, db, d)
	if changed.ID != first.ID || len(changed.Changed) != 2 || changed.Changed[0] != "version" || changed.Changed[1] != "parameters" {
		t.Errorf("changed fields: %+v", changed)
	}
}

func TestApplyIsAllOrNothing(t *testing.T) {
	db := open(t)
	bad := sample("bad")
	bad.Tags = json.RawMessage(`not JSON`)
	if _, err := db.ApplyDeployments(context.Background(), []store.Deployment{sample("good"), bad}); err == nil {
		t.Fatal("bad JSON was stored")
	}
	all, err := db.Deployments(context.Background(), store.DeploymentFilter{})
	if err != nil || len(all) != 0 {
		t.Errorf("half of the deployments were applied: %v %v", all, err)
	}
}

func TestClaimTakesTheEarliestAndOnlyOnce(t *testing.T) {
	db := open(t)
	ids := schedule(t, db, 3)
	got := claim(t, db, 2)
	if len(got) != 2 || got[0].ID != ids[0] || got[1].ID != ids[1] {
		t.Fatalf("claimed %v, want the first two of %v", got, ids)
	}
	if got[0].State.Type != store.Pending || got[0].Claim == nil {
		t.Errorf("a claimed run is %v with claim %v", got[0].State, got[0].Claim)
	}
	if rest := claim(t, db, 10); len(rest) != 1 || rest[0].ID != ids[2] {
		t.Errorf("the second claim got %v", rest)
	}
}

func TestClaimByManyAtOnceNeverTakesARunTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prefect.db")
	first, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	schedule(t, first, 100)
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[string]int{}
	for range 4 {
		wg.Go(func() {
			db, err := store.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			for {
				runs := claim(t, db, 3)
				if len(runs) == 0 {
					return
				}
				mu.Lock()
				for _, r := range runs {
					seen[r.ID]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != 100 {
		t.Errorf("%d of 100 runs were claimed", len(seen))
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("run %s was claimed %d times", id, n)
		}
	}
}

func TestQueueLimitAndPauseHoldRunsBack(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 4)
	if err := db.SetWorkQueueLimit(ctx, "q", ptr(1)); err != nil {
		t.Fatal(err)
	}
	first := claim(t, db, 10)
	if len(first) != 1 || len(claim(t, db, 10)) != 0 {
		t.Fatalf("limit 1 gave %d runs at first", len(first))
	}
	done := store.NewState(store.Completed, "Completed", "", time.Now())
	if err := db.Settle(ctx, first[0].ID, *first[0].Claim, done); err != nil {
		t.Fatal(err)
	}
	if err := db.SetWorkQueuePaused(ctx, "q", true); err != nil {
		t.Fatal(err)
	}
	if len(claim(t, db, 10)) != 0 {
		t.Error("a paused queue gave a run")
	}
	if err := db.SetWorkQueuePaused(ctx, "q", false); err != nil {
		t.Fatal(err)
	}
	if len(claim(t, db, 10)) != 1 {
		t.Error("the slot of a settled run was not free")
	}
}

func TestAFinalStateIsFinal(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 1)
	run := claim(t, db, 1)[0]
	if err := db.Settle(ctx, run.ID, *run.Claim, store.NewState(store.Crashed, "Crashed", "gone", time.Now())); err != nil {
		t.Fatal(err)
	}
	late := store.NewState(store.Completed, "Completed", "", time.Now())
	if err := db.Settle(ctx, run.ID, *run.Claim, late); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("a settled run took another state under its old claim: %v", err)
	}
	var refused *store.TransitionError
	if err := db.SetFlowRunState(ctx, run.ID, late); !errors.As(err, &refused) {
		t.Errorf("Crashed became Completed: %v", err)
	}
	if err := db.Record(ctx, []store.Event{store.FlowRunMoved{ID: run.ID, State: late}}); err != nil {
		t.Fatal(err)
	}
	got, err := db.FlowRun(ctx, run.ID)
	if err != nil || got.State.Type != store.Crashed || got.EndTime == nil || got.Claim != nil {
		t.Errorf("run is %+v, %v", got, err)
	}
	if logs, err := db.Logs(ctx, run.ID, 0, 0); err != nil || len(logs) != 1 {
		t.Errorf("the late report left %d log lines, %v", len(logs), err)
	}
}

func TestReleaseGivesARunToTheNextAndEndsTheOldClaim(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	schedule(t, db, 1)
	old := claim(t, db, 1)[0]
	if err := db.Release(ctx, old.ID, *old.Claim, "its agent is gone"); err != nil {
		t.Fatal(err)
	}
	again := claim(t, db, 1)
	if len(again) != 1 {
		t.Fatal("a released run could not be claimed")
	}
	if _, err := db.TakeClaim(ctx, old.ID, *old.Claim, "9/9/9"); !errors.Is(err, store.ErrClaimLost) {
		t.Errorf("the old claim still holds: %v", err)
	}
}

func TestRecordKeepsARunWhole(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	now := time.Now().UTC().Truncate(time.Microsecond)
	state := func(kind store.StateType, name string) store.State { return store.NewState(kind, name, "", now) }
	events := []store.Event{
		store.FlowRunStarted{Run: store.FlowRun{ID: "run", Name: "calm-otter", FlowName: "f", Parameters: json.RawMessage("{}"), Tags: json.RawMessage("[]")},
			At: now, Claim: "token", ClaimProcess: "1/2/3"},
		store.FlowRunMoved{ID: "run", State: state(store.Running, "Running")},
		store.TaskRunStarted{Run: store.TaskRun{ID: "task", FlowRunID: "run", Name: "t-1-0", TaskKey: "k", DynamicKey: "0"}, At: now},
		store.TaskRunMoved{ID: "task", State: state(store.Running, "Running")},
		store.LogLine{FlowRunID: "run", TaskRunID: "task", Source: store.FromLog, Level: 20, Logger: "l", Label: "l", Message: "hello", At: now},
	}
	if err := db.Record(ctx, events); err != nil {
		t.Fatal(err)
	}
	if err := db.Settle(ctx, "run", "token", state(store.Crashed, "Crashed")); err != nil {
		t.Fatal(err)
	}
	tasks, err := db.TaskRuns(ctx, "run")
	if err != nil || len(tasks) != 1 || tasks[0].State.Type != store.Crashed {
		t.Errorf("the task of a crashed run: %+v, %v", tasks, err)
	}
	states, err := db.FlowRunStates(ctx, "run")
	if err != nil || len(states) != 3 || states[0].Type != store.Pending || states[2].Type != store.Crashed {
		t.Errorf("history: %+v, %v", states, err)
	}
}

func TestIdempotencyKeyGivesTheSameRun(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	apply(t, db, sample("d"))
	dep, err := db.DeploymentByName(ctx, "f", "d")
	if err != nil {
		t.Fatal(err)
	}
	n := store.NewRun{Name: "r", Parameters: dep.Parameters, At: time.Now(), IdempotencyKey: ptr("k")}
	a, existed, err := db.CreateFlowRun(ctx, dep, n)
	if err != nil || existed {
		t.Fatal(existed, err)
	}
	b, existed, err := db.CreateFlowRun(ctx, dep, n)
	if err != nil || !existed || a.ID != b.ID {
		t.Errorf("second run %s (existed %v), first %s: %v", b.ID, existed, a.ID, err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if os.PathSeparator == '\\' {
		t.Skip("modes are Unix's")
	}
	db := open(t)
	schedule(t, db, 1)
	for _, suffix := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(db.Path() + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", info.Name(), info.Mode())
		}
	}
	if info, err := os.Stat(filepath.Dir(db.Path())); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v", info.Mode(), err)
	}
}

func TestOpenRefusesWhatItCannotUse(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte("this is not a database, and long enough to have a header of its own"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(ctx, text); err == nil || err.Error() != "database "+text+" is not a SQLite file" {
		t.Errorf("a text file: %v", err)
	}
	if _, err := store.Open(ctx, dir); err == nil {
		t.Error("a folder was opened")
	}
}

func TestFirstStartsAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prefect.db")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			db, err := store.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			defer db.Close()
			if _, err := db.EnsureWorkQueues(context.Background(), []string{"q"}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}
