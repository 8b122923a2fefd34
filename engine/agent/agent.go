// Package agent looks for due flow runs of its work queues and hands each to a supervisor process
// of its own.
package agent

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"prefect/engine/process"
	"prefect/store"
)

// Options is what an agent needs to know.
type Options struct {
	DB     *store.DB
	Queues []string
	Limit  int // runs at once; 0 is no limit of the agent's own
	// Prefetch is how long before its time a run is claimed; its supervisor then waits.
	Prefetch time.Duration
	// Drain ends the agent when nothing is due and nothing runs any more; Once ends it after it
	// has looked once and what it found has ended.
	Drain, Once bool
	// Catchup is what becomes of slots of schedules that were missed.
	Catchup Catchup
	// RunName makes the name of a run.
	RunName func() string
	// Execute makes the command that supervises a claimed run.
	Execute func(run store.FlowRun) *exec.Cmd
	// Log prints a line of the agent's own.
	Log func(level int, logger, text string)
}

const (
	// sweep is how often the agent looks after claims and schedules although nothing has changed.
	// The clock may be set and the machine may sleep, so it never waits longer for a run's time.
	sweep = time.Second
)

// startingAtOnce is how many claimed runs may wait for their supervisors to take them over. Many
// runs that are due at once are started in order, not all together, and other agents get some too.
var startingAtOnce = max(4, 2*runtime.NumCPU())

// An Agent is one `agent start`.
type Agent struct {
	Options
	id      string
	self    string
	blocked bool              // something is due and waits for a slot
	slot    *time.Time        // when a schedule has to be looked at next
	clock   time.Time         // when schedules were last looked at
	held    map[string]string // by work queue: what was last said to hold its runs back

	mu       sync.Mutex
	running  map[string]*exec.Cmd // by flow run id; nil while its supervisor is being started
	ended    chan struct{}        // a supervisor has ended
	started  int
	failures int
	troubled time.Time // when trouble with the database was last said
}

// New makes an agent and creates those of its queues that are not there.
func New(ctx context.Context, o Options) (*Agent, error) {
	self, err := process.Announce()
	if err != nil {
		return nil, err
	}
	created, err := o.DB.EnsureWorkQueues(ctx, o.Queues)
	if err != nil {
		return nil, err
	}
	a := &Agent{Options: o, id: uuid.NewString(), self: self.String(), running: map[string]*exec.Cmd{}, held: map[string]string{}, ended: make(chan struct{}, 1)}
	for _, name := range created {
		a.Log(20, "prefect.agent", fmt.Sprintf("Created work queue '%s'.", name))
	}
	return a, nil
}

// Run looks for work until drain ends, and then waits for the runs that are going. When stop ends
// too, those are cancelled. It returns how many runs did not complete. The error says that the
// database can't be used any more; the runs that are going go on.
func (a *Agent) Run(drain, stop context.Context) (failures int, err error) {
	if err := a.DB.AddAgent(stop, store.Agent{ID: a.id, Process: a.self, Queues: a.Queues, Started: a.DB.Now()}); err != nil {
		return 0, err
	}
	defer a.goodbye()
	changed := a.DB.Watch(drain, store.AtOnce)
	var swept time.Time
	for drain.Err() == nil {
		err = nil
		if now := a.DB.Now(); now.Sub(swept) >= sweep || now.Before(swept) {
			swept = now
			err = a.look(drain)
		}
		next, turnErr := a.turn(drain) // also where a row that can't be recovered is in the way
		err = cmp.Or(err, turnErr)
		if fatal := a.fatal(err); fatal != nil && drain.Err() == nil {
			return a.failed(), fatal
		}
		a.trouble(drain, err)
		if a.done(next, err) {
			break
		}
		timer := time.NewTimer(a.pause(next))
		select {
		case <-drain.Done():
		case <-a.ended: // there is room again
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
	a.wait(stop)
	a.lookLast(context.Background())
	return a.failed(), nil
}

// fatal is an error that trying again can't mend. An agent that stays tries all the same what it
// doesn't know, as the next run may have better luck; one that shall end does not.
func (a *Agent) fatal(err error) error {
	problem, known := a.DB.Problem(err)
	switch {
	case known && problem.Permanent():
		return problem
	case !known && a.Drain:
		return err
	}
	return nil
}

// turn makes the runs of schedules and starts what is due. Schedules come first, since they tell
// what of the runs that wait was missed for too long.
func (a *Agent) turn(ctx context.Context) (next *time.Time, err error) {
	var fireErr error
	a.slot, fireErr = a.fire(ctx)
	next, err = a.poll(ctx)
	return next, cmp.Or(fireErr, err)
}

// pause is how long there is nothing to do, unless something changes.
func (a *Agent) pause(next *time.Time) time.Duration {
	pause := sweep
	if next != nil {
		pause = min(pause, next.Sub(a.horizon()))
	}
	if a.slot != nil {
		pause = min(pause, a.slot.Sub(a.DB.Now()))
	}
	return max(0, pause)
}

// done reports whether an agent that shall not stay has nothing left to do.
func (a *Agent) done(next *time.Time, err error) bool {
	switch {
	case err != nil:
		return false
	case a.Once:
		return true
	}
	return a.Drain && a.idle() && !a.blocked && (next == nil || next.After(a.horizon()))
}

// poll claims what is due and starts it. It returns when the next run is due.
func (a *Agent) poll(ctx context.Context) (*time.Time, error) {
	a.blocked = false
	next, err := a.DB.NextDue(ctx, a.Queues)
	if err != nil || next == nil || next.After(a.horizon()) {
		return next, err
	}
	runs, err := a.DB.ClaimFlowRuns(ctx, a.request())
	if err != nil {
		return nil, err
	}
	for _, run := range runs {
		a.start(run)
	}
	if a.blocked = len(runs) == 0; a.blocked {
		return nil, nil // what is due waits for a slot: the end of a run wakes us
	}
	return a.DB.NextDue(ctx, a.Queues)
}

// horizon is up to when a run has to be scheduled to be claimed now.
func (a *Agent) horizon() time.Time { return a.DB.Now().Add(a.Prefetch) }

func (a *Agent) request() store.ClaimRequest {
	r := store.ClaimRequest{Queues: a.Queues, Limit: a.Limit, AtOnce: startingAtOnce, Due: a.horizon(), Agent: a.id, Process: a.self}
	if a.Once {
		r.AtOnce = 0 // there is no second look for the others
	}
	return r
}

func (a *Agent) goodbye() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = a.DB.RemoveAgent(ctx, a.id) // a row that stays is seen to be a dead agent's
}

// trouble says once a minute what is wrong with the database; the agent goes on trying.
func (a *Agent) trouble(ctx context.Context, err error) {
	if err == nil || errors.Is(err, context.Canceled) || ctx.Err() != nil {
		return
	}
	a.mu.Lock()
	again := time.Since(a.troubled) < time.Minute
	if !again {
		a.troubled = time.Now()
	}
	a.mu.Unlock()
	if again {
		return
	}
	text := err.Error() + "; 'prefect doctor' may tell more"
	if p, ok := a.DB.Problem(err); ok {
		text = strings.Join(slices.DeleteFunc([]string{p.Error(), p.Hint}, func(s string) bool { return s == "" }), "; ")
	}
	a.Log(40, "prefect.agent", text)
}
