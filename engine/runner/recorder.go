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
	queue   []queued
	bytes   int  // of what is queued and what is being written
	hurry   bool // somebody waits for the queue to be written
	closed  bool
	writing bool
	written time.Time // when the last batch was
	broken  error     // the database can't be written any more: the events are lost, and it is said
	done    chan struct{}
}

type queued struct {
	event store.Event
	bytes int
}

const (
	queueBytes = 8 << 20
	// batchSize and batchBytes bound what is written at once.
	batchSize  = 2000
	batchBytes = 2 << 20
	// linger is how long events are gathered. It bounds how late others see them: the first ones
	// after a silence, where a state is most likely asked for, and those of a talkative run.
	linger     = 5 * time.Millisecond
	longLinger = 20 * time.Millisecond
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
	r.queue = append(r.queue, queued{e, textBytes + eventBytes})
	r.bytes += textBytes + eventBytes
	if len(r.queue) == 1 || r.isFull() {
		r.changed.Broadcast()
	}
}

// isFull tells that there is enough for a batch.
func (r *recorder) isFull() bool { return len(r.queue) >= batchSize || r.bytes >= batchBytes }

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

// close ends the recorder, once what is queued is written.
func (r *recorder) close() {
	r.mu.Lock()
	r.closed = true
	r.changed.Broadcast()
	r.mu.Unlock()
	<-r.done
}

func (r *recorder) run() {
	defer close(r.done)
	for {
		batch, bytes := r.take()
		if len(batch) == 0 {
			return
		}
		err := r.write(batch)
		r.mu.Lock()
		r.writing = false
		r.written = time.Now()
		r.bytes -= bytes
		if err != nil && r.broken == nil {
			r.broken = err
			r.warn(err.Error())
		}
		r.changed.Broadcast()
		r.mu.Unlock()
	}
}

// take waits for events and takes a batch of them; none when the recorder is closed.
func (r *recorder) take() (batch []store.Event, bytes int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.queue) == 0 {
		if r.closed {
			return nil, 0
		}
		r.changed.Wait()
	}
	r.gather()
	for len(r.queue) > 0 && len(batch) < batchSize && bytes < batchBytes {
		batch = append(batch, r.queue[0].event)
		bytes += r.queue[0].bytes
		r.queue[0] = queued{} // the array lives on, its texts need not
		r.queue = r.queue[1:]
	}
	if len(r.queue) == 0 {
		r.queue = nil
	}
	r.writing = true
	return batch, bytes
}

// gather waits for more events to come, while nobody waits for those that are there.
func (r *recorder) gather() {
	due := false
	timer := time.AfterFunc(max(linger, longLinger-time.Since(r.written)), func() {
		r.mu.Lock()
		due = true
		r.changed.Broadcast()
		r.mu.Unlock()
	})
	defer timer.Stop()
	for !due && !r.hurry && !r.closed && !r.isFull() {
		r.changed.Wait()
	}
}

// write commits a batch. A damaged file is given up; an event that doesn't fit the schema is left
// out by itself.
func (r *recorder) write(batch []store.Event) error {
	ctx := context.Background()
	err := r.insist(ctx, func() error { return r.db.Record(ctx, batch) })
	if err == nil {
		return nil
	}
	if problem, known := r.db.Problem(err); known {
		return fmt.Errorf("%w; the run goes on, but nothing more of it is recorded", problem)
	}
	if len(batch) == 1 {
		r.warn(fmt.Sprintf("one event of the run was not recorded: %v", err))
		return nil
	}
	for i := range batch {
		if err := r.write(batch[i : i+1]); err != nil {
			return err
		}
	}
	return nil
}

// insist does a write that must not be lost. A full disk or a lock that another program holds is
// waited for until ctx ends: what the flow did is worth more than the time. What trying again
// can't mend is returned.
func (r *recorder) insist(ctx context.Context, write func() error) error {
	var warned time.Time
	for {
		err := write()
		problem, known := r.db.Problem(err)
		if err == nil || !known || problem.Permanent() {
			return err
		}
		if time.Since(warned) > time.Minute {
			warned = time.Now()
			r.warn(fmt.Sprintf("%v; the run waits until it can be recorded", problem))
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(250 * time.Millisecond):
		}
	}
}
