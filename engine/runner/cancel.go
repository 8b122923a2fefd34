package runner

import (
	"context"
	"errors"
	"time"

	"prefect/engine/process"
	"prefect/store"
)

// heed is how often at most a supervisor looks whether its run is to be cancelled: with many runs
// that log much, the database changes all the time.
const heed = 100 * time.Millisecond

// untilCancelled returns a context that ends when ctx does or when the run under the claim is to
// be cancelled. The function it returns ends the looking.
func untilCancelled(ctx context.Context, db *store.DB, claim string) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		changed := db.Watch(ctx, heed)
		for {
			// Trouble with the database is said where something is written; here it only means
			// that there is nothing to see yet.
			if yes, err := db.CancellingClaim(ctx, claim); err == nil && yes {
				cancel()
			}
			select {
			case <-ctx.Done():
				return
			case <-changed:
			case <-time.After(time.Second): // what the system did not tell of
			}
		}
	}()
	return ctx, func() { cancel(); <-quiet }
}

// heedCancelling is untilCancelled for a supervisor. A run that is to be cancelled before it was
// taken over is not started at all.
func (s *supervisor) heedCancelling(ctx context.Context) (context.Context, func()) {
	ctx, stop := untilCancelled(ctx, s.DB, *s.run.Claim)
	if s.run.State.Type == store.Cancelling {
		stop()
	}
	return ctx, stop
}

// scriptGrace is how long a script that is told to end may take before it is killed.
const scriptGrace = 30 * time.Second

// heedCancelling ends the script when a run of it is to be cancelled. The script has started this
// process, so it is named by its identity and not by being a child.
func (s *session) heedCancelling() (stop func()) {
	ctx, end := untilCancelled(context.Background(), s.db, s.claim)
	over := make(chan struct{})
	quiet := make(chan struct{})
	go func() {
		defer close(quiet)
		select {
		case <-over:
			return
		case <-ctx.Done():
		}
		s.mu.Lock()
		flow := s.flow
		s.cancelling = true
		s.mu.Unlock()
		EndProcesses(flow, scriptGrace)
	}()
	return func() { close(over); <-quiet; end() }
}

// EndProcesses asks a process and those it has started to end, and kills what is left of them
// after the grace period. It returns when all have ended or were killed.
func EndProcesses(stored string, grace time.Duration) {
	tree := process.TreeOf(stored)
	tree.Terminate()
	for end := time.Now().Add(grace); tree.Alive(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			tree.Kill()
			return
		}
	}
}

// EndOrphan ends a run that is being cancelled and whose supervisor was killed while the flow
// itself lives on: nobody else will.
func EndOrphan(ctx context.Context, db *store.DB, run store.FlowRun, grace time.Duration) error {
	if run.FlowProcess != nil {
		EndProcesses(*run.FlowProcess, grace)
	}
	_, err := db.EndClaim(ctx, *run.Claim, store.NewState(store.Cancelled, "Cancelled", "The flow run was cancelled.", db.Now()))
	if errors.Is(err, store.ErrClaimLost) {
		return nil
	}
	return err
}
