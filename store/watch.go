package store

import (
	"context"
	"time"
)

// AtOnce is for Watch: changes are told as they come, up to hundreds in a second, as many as a run
// commits that logs much.
const AtOnce = 5 * time.Millisecond

// lastLook is the longest pause after which a commit is looked for.
const lastLook = time.Second

// Watch tells over the channel, until ctx ends, that another process may have committed something.
// What comes within a time of another change is told with the next one. A change that the system
// doesn't report is not told, so whoever waits looks for itself once in a while.
//
// What the system reports is the write to the log. The commit is there to be seen only when that is
// on the disk, which nothing reports, so after each write the database is asked more than once.
func (db *DB) Watch(ctx context.Context, within time.Duration) <-chan struct{} {
	written, changed := make(chan struct{}, 1), make(chan struct{}, 1)
	watch(ctx, db.path, within, func() { notify(written) })
	go tellCommits(ctx, written, changed, within/2, db.commits(ctx))
	return changed
}

// commits returns a function that reports whether another connection may have committed something
// since it was last called. One that can't be told is taken for one.
func (db *DB) commits(ctx context.Context) func() bool {
	seen := int64(-1)
	return func() bool {
		var version int64
		err := db.db.QueryRowContext(ctx, "pragma data_version").Scan(&version)
		before := seen
		seen = version
		return err != nil || version != before
	}
}

// tellCommits looks for a commit at each write and, until the next one, again after pauses that
// double from the first one on.
func tellCommits(ctx context.Context, written <-chan struct{}, changed chan<- struct{}, first time.Duration, committed func() bool) {
	pause := first
	timer := time.NewTimer(pause)
	timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-written:
			pause = first
		case <-timer.C:
			pause *= 2
		}
		if committed() {
			notify(changed)
		}
		if pause < lastLook {
			timer.Reset(pause)
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
