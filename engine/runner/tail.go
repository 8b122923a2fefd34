package runner

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// A tail reads what a process writes. Another process that the run has left behind may hold the
// stream open for as long as it likes, so once the run's own process is over the tail ends soon
// too, but never before all that was written until then is read, however slowly that goes.
type tail struct {
	stream stream
	read   atomic.Int64 // bytes so far
	need   atomic.Int64 // bytes to be read in any case, set when the process is over
	late   bool         // the deadline has passed
	silent bool         // nothing came since the deadline was last set
	held   bool         // another process held the stream open to the end; valid after the last Read
}

// A stream is a pipe's file or a connection.
type stream interface {
	io.ReadCloser
	SetReadDeadline(time.Time) error
}

// patience is how long a late read waits for what is there already.
const patience = 100 * time.Millisecond

// Read is io.Reader's.
func (t *tail) Read(p []byte) (int, error) {
	for {
		n, err := t.stream.Read(p)
		switch {
		case n > 0 && t.late && t.read.Load() >= t.need.Load(), n == 0 && t.silent && errors.Is(err, os.ErrDeadlineExceeded):
			t.held = true
			return 0, io.EOF
		case n > 0:
			t.read.Add(int64(n))
			t.silent = false
			return n, nil
		case !errors.Is(err, os.ErrDeadlineExceeded):
			return 0, err
		}
		// The reader may have been busy with what came before, so this is no end yet.
		t.late, t.silent = true, true
		if err := t.stream.SetReadDeadline(time.Now().Add(patience)); err != nil {
			return 0, err
		}
	}
}

// end is called when the process is over: what comes until the deadline is still read.
func (t *tail) end(deadline time.Time) {
	const inFlight = 64 << 10 // what a Read may just be taking
	t.need.Store(int64(pending(t.stream)) + t.read.Load() + inFlight)
	if err := t.stream.SetReadDeadline(deadline); err != nil { // Windows' pipes have none
		time.AfterFunc(time.Until(deadline), func() { t.stream.Close() })
	}
}
