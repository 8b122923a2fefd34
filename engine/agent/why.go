package agent

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"prefect/engine/process"
	"prefect/engine/storage"
	"prefect/store"
)

// A Reason says why a flow run is not going on, or how it stands.
type Reason struct {
	Code string   // stays the same from release to release: "queue-paused"
	Text string   // one sentence
	Args []string // the command that helps, without the program's name; empty if none does
}

// Why finds out why a flow run isn't running, at the database's time now. home is PREFECT_HOME;
// python reports whether an interpreter can be found where the deployment's own is gone.
func Why(ctx context.Context, db *store.DB, home string, run store.FlowRun, python func() error) (Reason, error) {
	name := "'" + run.Name + "'"
	switch {
	case run.State.Type.Final():
		return whyOver(run, name), nil
	case run.ParentTaskRunID != nil:
		return Reason{"subflow", fmt.Sprintf("Flow run %s is a subflow in state %s; it goes on as its parent does.", name, run.State.Name), nil}, nil
	case run.Claim != nil:
		return whyClaimed(run, name), nil
	}
	return whyScheduled(ctx, db, home, run, name, python)
}

func whyOver(run store.FlowRun, name string) Reason {
	text := fmt.Sprintf("Flow run %s is over: it ended %s in state %s.", name, moment(run.State.Timestamp), run.State)
	again := []string{"flow-run", "retry", run.ID}
	if run.DeploymentID == nil { // nothing says how to start it
		again = []string{"flow-run", "logs", run.ID}
	}
	switch run.State.Type {
	case store.Completed:
		return Reason{"completed", text, []string{"flow-run", "logs", run.ID}}
	case store.Failed:
		return Reason{"failed", text, []string{"flow-run", "logs", run.ID, "--tail", "50"}}
	case store.Crashed:
		return Reason{"crashed", text, again}
	}
	return Reason{"cancelled", text, again}
}

// whyClaimed is about a run that some process has taken.
func whyClaimed(run store.FlowRun, name string) Reason {
	owner, _ := process.Parse(*run.ClaimProcess)
	alive := process.Alive(*run.ClaimProcess) || run.FlowProcess != nil && process.Alive(*run.FlowProcess)
	switch {
	case !alive:
		help := []string{"doctor", "--fix"}
		if run.WorkQueueName != nil {
			help = []string{"agent", "start", "-q", *run.WorkQueueName}
		}
		return Reason{"lost", fmt.Sprintf("Flow run %s is %s, but the processes behind it are gone; the next agent notices and ends it or runs it again.",
			name, run.State.Name), help}
	case run.State.Type == store.Cancelling:
		return Reason{"cancelling", fmt.Sprintf("Flow run %s is being cancelled; its processes have been asked to end.", name),
			[]string{"flow-run", "watch", run.ID}}
	case run.State.Type == store.Running:
		return Reason{"running", fmt.Sprintf("Flow run %s is running, since %s, under %s.", name, moment(run.State.Timestamp), owner.Title()),
			[]string{"flow-run", "logs", run.ID, "-f"}}
	case run.State.Type == store.Scheduled:
		return Reason{"awaiting-retry", fmt.Sprintf("Flow run %s is in state %s: it waits for its next attempt, under %s.", name, run.State.Name, owner.Title()),
			[]string{"flow-run", "watch", run.ID}}
	}
	return Reason{"starting", fmt.Sprintf("Flow run %s is being started by %s.", name, owner.Title()), []string{"flow-run", "watch", run.ID}}
}

// whyScheduled goes through what a run needs before an agent starts it, in that order.
func whyScheduled(ctx context.Context, db *store.DB, home string, run store.FlowRun, name string, python func() error) (Reason, error) {
	if run.DeploymentID == nil {
		return Reason{"no-deployment", fmt.Sprintf("The deployment of flow run %s was deleted, so nothing says how to start it.", name),
			[]string{"flow-run", "cancel", run.ID}}, nil
	}
	d, err := db.DeploymentByID(ctx, *run.DeploymentID)
	if err != nil {
		return Reason{}, err
	}
	waits := fmt.Sprintf("Flow run %s waits", name)
	due := run.NextScheduledStartTime
	future := due != nil && due.After(db.Now())
	if future {
		waits = fmt.Sprintf("Flow run %s is scheduled for %s, and will wait longer", name, moment(*due))
	}
	if reason, found, err := whyQueue(ctx, db, run, waits, future); found || err != nil {
		return reason, err
	}
	if reason, found := whyCantStart(home, d, name, python); found {
		return reason, nil
	}
	if future {
		return Reason{"future", fmt.Sprintf("Flow run %s is scheduled for %s.", name, moment(*due)), []string{"flow-run", "execute", run.ID}}, nil
	}
	return Reason{"due", fmt.Sprintf("Flow run %s is due and an agent looks at work queue '%s'; it starts as soon as that agent has room for it.",
		name, *run.WorkQueueName), []string{"flow-run", "watch", run.ID}}, nil
}

// whyQueue is what stands between a run and the agents that could take it.
func whyQueue(ctx context.Context, db *store.DB, run store.FlowRun, waits string, future bool) (r Reason, found bool, err error) {
	r, found, err = Unattended(ctx, db, run)
	if found {
		r.Text = waits + " " + r.Text + "."
	}
	if found || err != nil || future { // whether there is room matters only once the run is due
		return r, found, err
	}
	queue := *run.WorkQueueName
	q, err := db.WorkQueue(ctx, queue)
	if err != nil || q.ConcurrencyLimit == nil {
		return r, false, err
	}
	live, err := db.LiveFlowRuns(ctx, queue)
	if err != nil || live < *q.ConcurrencyLimit {
		return r, false, err
	}
	return Reason{"queue-limit", fmt.Sprintf("%s because %d of the %d runs that work queue '%s' allows at once are going.",
		waits, live, *q.ConcurrencyLimit, queue), []string{"work-queue", "set-concurrency-limit", queue, fmt.Sprint(live + 1)}}, true, nil
}

// Unattended tells why no agent takes a run. The text is a clause that begins with "because"; found
// is false where an agent takes it.
func Unattended(ctx context.Context, db *store.DB, run store.FlowRun) (r Reason, found bool, err error) {
	if run.WorkQueueName == nil {
		return Reason{"no-queue", "because it belongs to no work queue, so no agent looks for it", []string{"flow-run", "execute", run.ID}}, true, nil
	}
	queue := *run.WorkQueueName
	r, found, err = HeldBack(ctx, db, queue)
	if found || err != nil {
		r.Text = "because " + r.Text
		return r, found, err
	}
	agents, err := db.Agents(ctx)
	if err != nil {
		return r, false, err
	}
	if !Attended(agents, queue) {
		return Reason{"no-agent", fmt.Sprintf("because no agent looks at work queue '%s'", queue), []string{"agent", "start", "-q", queue}}, true, nil
	}
	return r, false, nil
}

// HeldBack tells what keeps the runs of a work queue from every agent. The text is a clause; found
// is false where they are let through.
func HeldBack(ctx context.Context, db *store.DB, queue string) (r Reason, found bool, err error) {
	q, err := db.WorkQueue(ctx, queue)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Reason{"queue-missing", fmt.Sprintf("work queue '%s' was deleted", queue), []string{"work-queue", "create", queue}}, true, nil
	case err != nil:
		return r, false, err
	case q.IsPaused:
		return Reason{"queue-paused", fmt.Sprintf("work queue '%s' is paused", queue), []string{"work-queue", "resume", queue}}, true, nil
	case q.ConcurrencyLimit != nil && *q.ConcurrencyLimit == 0:
		return Reason{"queue-limit", fmt.Sprintf("work queue '%s' has a concurrency limit of 0, which lets nothing run", queue),
			[]string{"work-queue", "clear-concurrency-limit", queue}}, true, nil
	}
	return r, false, nil
}

// Attended reports whether one of the agents is alive and looks at the work queue.
func Attended(agents []store.Agent, queue string) bool {
	return slices.ContainsFunc(agents, func(a store.Agent) bool { return slices.Contains(a.Queues, queue) && process.Alive(a.Process) })
}

// whyCantStart is what would make the run fail at once.
func whyCantStart(home string, d store.Deployment, name string, python func() error) (r Reason, found bool) {
	if err := storage.CheckDeployment(home, d); err != nil {
		return Reason{"files-missing", fmt.Sprintf("Flow run %s would fail: %v.", name, err), []string{"deployment", "inspect", d.FullName()}}, true
	}
	if d.Python != nil {
		if _, err := os.Stat(*d.Python); err == nil {
			return r, false
		}
	}
	if err := python(); err != nil {
		return Reason{"interpreter-missing", fmt.Sprintf("Flow run %s would fail, because no Python interpreter is found: %v.", name, err),
			[]string{"config", "set", "PREFECT_PYTHON=/path/to/python3"}}, true
	}
	return r, false
}

func moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 MST") }
