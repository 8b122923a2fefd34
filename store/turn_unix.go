//go:build unix

package store

import (
	"context"
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A turn puts the processes that want to write in line. SQLite's own lock is had by whoever happens
// to ask at the right moment, and asks ever less often: under load one waits for seconds while
// others come and go. The kernel wakes the first in line at once. It is about order only: who
// doesn't get a turn in time, or has no such file, writes when SQLite lets it.
type turn struct {
	path string

	mu      sync.Mutex
	file    *os.File
	waiting atomic.Int32
}

// turnPatience is how long a process stays in line. One that holds the turn may be stopped.
const turnPatience = time.Second

// take waits for this process's turn; done gives it to the next.
func (t *turn) take(ctx context.Context) (done func()) {
	fd, ok := t.open()
	if !ok {
		return func() {}
	}
	leave := func() { _ = unix.Flock(fd, unix.LOCK_UN) }
	if unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) == nil {
		return leave
	}
	var settled atomic.Bool // by whoever is first: the lock that was got, or the end of patience
	got := make(chan struct{})
	t.waiting.Add(1)
	go func() {
		defer t.waiting.Add(-1)
		for errors.Is(unix.Flock(fd, unix.LOCK_EX), unix.EINTR) {
			continue
		}
		if !settled.CompareAndSwap(false, true) {
			leave()
		}
		close(got)
	}()
	select {
	case <-got:
		return leave
	case <-ctx.Done():
	case <-time.After(turnPatience):
	}
	if settled.CompareAndSwap(false, true) {
		return func() {}
	}
	return leave
}

func (t *turn) open() (fd int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		f, err := os.OpenFile(t.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return 0, false
		}
		t.file = f
	}
	return int(t.file.Fd()), true
}

// close leaves the file open while something waits for it: its number must not be another file's.
func (t *turn) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil && t.waiting.Load() == 0 {
		t.file.Close()
		t.file = nil
	}
}
