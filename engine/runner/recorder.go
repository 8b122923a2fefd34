package runner

import (
	"context"
	"fmt"
	"sync"
	"time"

	"prefect/store"
)

// A recorder writes events to the database in the order in which they come, many to a
// transaction. Its queue is bounded in bytes: when the disk is slower than the flow, put waits,
// the channel fills up and the flow slows down. Nothing is dropped.
type recorder struct {
	db   *store.DB
	warn func(string)

	mu      sync.Mutex
	changed sync.Cond
	queue   []store.Event
	bytes   int
	hurry   bool // somebody waits for the queue to be written
	closed  bool
	writing bool
	broken  error // the database can't be written any more: the events are lost, and it is said
	done    chan struct{}
}

const (
	queueBytes = 8 << 20
	batchSize  = 2000
	// linger is how long events are gathered. It bounds how late `logs -f` sees a line.
	linger = 5 * time.Millisecond
	// eventBytes stands for what an event takes beside its text.
	eventBytes = 400
)

func newRecorder(db *store.DB, warn func(string)) *recorder {
	r := &recorder{db: db, warn: warn, done: make(chan struct{})}
	r.changed.L = &r.mu
	go r.run()
	return r
}

// put queues an event; textBytes is the size of its texts.
func (r *recorder) put(e store.Event, textBytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.bytes > queueBytes && !r.closed {
		r.changed.Wait()
	}
	r.queue = append(r.queue, e)
	r.bytes += textBytes + eventBytes
	r.changed.Broadcast()
}

// flush waits until everything put before is committed, or tells why it can't be.
func (r *recorder) flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hurry = true
	r.changed.Broadcast()
	for (len(r.queue) > 0 || r.writing) && r.broken == nil {
		r.changed.Wait()
	}
	r.hurry = false
	return r.broken
}

// close writes what is queued and ends the recorder.
func (r *recorder) close() error {
	err := r.flush()
	r.mu.Lock()
	r.closed = true
	r.changed.Broadcast()
	r.mu.Unlock()
	<-r.done
	return err
}

func (r *recorder) run() {
	defer close(r.done)
	for {
		batch, ok := r.take()
		if !ok {
			return
		}
		err := r.write(batch)
		r.mu.Lock()
		r.writing = false
		if err != nil && r.broken == nil {
			r.broken = err
			r.warn(err.Error())
		}
		r.changed.Broadcast()
		r.mu.Unlock()
	}
}

// take waits for events and takes a batch of them.
func (r *recorder) take() ([]store.Event, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) == 0 {
		if r.closed {
			return nil, false
		}
		r.changed.Wait()
	}
	if !r.hurry && len(r.queue) < batchSize {
		r.mu.Unlock()
		time.Sleep(linger)
		r.mu.Lock()
	}
	n := min(len(r.queue), batchSize)
	batch := r.queue[:n:n]
	if r.queue = r.queue[n:]; len(r.queue) == 0 {
		r.queue, r.bytes = nil, 0
	} else {
		r.bytes -= r.bytes * n / (n + len(r.queue))
	}
	r.writing = true
	return batch, true
}

// write commits a batch. A full disk or a long lock is waited for, since the flow's own work is
// worth more than the time; a damaged file is given up; an event that doesn't fit the schema is
// left out by itself.
func (r *recorder) write(batch []store.Event) error {
	var warned time.Time
	for {
		err := r.db.Record(context.Background(), batch)
		if err == nil {
			return nil
		}
		problem, known := r.db.Problem(err)
		switch {
		case !known && len(batch) == 1:
			r.warn(fmt.Sprintf("one event of the run was not recorded: %v", err))
			return nil
		case !known:
			for i := range batch {
				if err := r.write(batch[i : i+1]); err != nil {
					return err
				}
			}
			return nil
		case problem.Permanent():
			return fmt.Errorf("%w; the run goes on, but nothing more of it is recorded", problem)
		case time.Since(warned) > time.Minute:
			warned = time.Now()
			r.warn(fmt.Sprintf("%v; the run's log waits until it can be written", problem))
		}
		time.Sleep(250 * time.Millisecond)
	}
}
