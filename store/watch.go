package store

import (
	"context"
	"time"
)

const (
	// breath bounds how often a change is told: a run that logs commits hundreds of times a second.
	breath = 5 * time.Millisecond
	// longestEcho is how long at most it is until a write is told of once more.
	longestEcho = time.Second
)

// Watch tells over the channel, until ctx ends, that some process may have committed something,
// this one included. Several changes may be told as one. A change that the system doesn't report
// is not told, so whoever waits looks for itself once in a while.
//
// What the system reports is the write to the log. The commit is there to be seen only when that is
// on the disk, which nothing reports, so each write is told of more than once.
func (db *DB) Watch(ctx context.Context) <-chan struct{} {
	written, changed := make(chan struct{}, 1), make(chan struct{}, 1)
	go watch(ctx, db.path, func() { notify(written) })
	go echo(ctx, written, changed)
	return changed
}

// echo tells of each write at once and, until the next one, again after pauses that double.
func echo(ctx context.Context, written <-chan struct{}, changed chan<- struct{}) {
	again := breath
	timer := time.NewTimer(again)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-written:
			again = breath
		case <-timer.C:
			again *= 2
		}
		notify(changed)
		if again < longestEcho {
			timer.Reset(again)
		}
	}
}

// notify leaves word, once, for whoever looks next.
func notify(c chan<- struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
