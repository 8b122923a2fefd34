package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/sqlite"
)

// A listener passes every query on to SQLite and notes it, so that a test can ask SQLite how it
// would go about it.
type listener struct {
	dsn string
	mu  sync.Mutex
	got []noted
}

type noted struct {
	query string
	args  []driver.NamedValue
}

func (l *listener) Driver() driver.Driver { return &sqlite.Driver{} }

func (l *listener) Connect(context.Context) (driver.Conn, error) {
	c, err := l.Driver().Open(l.dsn)
	if err != nil {
		return nil, err
	}
	return &listeningConn{c.(sqliteConn), l}, nil
}

type sqliteConn interface {
	driver.Conn
	driver.QueryerContext
	driver.ExecerContext
	driver.ConnBeginTx
}

type listeningConn struct {
	sqliteConn
	l *listener
}

func (c *listeningConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.l.note(query, args)
	return c.sqliteConn.QueryContext(ctx, query, args)
}

func (c *listeningConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.l.note(query, args)
	return c.sqliteConn.ExecContext(ctx, query, args)
}

func (l *listener) note(query string, args []driver.NamedValue) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.got = append(l.got, noted{query, args})
}

// planned opens an empty database whose queries are noted.
func planned(t *testing.T) (*DB, *listener) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prefect.db")
	db, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	l := &listener{dsn: dsn(path, false)}
	conn := sql.OpenDB(l)
	conn.SetMaxOpenConns(1)
	t.Cleanup(func() { conn.Close() })
	return &DB{db: conn, path: path, Now: time.Now}, l
}

// plans returns how SQLite goes about each of the queries noted since the last call.
func (l *listener) plans(t *testing.T, db *DB) map[string]string {
	t.Helper()
	l.mu.Lock()
	got := l.got
	l.got = nil
	l.mu.Unlock()
	all := map[string]string{}
	for _, n := range got {
		if strings.HasPrefix(strings.TrimSpace(n.query), "pragma") {
			continue
		}
		var args []any
		for _, a := range n.args {
			args = append(args, a.Value)
		}
		rows, err := db.db.QueryContext(context.Background(), "explain query plan "+n.query, args...)
		steps, err := collect(rows, err, func(rows *sql.Rows) (step string, err error) {
			var id, parent, unused int
			err = rows.Scan(&id, &parent, &unused, &step)
			return step, err
		})
		if err != nil {
			t.Fatalf("%v: %s", err, n.query)
		}
		all[n.query] = strings.Join(steps, "\n")
	}
	l.mu.Lock()
	l.got = nil
	l.mu.Unlock()
	return all
}

// Lists and look-ups must cost what they return, however long history is: none may read a table
// that grows with it from end to end, nor sort what it has read.
func TestListsAreServedByIndexes(t *testing.T) {
	db, l := planned(t)
	ctx := context.Background()
	now := time.Now()
	if _, err := db.ApplyDeployments(ctx, []Deployment{{FlowName: "f", Name: "d", Tags: []byte("[]"), Parameters: []byte("{}"),
		InfraOverrides: []byte("{}"), Infrastructure: []byte("{}"), ParameterOpenAPISchema: []byte("{}")}}); err != nil {
		t.Fatal(err)
	}
	l.plans(t, db)
	runs := func(f FlowRunFilter) func() error {
		return func() error { _, err := db.FlowRuns(ctx, f); return err }
	}
	for name, list := range map[string]func() error{
		"all runs":             runs(FlowRunFilter{Limit: 15}),
		"runs up to now":       runs(FlowRunFilter{Before: now, Limit: 15}),
		"runs to come":         runs(FlowRunFilter{From: now, EarliestFirst: true, Limit: 15}),
		"runs of flows":        runs(FlowRunFilter{FlowNames: []string{"f", "g"}, Before: now, Limit: 15}),
		"late runs":            runs(FlowRunFilter{StateNames: []string{"Late"}, Limit: 15}),
		"runs in named states": runs(FlowRunFilter{StateNames: []string{"failed", "TimedOut", "Scheduled"}, Limit: 15}),
		"runs in types":        runs(FlowRunFilter{StateTypes: []StateType{Failed, Crashed}, Before: now, Limit: 15}),
		"types and names":      runs(FlowRunFilter{StateTypes: []StateType{Failed}, StateNames: []string{"TimedOut"}, Limit: 15}),
		"flow, type and name":  runs(FlowRunFilter{FlowNames: []string{"f"}, StateTypes: []StateType{Failed}, StateNames: []string{"TimedOut"}, Limit: 15}),
		"runs of a deployment": runs(FlowRunFilter{DeploymentID: "d", Limit: 15}),
		"subflow runs":         runs(FlowRunFilter{ParentIDs: []string{"a", "b"}}),
		"runs by name":         func() error { _, err := db.FlowRunsNamed(ctx, "calm-otter", 5); return err },
		"runs by id prefix":    func() error { _, err := db.FlowRunsByIDPrefix(ctx, "ab12", 5); return err },
		"upcoming runs":        func() error { _, err := db.UpcomingFlowRuns(ctx, "q", now); return err },
		"waiting runs":         func() error { _, err := db.WaitingFlowRuns(ctx, "q", now); return err },
		"live runs":            func() error { _, err := db.LiveFlowRuns(ctx, "q"); return err },
		"what is due next":     func() error { _, err := db.NextDue(ctx, []string{"q"}); return err },
		"the next slot":        func() error { _, err := db.NextSlot(ctx, []string{"q"}); return err },
		"due schedules":        func() error { _, err := db.DueSchedules(ctx, []string{"q"}, now); return err },
		"skipped ahead":        func() error { return db.ForgetSkippedAhead(ctx) },
		"one limit": func() error {
			_, err := db.ConcurrencyLimit(ctx, "db", func(string) bool { return true })
			return oneRowOrNone(err)
		},
		"what is to be pruned": func() error { _, err := db.CountPrune(ctx, PruneFilter{Before: now}); return err },
		"one run":              func() error { _, err := db.FlowRun(ctx, "id"); return oneRowOrNone(err) },
		"logs":                 func() error { _, err := db.Logs(ctx, "id", 0, 100); return err },
		"logs backwards":       func() error { _, err := db.LogsBackwards(ctx, "id", 0, 100); return err },
		"task runs":            func() error { _, err := db.TaskRuns(ctx, "id"); return err },
		"states":               func() error { _, err := db.FlowRunStates(ctx, "id"); return err },
		"deployments":          func() error { _, err := db.Deployments(ctx, DeploymentFilter{Limit: 50}); return err },
		"new deployments":      func() error { _, err := db.Deployments(ctx, DeploymentFilter{ByCreated: true, Limit: 50}); return err },
		"deployments of flows": func() error {
			_, err := db.Deployments(ctx, DeploymentFilter{FlowNames: []string{"f", "g"}})
			return err
		},
		"a deployment's name": func() error { _, err := db.DeploymentByName(ctx, "f", "d"); return err },
		"claimed runs":        func() error { _, err := db.ClaimedFlowRuns(ctx); return err },
		"flows":               func() error { _, err := db.Flows(ctx, 15); return err },
	} {
		t.Run(name, func(t *testing.T) {
			if err := list(); err != nil {
				t.Fatal(err)
			}
			plans := l.plans(t, db)
			if len(plans) == 0 {
				t.Fatal("no query was noted")
			}
			for query, plan := range plans {
				if why := readsHistory(plan); why != "" {
					t.Errorf("%s:\n%s\n%s", why, query, plan)
				}
			}
		})
	}
}

// Nor may what changes a run, which all others wait for meanwhile.
func TestChangesAreServedByIndexes(t *testing.T) {
	db, l := planned(t)
	ctx := context.Background()
	queue := "q"
	d := Deployment{FlowName: "f", Name: "d", WorkQueueName: &queue, Tags: []byte("[]"), Parameters: []byte("{}"), InfraOverrides: []byte("{}"),
		Infrastructure: []byte("{}"), ParameterOpenAPISchema: []byte("{}")}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	alive := func(string) bool { return true }
	state := func(typ StateType) State { return NewState(typ, string(typ), "", time.Now()) }
	claimed := func() FlowRun {
		t.Helper()
		_, _, err := db.CreateFlowRun(ctx, d, NewRun{Name: "n", Parameters: []byte("{}"), At: time.Now()})
		must(err)
		runs, err := db.ClaimFlowRuns(ctx, ClaimRequest{Queues: []string{"q"}, Limit: 9, AtOnce: 9, Due: time.Now(), Agent: "a", Process: "p"})
		must(err)
		run, err := db.TakeClaim(ctx, runs[0].ID, *runs[0].Claim, "p2")
		must(err)
		must(db.StartFlow(ctx, run.ID, *run.Claim))
		return run
	}
	task := TaskRun{ID: "task", Name: "t", TaskKey: "t", DynamicKey: "0", Tags: []byte("[]"), Inputs: []byte("{}")}
	_, err := db.ApplyDeployments(ctx, []Deployment{d})
	must(err)
	d, err = db.DeploymentByName(ctx, "f", "d")
	must(err)
	_, err = db.EnsureWorkQueues(ctx, []string{"q"})
	must(err)
	must(db.AddAgent(ctx, Agent{ID: "a", Process: "p", Queues: []string{"q"}, Started: time.Now()}))
	l.plans(t, db)
	for name, change := range map[string]func(){
		"a run's life": func() {
			run := claimed()
			task.FlowRunID = run.ID
			sub := FlowRun{ID: "sub", Name: "s", FlowName: "g", ParentTaskRunID: &task.ID, Parameters: []byte("{}"), Tags: []byte("[]")}
			must(db.Record(ctx, []Event{
				FlowProcessStarted{run.ID, *run.Claim, "p3"}, FlowRunMoved{run.ID, state(Running)},
				TaskRunStarted{Run: task, At: time.Now()}, TaskRunMoved{task.ID, state(Running)},
				FlowRunStarted{Run: sub, At: time.Now(), Claim: *run.Claim, ClaimProcess: "p2"},
				LogLine{FlowRunID: run.ID, Source: FromLog, At: time.Now()},
				ResultCached{Key: "k", Value: "v", TaskRunID: task.ID, At: time.Now()},
			}))
			_, err := db.Finish(ctx, run.ID, *run.Claim, state(Completed))
			must(err)
		},
		"a dead process": func() { _, err := db.EndClaim(ctx, *claimed().Claim, state(Crashed)); must(err) },
		"cancelling": func() {
			run := claimed()
			_, err := db.CancelFlowRun(ctx, run.ID, alive)
			must(err)
			_, err = db.CancellingClaim(ctx, *run.Claim)
			must(err)
			must(db.Settle(ctx, run.ID, *run.Claim, state(Cancelled)))
		},
		"giving back": func() {
			run := claimed()
			must(db.Postpone(ctx, run.ID, *run.Claim, "why"))
			must(db.SetFlowRunState(ctx, run.ID, state(Cancelled)))
			must(db.DeleteFlowRun(ctx, run.ID))
		},
		"a changed deployment": func() {
			_, err := db.SetSchedule(ctx, d.ID, []byte(`{"interval": 60}`))
			must(err)
			_, err = db.SetSchedulePaused(ctx, d.ID, true)
			must(err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l.plans(t, db)
			change()
			for query, plan := range l.plans(t, db) {
				if why := readsHistory(plan); why != "" {
					t.Errorf("%s:\n%s\n%s", why, query, plan)
				}
			}
		})
	}
}

func oneRowOrNone(err error) error {
	if err == ErrNotFound {
		return nil
	}
	return err
}

// short are steps over what is short whatever history is, or is read only while pruning.
var short = map[string]bool{"SCAN task_cache": true, "SCAN CONSTANT ROW": true, "SCAN b": true}

// readsHistory says why a plan costs more the longer history is. Walking an index in its order
// is fine: the limit stops it.
func readsHistory(plan string) string {
	for _, step := range strings.Split(plan, "\n") {
		switch {
		case strings.HasPrefix(step, "SCAN") && !strings.Contains(step, "INDEX") && !strings.Contains(step, "VIRTUAL TABLE") && !short[step]:
			return "a whole table is read"
		case step == "USE TEMP B-TREE FOR ORDER BY" && !strings.Contains(plan, "flow_run_by_parent") && !strings.Contains(plan, "flow_run_by_claim"):
			return "everything found is sorted" // a run has few subflows, and few runs are going at once
		}
	}
	return ""
}
