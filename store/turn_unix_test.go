//go:build unix

package store

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// TestTurnsAreInOrder: one that has just had its turn and wants another gets it after those that
// were in line already, although it runs and they have to be woken.
func TestTurnsAreInOrder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	process := func() *turn { // a lock is an open file's, so this is as good as one
		p := &turn{path: filepath.Join(dir, "lock"), headPath: filepath.Join(dir, "line")}
		t.Cleanup(p.close)
		return p
	}
	greedy := process()
	done := greedy.take(ctx)
	var mu sync.Mutex
	var order []int
	var waiting sync.WaitGroup
	for i := range 3 {
		p := process()
		waiting.Go(func() {
			done := p.take(ctx)
			mu.Lock()
			order = append(order, i)
			mu.Unlock()
			time.Sleep(20 * time.Millisecond) // so that all others stand in line
			done()
		})
		for p.waiting.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // from the count to the line
	}
	done()
	done = greedy.take(ctx)
	mu.Lock()
	before := len(order)
	mu.Unlock()
	done()
	waiting.Wait()
	if before == 0 || order[0] != 0 {
		t.Errorf("the one who had its turn last had the next one after %d of 3 others, who came in the order %v", before, order)
	}
}

// TestATurnIsNotWaitedForLong: what holds the turn may have been stopped.
func TestATurnIsNotWaitedForLong(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	holder := &turn{path: filepath.Join(dir, "lock"), headPath: filepath.Join(dir, "line")}
	other := &turn{path: holder.path, headPath: holder.headPath}
	t.Cleanup(other.close)
	t.Cleanup(holder.close)
	done := holder.take(ctx)
	other.take(ctx)() // comes back
	ended, cancel := context.WithCancel(ctx)
	cancel()
	other.take(ended)()
	done()
	other.take(ctx)()
	holder.take(ctx)()
}
