package store_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"prefect/store"
)

func TestWatchTellsOfCommitsOfOthers(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	path := filepath.Join(t.TempDir(), "prefect.db")
	open := func() *store.DB {
		db, err := store.Open(ctx, path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	waiting, other := open(), open()
	changed := waiting.Watch(ctx)
	for _, queue := range []string{"a", "b", "c"} {
		for drained := false; !drained; {
			select {
			case <-changed:
			case <-time.After(50 * time.Millisecond):
				drained = true
			}
		}
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
