package store_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"prefect/store"
)

func openAt(t *testing.T, path string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// untilQuiet returns when nothing has been told for longer than a write is told again.
func untilQuiet(changed <-chan struct{}) {
	for {
		select {
		case <-changed:
		case <-time.After(2 * time.Second):
			return
		}
	}
}

func TestWatchTellsOfCommitsOfOthers(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	path := filepath.Join(t.TempDir(), "prefect.db")
	waiting, other := openAt(t, path), openAt(t, path)
	changed := waiting.Watch(ctx, store.AtOnce)
	for _, queue := range []string{"a", "b", "c"} {
		untilQuiet(changed)
		if _, err := other.EnsureWorkQueues(ctx, []string{queue}); err != nil {
			t.Fatal(err)
		}
		select {
		case <-changed:
		case <-time.After(30 * time.Second):
			t.Fatalf("nothing was told when queue %s was made", queue)
		}
	}
}

// What is written and not committed is not told of, and neither is what this process commits.
func TestWatchTellsOfNothingElse(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	path := filepath.Join(t.TempDir(), "prefect.db")
	waiting, other := openAt(t, path), openAt(t, path)
	changed := waiting.Watch(ctx, store.AtOnce)
	if _, err := other.EnsureWorkQueues(ctx, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	untilQuiet(changed)
	if _, err := waiting.EnsureWorkQueues(ctx, []string{"b"}); err != nil {
		t.Fatal(err)
	}
	log, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path+"-wal", log.Size()); err != nil { // a write that changes nothing
		t.Fatal(err)
	}
	select {
	case <-changed:
		t.Error("something was told although nothing was committed")
	case <-time.After(2 * time.Second):
	}
}
