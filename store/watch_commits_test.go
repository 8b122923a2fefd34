package store

import (
	"context"
	"sync/atomic"
	"testing"
	"time"
)

// A write comes before its commit can be seen: who looks once looks too early.
func TestCommitsAreLookedForAfterTheWrite(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	written, changed := make(chan struct{}, 1), make(chan struct{}, 1)
	var looks, visible atomic.Int64
	go tellCommits(ctx, written, changed, time.Millisecond, func() bool { looks.Add(1); return visible.CompareAndSwap(1, 0) })
	notify(written)
	for looks.Load() < 3 {
		time.Sleep(time.Millisecond)
	}
	visible.Store(1)
	select {
	case <-changed:
	case <-time.After(30 * time.Second):
		t.Fatal("a commit that could be seen late was not told of")
	}
}
