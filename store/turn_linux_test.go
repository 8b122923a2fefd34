package store

import (
	"context"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// TestTurnsAreInOrder: one that has just had its turn and wants another gets it after those that
// were in line already, although it runs and they have to be woken.
func TestTurnsAreInOrder(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	process := func() *turn { // a lock is an open file's, so this is as good as one
		p := &turn{path: filepath.Join(dir, "line")}
		t.Cleanup(p.close)
		return p
	}
	greedy := process()
	done := greedy.take(ctx)
	var mu sync.Mutex
	var order []int
	came := func(i int) { mu.Lock(); defer mu.Unlock(); order = append(order, i) }
	var waiting sync.WaitGroup
	for i := range 3 {
		p := process()
		waiting.Go(func() {
			done := p.take(ctx)
			came(i)
			done()
		})
		for p.waiting.Load() == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(20 * time.Millisecond) // from the count to the line
	}
	done()
	done = greedy.take(ctx)
	came(3)
	done()
	waiting.Wait()
	if !slices.Equal(order, []int{0, 1, 2, 3}) {
		t.Errorf("they had their turns in the order %v", order)
	}
}

// TestATurnIsNotWaitedForLong: one that holds the turn, or stands in line, may have been stopped.
// It costs the next one some time, and nobody behind that one.
func TestATurnIsNotWaitedForLong(t *testing.T) {
	ctx, dir := context.Background(), t.TempDir()
	process := func() *turn {
		p := &turn{path: filepath.Join(dir, "line")}
		t.Cleanup(p.close)
		return p
	}
	stopped, next, third := process(), process(), process()
	done := stopped.take(ctx)
	next.take(ctx)() // comes back
	l, err := third.open()
	if err != nil {
		t.Fatal(err)
	}
	leave, ok := third.atOnce(l)
	if !ok {
		t.Fatal("the one behind the next waits for the stopped one as well")
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	next.take(ended)()
	leave()
	done()
	stopped.take(ctx)()
}
