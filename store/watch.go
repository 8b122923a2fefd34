package store

import (
	"context"
	"time"
)

// breath bounds how often a change is told: a run that logs commits hundreds of times a second.
const breath = 5 * time.Millisecond

// Watch tells over the channel, until ctx ends, that some process may have committed something,
// this one included. Several changes may be told as one. A change that the system doesn't report
// is not told, so whoever waits looks for itself once in a while.
func (db *DB) Watch(ctx context.Context) <-chan struct{} {
	changed := make(chan struct{}, 1)
	go watch(ctx, db.path, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	return changed
}
