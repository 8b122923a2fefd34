package storage

import (
	"context"
	"sync"
	"sync/atomic"
)

// parallel calls do for 0 to n-1, by so many goroutines, and returns the first error by number.
// After an error, or when ctx is done, no more calls are begun.
func parallel(ctx context.Context, n, workers int, do func(i int) error) error {
	return parallelWith(ctx, n, workers, func() (func(i int) error, func()) { return do, func() {} })
}

// parallelWith is parallel where each goroutine begins with something of its own, and ends it.
func parallelWith(ctx context.Context, n, workers int, begin func() (do func(i int) error, end func())) error {
	var next atomic.Int64
	var stop atomic.Bool
	var mu sync.Mutex
	failedAt, failure := n, error(nil)
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			do, end := begin()
			defer end()
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
		return ctx.Err()
	}
	return failure
}
