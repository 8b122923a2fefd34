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
	changed := waiting.Watch(ctx)
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

// The write that is told of comes before the commit can be seen: who looks once looks too early.
func TestWatchTellsOfOneWriteAgain(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	path := filepath.Join(t.TempDir(), "prefect.db")
	waiting := openAt(t, path)
	changed := waiting.Watch(ctx)
	if _, err := waiting.EnsureWorkQueues(ctx, []string{"a"}); err != nil {
		t.Fatal(err)
	}
	untilQuiet(changed)
	log, err := os.Stat(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path+"-wal", log.Size()); err != nil { // one write, that changes nothing
		t.Fatal(err)
	}
	for look := 1; look <= 5; look++ {
		select {
		case <-changed:
		case <-time.After(30 * time.Second):
			t.Fatalf("one write was told of %d times only", look-1)
		}
	}
	untilQuiet(changed) // and not for ever
}
