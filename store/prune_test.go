package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prefect/store"
)

// ended writes a run that ended so long ago, with a task run and lines of log.
func ended(t *testing.T, db *store.DB, id string, ago time.Duration, kind store.StateType, name string, lines int) {
	t.Helper()
	at := time.Now().Add(-ago)
	events := []store.Event{
		store.FlowRunStarted{At: at, Claim: "claim-" + id, ClaimProcess: "1/2/3", Run: store.FlowRun{ID: id, Name: id, FlowName: "f",
			Parameters: json.RawMessage("{}"), Tags: json.RawMessage("[]")}},
		store.FlowRunMoved{ID: id, State: store.NewState(store.Running, "Running", "", at)},
		store.TaskRunStarted{At: at, Run: store.TaskRun{ID: "task-" + id, FlowRunID: id, Name: "t", TaskKey: "t", DynamicKey: "0"}},
		store.TaskRunMoved{ID: "task-" + id, State: store.NewState(store.Completed, "Completed", "", at)},
	}
	for n := range lines {
		events = append(events, store.LogLine{FlowRunID: id, Source: store.FromLog, Level: 20, Logger: "l", Label: "l",
			Message: fmt.Sprint(n, strings.Repeat(" text", 40)), At: at})
	}
	if kind != store.Running {
		events = append(events, store.FlowRunMoved{ID: id, State: store.NewState(kind, name, "", at)})
	}
	if err := db.Record(context.Background(), events); err != nil {
		t.Fatal(err)
	}
}

func names(t *testing.T, db *store.DB) []string {
	t.Helper()
	runs, err := db.FlowRuns(context.Background(), store.FlowRunFilter{})
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, r := range runs {
		all = append(all, r.Name)
	}
	slices.Sort(all)
	return all
}

const day = 24 * time.Hour

func TestPruneDeletesWhatIsOldAndOver(t *testing.T) {
	db := open(t)
	ctx := context.Background()
	ended(t, db, "new", day, store.Completed, "Completed", 1)
	ended(t, db, "old", 40*day, store.Completed, "Completed", 3)
	ended(t, db, "timed-out", 50*day, store.Failed, "TimedOut", 2)
	ended(t, db, "crashed", 60*day, store.Crashed, "Crashed", 0)
	ended(t, db, "still-going", 90*day, store.Running, "Running", 1)
	schedule(t, db, 1)
	for key, created := range map[string]time.Duration{"k-old": 40 * day, "k-new": day} {
		if err := db.Record(ctx, []store.Event{store.ResultCached{Key: key, Value: "v", TaskRunID: "task-old", At: time.Now().Add(-created)}}); err != nil {
			t.Fatal(err)
		}
	}

	f := store.PruneFilter{Before: time.Now().Add(-30 * day)}
	want := store.Pruned{FlowRuns: 3, TaskRuns: 3, LogLines: 5, CachedResults: 1}
	if n, err := db.CountPrune(ctx, f); err != nil || n != want {
		t.Errorf("to delete: %+v, %v", n, err)
	}
	only := store.PruneFilter{Before: f.Before, StateNames: []string{"timedout"}}
	if n, err := db.Prune(ctx, only, func(int) {}); err != nil || n != (store.Pruned{FlowRuns: 1, TaskRuns: 1, LogLines: 2}) {
		t.Errorf("only what timed out: %+v, %v", n, err)
	}
	told := 0
	n, err := db.Prune(ctx, f, func(done int) { told = done })
	if err != nil || n != (store.Pruned{FlowRuns: 2, TaskRuns: 2, LogLines: 3, CachedResults: 1}) || told != 2 {
		t.Errorf("deleted %+v, told %d, %v", n, told, err)
	}
	if got := names(t, db); !slices.Equal(got, []string{"new", "r", "still-going"}) {
		t.Errorf("left are %v", got)
	}
	if lines, err := db.Logs(ctx, "old", 0, 0); err != nil || len(lines) != 0 {
		t.Errorf("lines of a deleted run: %v, %v", lines, err)
	}
	if _, _, err := db.CachedResult(ctx, "k-new", time.Now()); err != nil {
		t.Errorf("a result that was not old is gone: %v", err)
	}
	if n, err := db.Prune(ctx, f, func(int) {}); err != nil || n != (store.Pruned{}) {
		t.Errorf("a second time: %+v, %v", n, err)
	}
}

// Retrying a flow runs its failed subflows again under their old ids.
func TestPruneKeepsSubflowsOfARunThatGoesOn(t *testing.T) {
	db := open(t)
	ended(t, db, "parent", 90*day, store.Running, "Running", 0)
	at := time.Now().Add(-80 * day)
	child := func(state store.StateType, name string) []store.Event {
		return []store.Event{
			store.FlowRunStarted{At: at, Claim: "c", ClaimProcess: "1/2/3", Run: store.FlowRun{ID: "child", Name: "child", FlowName: "g",
				ParentTaskRunID: ptr("task-parent"), Parameters: json.RawMessage("{}"), Tags: json.RawMessage("[]")}},
			store.FlowRunMoved{ID: "child", State: store.NewState(state, name, "", at)},
		}
	}
	if err := db.Record(context.Background(), child(store.Failed, "Failed")); err != nil {
		t.Fatal(err)
	}
	f := store.PruneFilter{Before: time.Now().Add(-30 * day)}
	if n, err := db.Prune(context.Background(), f, func(int) {}); err != nil || n.FlowRuns != 0 {
		t.Errorf("deleted %+v, %v", n, err)
	}
	if err := db.Record(context.Background(), []store.Event{store.FlowRunMoved{ID: "parent", State: store.NewState(store.Failed, "Failed", "", at)}}); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Prune(context.Background(), f, func(int) {}); err != nil || n.FlowRuns != 2 {
		t.Errorf("once the parent is over: %+v, %v", n, err)
	}
}

func TestShrinkGivesTheRoomBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "prefect.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ended(t, db, "old", 40*day, store.Completed, "Completed", 20_000)
	ended(t, db, "new", day, store.Completed, "Completed", 10)
	ctx := context.Background()
	before, _, err := db.Size(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Prune(ctx, store.PruneFilter{Before: time.Now().Add(-30 * day)}, func(int) {}); err != nil {
		t.Fatal(err)
	}
	if err := db.Shrink(ctx); err != nil {
		t.Fatal(err)
	}
	after, free, err := db.Size(ctx)
	if err != nil || after > before/4 || free != 0 {
		t.Errorf("of %d bytes %d are left, %d of them free: %v", before, after, free, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > before/4 {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
	if lines, err := db.Logs(ctx, "new", 0, 0); err != nil || len(lines) != 10 {
		t.Errorf("of the new run %d lines are left, %v", len(lines), err)
	}
}
