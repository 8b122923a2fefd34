package storage

import (
	"context"
	"sync"
	"sync/atomic"
)

// parallel calls do for 0 to n-1, by so many goroutines, and returns the first error by number.
// After an error, or when ctx is done, no more calls are begun.
func parallel(ctx context.Context, n, workers int, do func(i int) error) error {
	var next atomic.Int64
	var stop atomic.Bool
	var mu sync.Mutex
	failedAt, failure := n, error(nil)
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for !stop.Load() && ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if err := do(i); err != nil {
					stop.Store(true)
					mu.Lock()
					if i < failedAt {
						failedAt, failure = i, err
					}
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if failure == nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return failure
}
