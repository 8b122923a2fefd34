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
// others come and go. It is about order only: who doesn't get a turn in time, or has no such files,
// writes when SQLite lets it.
//
// It takes two locks. The kernel wakes the first that waits for a lock, but whoever runs before
// that one does can still snatch it, above all the process that has just had it. So the first in
// line holds the place at the head until it has its turn, and others come no further than there.
type turn struct {
	path, headPath string // of the files whose locks are the turn and the head of the line

	mu         sync.Mutex
	file, head *os.File
	waiting    atomic.Int32
}

// turnPatience is how long a process stays in line. One that holds the turn may be stopped.
const turnPatience = time.Second

// take waits for this process's turn; done gives it to the next.
func (t *turn) take(ctx context.Context) (done func()) {
	turn, head, ok := t.open()
	if !ok {
		return func() {}
	}
	leave := func() { unlock(turn) }
	first := tryLock(head)
	if first && tryLock(turn) {
		unlock(head)
		return leave
	}
	var settled atomic.Bool // by whoever is first: the turn that was got, or the end of patience
	got := make(chan struct{})
	t.waiting.Add(1)
	go func() {
		defer t.waiting.Add(-1)
		if !first {
			lock(head)
		}
		lock(turn)
		unlock(head)
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

func tryLock(fd int) bool { return unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB) == nil }

func lock(fd int) {
	for errors.Is(unix.Flock(fd, unix.LOCK_EX), unix.EINTR) {
		continue
	}
}

func unlock(fd int) { _ = unix.Flock(fd, unix.LOCK_UN) }

func (t *turn) open() (turn, head int, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for path, file := range map[string]**os.File{t.path: &t.file, t.headPath: &t.head} {
		if *file != nil {
			continue
		}
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return 0, 0, false
		}
		*file = f
	}
	return int(t.file.Fd()), int(t.head.Fd()), true
}

// close leaves the files open while something waits for them: their numbers must not be other
// files'.
func (t *turn) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil && t.head != nil && t.waiting.Load() == 0 {
		t.file.Close()
		t.head.Close()
		t.file, t.head = nil, nil
	}
}
