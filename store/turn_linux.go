package store

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// A turn puts the processes that want to write in line. SQLite's own lock is had by whoever happens
// to ask at the right moment, and asks ever less often: under load one waits for seconds while
// others come and go. It is about order only: who doesn't get a turn in time, or can't stand in
// line, writes when SQLite lets it.
//
// The line is a file. It holds the number of the last who came. Each takes the next number, holds a
// lock on the byte of that number until its turn is over, and waits for the byte of the number
// before: the kernel wakes that one process, and drops the lock of one that dies. A single lock
// would not do, since whoever runs just then gets it before the one that is woken.
type turn struct {
	path string
	once sync.Mutex // a process stands in line once: its locks would not be in its own way

	mu      sync.Mutex
	file    *os.File
	waiting atomic.Int32
}

// turnPatience is how long a process stays in line. One before it may be stopped.
const turnPatience = time.Second

// counter is the byte whose lock is held while a number is taken.
const counter = 1 << 62

// take waits for this process's turn; done gives it to the next. Who has lost patience with the one
// before keeps the place, so that those behind don't wait for that one as well.
func (t *turn) take(ctx context.Context) (done func()) {
	l, err := t.open()
	if err != nil {
		return func() {}
	}
	if done, ok := t.atOnce(l); ok {
		return done
	}
	var settled atomic.Bool // by whoever is first: the place in line that was got, or the end of patience
	place, turn := make(chan func(), 1), make(chan struct{})
	t.waiting.Add(1)
	go func() {
		defer t.waiting.Add(-1)
		n, leave := t.stand(l)
		if !settled.CompareAndSwap(false, true) {
			leave()
			return
		}
		place <- leave
		l.pass(n - 1)
		close(turn)
	}()
	select {
	case <-turn:
	case <-ctx.Done():
	case <-time.After(turnPatience):
	}
	if settled.CompareAndSwap(false, true) {
		return func() {}
	}
	return <-place
}

// atOnce takes the turn if nobody stands in line.
func (t *turn) atOnce(l line) (done func(), ok bool) {
	if !t.once.TryLock() {
		return nil, false
	}
	if l.try(unix.F_WRLCK, counter) == nil {
		defer l.unlock(counter)
		if n, err := l.last(); err == nil && l.try(unix.F_RDLCK, n) == nil {
			l.unlock(n)
			return t.join(l, n+1), true
		}
	}
	t.once.Unlock()
	return nil, false
}

// stand waits for a place in line.
func (t *turn) stand(l line) (n int64, leave func()) {
	t.once.Lock()
	l.lock(unix.F_WRLCK, counter)
	defer l.unlock(counter)
	n, _ = l.last() // in a line that can't be read, all are the first
	return n + 1, t.join(l, n+1)
}

// join takes a number, with the counter's lock held.
func (t *turn) join(l line, n int64) (done func()) {
	_ = l.try(unix.F_WRLCK, n)
	_ = l.setLast(n)
	return func() {
		l.unlock(n)
		t.once.Unlock()
	}
}

func (t *turn) open() (line, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file == nil {
		f, err := os.OpenFile(t.path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return line{}, err
		}
		t.file = f
	}
	return line{t.file}, nil
}

// close leaves the file open while something waits in it: its number must not be another file's.
func (t *turn) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.file != nil && t.waiting.Load() == 0 {
		t.file.Close()
		t.file = nil
	}
}

// line is the file. The locks belong to the open file, and each is on one byte.
type line struct{ *os.File }

// last is the number of the last who came; a line that is new begins with 0.
func (l line) last() (int64, error) {
	var text [8]byte
	if _, err := l.ReadAt(text[:], 0); err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	return int64(binary.LittleEndian.Uint64(text[:]) % (counter - 1)), nil
}

func (l line) setLast(n int64) error {
	_, err := l.WriteAt(binary.LittleEndian.AppendUint64(nil, uint64(n)), 0)
	return err
}

func (l line) try(kind int16, at int64) error {
	return unix.FcntlFlock(l.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: kind, Start: at, Len: 1})
}

func (l line) lock(kind int16, at int64) {
	for errors.Is(unix.FcntlFlock(l.Fd(), unix.F_OFD_SETLKW, &unix.Flock_t{Type: kind, Start: at, Len: 1}), unix.EINTR) {
		continue
	}
}

// pass waits until nobody holds the byte.
func (l line) pass(at int64) {
	l.lock(unix.F_RDLCK, at)
	l.unlock(at)
}

func (l line) unlock(at int64) { _ = l.try(unix.F_UNLCK, at) }
