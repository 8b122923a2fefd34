package doctor

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"prefect/engine/agent"
	"prefect/engine/process"
	"prefect/engine/python"
	"prefect/engine/storage"
	"prefect/store"
)

// interpreter looks for the Python of flows, and whether it runs.
func (o Options) interpreter(ctx context.Context) Check {
	path, err := o.FindPython()
	if err != nil {
		return Check{"interpreter", Problem, sentence(err.Error()), nil, "Install Python 3.8 or newer, or name one: prefect config set PREFECT_PYTHON=/path/to/python3"}
	}
	if err := python.Check(ctx, path); err != nil {
		return Check{"interpreter", Problem, sentence(err.Error()), nil, "Name another one: prefect config set PREFECT_PYTHON=/path/to/python3"}
	}
	v, err := python.Ask(ctx, path)
	if err != nil {
		return Check{"interpreter", Problem, sentence(err.Error()), nil, ""}
	}
	return Check{"interpreter", OK, fmt.Sprintf("%s, Python %s", path, v), nil, ""}
}

// deployments looks whether the files and interpreters of deployments are still there. What several
// of them lack is said once.
func (o Options) deployments(ctx context.Context, db *store.DB) ([]Check, error) {
	stored, err := db.Deployments(ctx, store.DeploymentFilter{})
	if err != nil {
		return nil, err
	}
	var lacks []lack
	concerned := map[lack][]store.Deployment{}
	note := func(l lack, d store.Deployment) {
		if concerned[l] == nil {
			lacks = append(lacks, l)
		}
		concerned[l] = append(concerned[l], d)
	}
	interpreters := map[string]lack{}
	for _, d := range stored {
		if err := storage.CheckDeployment(o.Home, d); err != nil {
			note(lack{err.Error(), "would fail",
				"Build and apply them again from where the flows are now, or delete them with 'prefect deployment delete'."}, d)
		}
		if d.Python == nil {
			continue
		}
		l, asked := interpreters[*d.Python]
		if !asked {
			l = interpreterLack(ctx, *d.Python)
			interpreters[*d.Python] = l
		}
		if l != (lack{}) {
			note(l, d)
		}
	}
	if len(lacks) == 0 {
		return []Check{{"deployments", OK, deployments(stored), nil, ""}}, nil
	}
	var all []Check
	for _, l := range lacks[:min(len(lacks), 10)] {
		all = append(all, Check{"deployments", Warning, fmt.Sprintf("The runs of %s (such as '%s') %s: %s.",
			deployments(concerned[l]), concerned[l][0].FullName(), l.outcome, l.reason), nil, l.hint})
	}
	return all, nil
}

// A lack is what runs of deployments would miss, and what comes of it.
type lack struct{ reason, outcome, hint string }

// interpreterLack is what is wrong with an interpreter that deployments have recorded, empty if nothing is.
func interpreterLack(ctx context.Context, path string) lack {
	if !exists(path) {
		return lack{path + " is not there", "use the agent's interpreter", "Apply them again from the environment they need."}
	}
	if err := python.Check(ctx, path); err != nil {
		return lack{err.Error(), "would fail", "Apply them again with --python and the path of another one."}
	}
	return lack{}
}

func deployments(list []store.Deployment) string {
	if len(list) == 1 {
		return "1 deployment"
	}
	return fmt.Sprintf("%d deployments", len(list))
}

// agents tells which agents are up. One that was killed has left its row, which the next takes away.
func (o Options) agents(ctx context.Context, db *store.DB) ([]Check, error) {
	agents, err := db.Agents(ctx)
	if err != nil {
		return nil, err
	}
	var live, dead []string
	for _, a := range agents {
		id, err := process.Parse(a.Process)
		text := fmt.Sprintf("%s (%s)", id.Title(), strings.Join(a.Queues, ", "))
		switch {
		case err == nil && process.Alive(a.Process) && process.Stopped(a.Process):
			return []Check{{"agents", Warning, fmt.Sprintf("The agent of %s is stopped (Ctrl+Z, SIGSTOP) and takes no runs.", text), nil,
				fmt.Sprintf("Let it go on with 'fg' in its terminal, or 'kill -CONT %d'.", id.PID)}}, nil
		case err == nil && process.Alive(a.Process):
			live = append(live, text)
		default:
			dead = append(dead, text)
		}
	}
	switch {
	case len(dead) > 0:
		return []Check{{"agents", Warning, "An agent was killed and could not say goodbye: " + strings.Join(dead, "; ") + ".", []string{"doctor", "--fix"}, ""}}, nil
	case len(live) > 0:
		return []Check{{"agents", OK, strings.Join(live, "; "), nil, ""}}, nil
	}
	return []Check{{"agents", OK, "none is up", nil, ""}}, nil
}

// queues finds runs that are due and that nothing will start.
func (o Options) queues(ctx context.Context, db *store.DB) ([]Check, error) {
	waiting, err := db.DueByQueue(ctx, o.Now().Add(-store.LateAfter))
	if err != nil {
		return nil, err
	}
	agents, err := db.Agents(ctx)
	if err != nil {
		return nil, err
	}
	var all []Check
	for _, w := range waiting {
		text := fmt.Sprintf("%s in work queue '%s' are late", runs(w.FlowRuns), w.Queue)
		if w.FlowRuns == 1 {
			text = fmt.Sprintf("1 flow run in work queue '%s' is late", w.Queue)
		}
		switch {
		case w.Queue == "":
			all = append(all, Check{"work queues", Warning, runs(w.FlowRuns) + " belong to no work queue, so no agent looks for them.", nil,
				"Run them with 'prefect flow-run execute ID', or cancel them."})
		case w.Missing:
			all = append(all, Check{"work queues", Warning, text + " because the queue was deleted.", []string{"work-queue", "create", w.Queue}, ""})
		case w.Paused:
			all = append(all, Check{"work queues", Warning, text + " because the queue is paused.", []string{"work-queue", "resume", w.Queue}, ""})
		case !agent.Attended(agents, w.Queue):
			all = append(all, Check{"work queues", Warning, text + " because no agent looks at it.", []string{"agent", "start", "-q", w.Queue}, ""})
		}
	}
	if len(all) == 0 {
		all = []Check{{"work queues", OK, "nothing waits in vain", nil, ""}}
	}
	return all[:min(len(all), 10)], nil
}

func runs(n int) string { return fmt.Sprintf("%d flow runs", n) }

// claims finds runs whose processes are gone and which no agent has looked after since.
func (o Options) claims(ctx context.Context, db *store.DB) ([]Check, error) {
	claimed, err := db.ClaimedFlowRuns(ctx)
	if err != nil {
		return nil, err
	}
	var stuck []string
	live := 0
	for _, r := range claimed {
		if process.Alive(*r.ClaimProcess) || r.FlowProcess != nil && process.Alive(*r.FlowProcess) {
			live++
			continue
		}
		stuck = append(stuck, fmt.Sprintf("'%s' (%s)", r.Name, r.State.Name))
	}
	if len(stuck) > 0 {
		text := strings.Join(stuck[:min(len(stuck), 5)], ", ")
		if n := len(stuck) - 5; n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
		return []Check{{"claims", Problem, "The processes behind these flow runs are gone: " + text + ".", []string{"doctor", "--fix"}, ""}}, nil
	}
	text := "no flow run is going"
	if live == 1 {
		text = "1 flow run is going"
	} else if live > 1 {
		text = fmt.Sprintf("%d flow runs are going", live)
	}
	return []Check{{"claims", OK, text, nil, ""}}, nil
}

// clockSlack is how far the clock may have been set back without a word.
const clockSlack = 2 * time.Minute

// clock compares the time with that of the newest state: a clock that was set back makes runs wait.
func (o Options) clock(ctx context.Context, db *store.DB) ([]Check, error) {
	now := o.Now()
	zone, _ := now.Local().Zone()
	last, err := db.LastStateTime(ctx)
	if err != nil {
		return nil, err
	}
	if last.After(now.Add(clockSlack)) {
		return []Check{{"clock", Problem, fmt.Sprintf("It is %s, but the newest state in the database is from %s: the clock was wrong then, or is now.",
			now.Local().Format("2006-01-02 15:04:05 MST"), last.Local().Format("2006-01-02 15:04:05 MST")), nil,
			"Set the clock, with 'timedatectl set-ntp true' where that is there; runs wait until it has caught up."}}, nil
	}
	return []Check{{"clock", OK, fmt.Sprintf("%s, local time zone %s", now.UTC().Format("2006-01-02 15:04:05 UTC"), zone), nil, ""}}, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
