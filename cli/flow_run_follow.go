package cli

import (
	"context"
	"errors"
	"time"

	"prefect/engine/agent"
	"prefect/engine/process"
	"prefect/store"
)

// followTick is how often a follower looks whether the processes are still there.
const followTick = 100 * time.Millisecond

// A follower is told what becomes of a flow run.
type follower struct {
	lines func([]store.LogLine) error // lines of its log, in order
	moved func(store.FlowRun) error   // its state, at first and whenever it has changed
	tick  func(store.FlowRun) error   // every so often while it goes on
}

// followFlowRun hands on the lines of a run's log after the one with the given ID, and the run's
// states, until the run is over and its processes have said their last. It returns the run as it
// is then. A run whose processes were killed, with no agent there to notice, is given its end here.
func followFlowRun(ctx context.Context, db *store.DB, id string, after int64, f follower) (store.FlowRun, error) {
	ticker := time.NewTicker(followTick)
	defer ticker.Stop()
	changed := db.Watch(ctx, store.AtOnce)
	watch := runWatch{db: db, id: id, after: after, changed: true, checked: time.Now()}
	for {
		over, err := watch.look(ctx, f)
		switch {
		case ctx.Err() != nil:
			return watch.run, context.Cause(ctx)
		case over || err != nil:
			return watch.run, err
		}
		select {
		case <-ctx.Done():
			return watch.run, context.Cause(ctx)
		case <-changed:
			watch.changed = true
		case <-ticker.C:
		}
	}
}

// A runWatch is how far following a run has come.
type runWatch struct {
	db      *store.DB
	id      string
	after   int64
	changed bool // something may be new in the database
	stateID string
	run     store.FlowRun
	process string // who was responsible for the run last
	checked time.Time
}

func (w *runWatch) look(ctx context.Context, f follower) (over bool, err error) {
	gone := w.run.State.Type.Final() && !process.Alive(w.process)
	if !w.changed && !gone {
		return false, w.whileWaiting(ctx, f)
	}
	w.changed = false
	// The run first, then its lines: nothing is missed that was said before it was over.
	if w.run, err = w.db.FlowRun(ctx, w.id); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return false, errorf("flow run '%s' was deleted meanwhile", w.id)
		}
		return false, databaseError(err)
	}
	if w.run.ClaimProcess != nil {
		w.process = *w.run.ClaimProcess
	}
	if w.run.State.ID != w.stateID && f.moved != nil {
		w.stateID = w.run.State.ID
		if err := f.moved(w.run); err != nil {
			return false, err
		}
	}
	if err := w.readLines(ctx, f); err != nil {
		return false, err
	}
	return w.run.State.Type.Final() && !process.Alive(w.process), nil
}

func (w *runWatch) readLines(ctx context.Context, f follower) error {
	for f.lines != nil {
		page, err := w.db.Logs(ctx, w.id, w.after, logPage)
		if err != nil {
			return databaseError(err)
		}
		if len(page) == 0 {
			return nil
		}
		w.after = page[len(page)-1].ID
		if err := f.lines(page); err != nil {
			return err
		}
	}
	return nil
}

// whileWaiting looks once a second whether the processes behind the run are still there.
func (w *runWatch) whileWaiting(ctx context.Context, f follower) error {
	if time.Since(w.checked) < time.Second {
		return nil
	}
	w.checked = time.Now()
	if w.run.Claim != nil && !process.Alive(*w.run.ClaimProcess) {
		if err := agent.Recover(ctx, w.db, nil, func(string) {}); err != nil {
			return databaseError(err)
		}
	}
	w.changed = true // what the system did not tell of
	if f.tick != nil {
		return f.tick(w.run)
	}
	return nil
}
