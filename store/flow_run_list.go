package store

import (
	"context"
	"slices"
	"strings"
	"time"
)

// LateAfter is how long after its time a run that nobody has claimed is called Late.
const LateAfter = 5 * time.Second

// FlowRunFilter says which flow runs to list. Conditions of different kinds must all hold.
type FlowRunFilter struct {
	FlowNames    []string
	StateNames   []string // without regard to case; Late is found by the clock, see ShownState
	StateTypes   []StateType
	DeploymentID string
	ParentIDs    []string // runs of subflows called from these task runs
	// Runs expected to start from From on and before Before; a zero time is no bound.
	From, Before  time.Time
	EarliestFirst bool // instead of latest first
	Limit         int  // 0 is all
}

// FlowRuns lists flow runs by expected start, latest first.
func (db *DB) FlowRuns(ctx context.Context, f FlowRunFilter) ([]FlowRun, error) {
	searches, err := db.flowRunSearches(ctx, f)
	if err != nil {
		return nil, err
	}
	var all []FlowRun
	for _, s := range searches {
		query, args := s.sql(f)
		rows, err := db.db.QueryContext(ctx, query, args...)
		found, err := collect(rows, err, scanFlowRun)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b FlowRun) int {
		if c := b.ExpectedStartTime.Compare(a.ExpectedStartTime); c != 0 {
			if f.EarliestFirst {
				return -c
			}
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	if f.Limit > 0 && len(all) > f.Limit {
		all = all[:f.Limit]
	}
	return all, nil
}

// A flowRunSearch is one way down one index. A filter becomes several of them, and what each
// finds is merged, since a single query over all conditions would have to read all of history
// to sort it.
type flowRunSearch struct {
	index string
	conds []string
	args  []any
}

func (s flowRunSearch) and(cond string, args ...any) flowRunSearch {
	return flowRunSearch{s.index, append(slices.Clone(s.conds), cond), append(slices.Clone(s.args), args...)}
}

func (s flowRunSearch) sql(f FlowRunFilter) (string, []any) {
	if !f.From.IsZero() {
		s = s.and("r.expected_start_time >= ?", micros(f.From))
	}
	if !f.Before.IsZero() {
		s = s.and("r.expected_start_time < ?", micros(f.Before))
	}
	order := "desc"
	if f.EarliestFirst {
		order = "asc"
	}
	query := "select " + flowRunColumns + " from flow_run r indexed by " + s.index + " cross join flow f on f.id = r.flow_id "
	if len(s.conds) > 0 {
		query += "where " + strings.Join(s.conds, " and ") + " "
	}
	return query + "order by r.expected_start_time " + order + ", r.id limit ?", append(slices.Clone(s.args), noLimit(f.Limit))
}

// flowRunSearches chooses the indexes for a filter. None means that nothing can be found.
func (db *DB) flowRunSearches(ctx context.Context, f FlowRunFilter) ([]flowRunSearch, error) {
	var base []flowRunSearch
	switch {
	case f.DeploymentID != "":
		base = []flowRunSearch{flowRunSearch{index: "flow_run_by_deployment"}.and("r.deployment_id = ?", f.DeploymentID)}
	case len(f.ParentIDs) > 0:
		base = []flowRunSearch{flowRunSearch{index: "flow_run_by_parent"}.and("r.parent_task_run_id in (select value from json_each(?))", jsonList(f.ParentIDs))}
	case len(f.FlowNames) > 0:
		return db.flowRunSearchesByFlow(ctx, f)
	case len(f.StateNames) > 0:
		for _, name := range distinctNames(f.StateNames) {
			base = append(base, db.nameSearch(name))
		}
		return withTypes(base, f.StateTypes), nil
	case len(f.StateTypes) > 0:
		return withTypes([]flowRunSearch{{index: "flow_run_by_state"}}, f.StateTypes), nil
	default:
		return []flowRunSearch{{index: "flow_run_by_expected_start"}}, nil
	}
	return withTypes(db.withNames(base, f.StateNames), f.StateTypes), nil
}

// flowRunSearchesByFlow goes down the index of each flow's runs in each state: a flow without
// failures has to say so without a look at the rest of its runs.
func (db *DB) flowRunSearchesByFlow(ctx context.Context, f FlowRunFilter) ([]flowRunSearch, error) {
	rows, err := db.db.QueryContext(ctx, "select id from flow where name in (select value from json_each(?))", jsonList(f.FlowNames))
	flows, err := collect(rows, err, scanText)
	if err != nil {
		return nil, err
	}
	types := f.StateTypes
	if len(types) == 0 {
		types = AllStateTypes()
	}
	var base []flowRunSearch
	for _, id := range flows {
		base = append(base, flowRunSearch{index: "flow_run_by_flow"}.and("r.flow_id = ?", id))
	}
	return withTypes(db.withNames(base, f.StateNames), types), nil
}

func withTypes(searches []flowRunSearch, types []StateType) []flowRunSearch {
	if len(types) == 0 {
		return searches
	}
	var all []flowRunSearch
	for _, s := range searches {
		for _, t := range types {
			all = append(all, s.and("r.state_type = ?", strings.ToUpper(string(t))))
		}
	}
	return all
}

func (db *DB) withNames(searches []flowRunSearch, names []string) []flowRunSearch {
	if len(names) == 0 {
		return searches
	}
	var all []flowRunSearch
	for _, s := range searches {
		for _, name := range distinctNames(names) {
			n := db.nameSearch(name)
			all = append(all, flowRunSearch{s.index, append(slices.Clone(s.conds), n.conds...), append(slices.Clone(s.args), n.args...)})
		}
	}
	return all
}

// nameSearch finds runs by their state's name as ShownState gives it.
func (db *DB) nameSearch(name string) flowRunSearch {
	late := "(r.state_name collate nocase in ('scheduled', 'late') and r.claim is null and coalesce(r.next_scheduled_start_time < ?, 0))"
	before := micros(db.Now().Add(-LateAfter))
	switch strings.ToLower(name) {
	case "late":
		return flowRunSearch{index: "flow_run_by_state"}.and("r.state_type = 'SCHEDULED'").and(late, before)
	case "scheduled":
		return flowRunSearch{index: "flow_run_by_state_name"}.and("r.state_name = 'scheduled' collate nocase").and("not "+late, before)
	}
	return flowRunSearch{index: "flow_run_by_state_name"}.and("r.state_name = ? collate nocase", name)
}

// distinctNames returns the names without those that differ from an earlier one only in case.
func distinctNames(names []string) []string {
	var out []string
	for _, n := range names {
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, n) }) {
			out = append(out, n)
		}
	}
	return out
}

// ShownState is the state of a run as it is shown at a time: a run that should have started and
// that nobody has claimed is Late, which no process has to be there to write down.
func (r FlowRun) ShownState(now time.Time) State {
	s := r.State
	due := r.NextScheduledStartTime
	if s.Type == Scheduled && s.Name == "Scheduled" && r.Claim == nil && due != nil && due.Before(now.Add(-LateAfter)) {
		s.Name = "Late"
	}
	return s
}

// FlowRunsNamed returns flow runs with that very name, newest first, at most limit.
func (db *DB) FlowRunsNamed(ctx context.Context, name string, limit int) ([]FlowRun, error) {
	rows, err := db.db.QueryContext(ctx, "select "+flowRunColumns+flowRunFrom+"where r.name = ? order by r.created desc limit ?", name, noLimit(limit))
	return collect(rows, err, scanFlowRun)
}

// FlowRunsByIDPrefix returns flow runs whose id begins with prefix, at most limit.
func (db *DB) FlowRunsByIDPrefix(ctx context.Context, prefix string, limit int) ([]FlowRun, error) {
	prefix = strings.ToLower(prefix)
	rows, err := db.db.QueryContext(ctx, "select "+flowRunColumns+flowRunFrom+"where r.id >= ? and r.id < ? order by r.id limit ?",
		prefix, prefix+"g", noLimit(limit)) // g is above every digit of an id
	return collect(rows, err, scanFlowRun)
}
