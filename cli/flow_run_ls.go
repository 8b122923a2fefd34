package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type flowRunLsOptions struct {
	filter    store.FlowRunFilter
	olderThan time.Duration
	output    string
}

func newFlowRunLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:  "ls",
		Usage: "List the flow runs, the latest first.",
		Description: "Runs whose time has come stand first; runs that are scheduled for later are added at the top as far as the limit has room. " +
			"'--state Scheduled' shows only those that wait.",
		UsageText: "prefect flow-run ls\nprefect flow-run ls --state Failed --state TimedOut --limit 50\nprefect flow-run ls --flow-name log-flow -o json",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "flow-name", Usage: "Only runs of the flow `NAME`; may be given again."},
			&cli.IntFlag{Name: "limit", Value: 15, Usage: "At most `N` runs, 15 if not given; 0 shows all."},
			&cli.StringSliceFlag{Name: "state", Usage: "Only runs in the state `NAME`, such as Late or TimedOut; may be given again."},
			&cli.StringSliceFlag{Name: "state-type", Usage: "Only runs in states of the `TYPE`, such as RUNNING or FAILED; may be given again."},
			newSpan("older-than", "Only runs that were expected to start longer ago than `DURATION`, such as 12h or 30d."),
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			types, err := readStateTypes(c, c.StringSlice("state-type"))
			if err != nil {
				return err
			}
			if c.Int("limit") < 0 {
				return usagef(c, "--limit can't be negative; 0 shows all")
			}
			return flowRunLs(c.Context, e, flowRunLsOptions{
				filter: store.FlowRunFilter{FlowNames: c.StringSlice("flow-name"), StateNames: c.StringSlice("state"),
					StateTypes: types, Limit: c.Int("limit")},
				olderThan: spanOf(c, "older-than"), output: c.String("output")})
		},
	}
}

// readStateTypes reads names of state types, in any case.
func readStateTypes(c *cli.Context, words []string) ([]store.StateType, error) {
	var types []store.StateType
	for _, w := range words {
		t := store.StateType(strings.ToUpper(w))
		if !t.Known() {
			return nil, usagef(c, "invalid value for --state-type: '%s' is not one of %s", w, stateTypeList())
		}
		if !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	return types, nil
}

func stateTypeList() string {
	var names []string
	for _, t := range store.AllStateTypes() {
		names = append(names, "'"+string(t)+"'")
	}
	return strings.Join(names, ", ")
}

func flowRunLs(ctx context.Context, e *env, o flowRunLsOptions) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	runs, more, err := listFlowRuns(ctx, db, o.filter, e.now(), o.olderThan)
	if err != nil {
		return databaseError(err)
	}
	if mended, err := recoverLost(ctx, db, runs...); err != nil {
		return err
	} else if mended {
		if runs, more, err = listFlowRuns(ctx, db, o.filter, e.now(), o.olderThan); err != nil {
			return databaseError(err)
		}
	}
	if err := e.showFlowRuns(ctx, db, runs, o.output); err != nil {
		return err
	}
	if more && !forScripts(o.output) && e.out.IsTerminal() {
		e.note("More runs are scheduled for later; 'prefect flow-run ls --state Scheduled' shows them.\n")
	}
	return nil
}

// listFlowRuns returns the runs that have started, ended or are due, latest first, and before them
// as many of those to come as the limit leaves room for: a single schedule would fill every list
// otherwise. more tells that there are others to come.
func listFlowRuns(ctx context.Context, db *store.DB, f store.FlowRunFilter, now time.Time, olderThan time.Duration) (runs []store.FlowRun, more bool, err error) {
	begin := now.Add(time.Microsecond - olderThan)
	f.Before = begin
	runs, err = db.FlowRuns(ctx, f)
	if err != nil || olderThan > 0 {
		return runs, false, err
	}
	f.From, f.Before = begin, time.Time{}
	early, err := flowRunsInStates(ctx, db, f, func(t store.StateType) bool { return t != store.Scheduled }) // cancelled before their time, for one
	if err != nil {
		return nil, false, err
	}
	runs = append(early, runs...)
	f.EarliestFirst = true
	if f.Limit > 0 {
		runs = runs[:min(f.Limit, len(runs))]
		f.Limit -= len(runs) - 1 // one more than there is room for tells that there are others
	}
	next, err := flowRunsInStates(ctx, db, f, func(t store.StateType) bool { return t == store.Scheduled })
	if f.Limit > 0 && len(next) == f.Limit {
		next, more = next[:f.Limit-1], true
	}
	slices.Reverse(next)
	return append(next, runs...), more, err
}

// flowRunsInStates lists the runs of a filter whose state is of one of the types that are wanted.
func flowRunsInStates(ctx context.Context, db *store.DB, f store.FlowRunFilter, wanted func(store.StateType) bool) ([]store.FlowRun, error) {
	types := f.StateTypes
	if len(types) == 0 {
		types = store.AllStateTypes()
	}
	f.StateTypes = slices.DeleteFunc(slices.Clone(types), func(t store.StateType) bool { return !wanted(t) })
	if len(f.StateTypes) == 0 {
		return nil, nil
	}
	return db.FlowRuns(ctx, f)
}

func (e *env) showFlowRuns(ctx context.Context, db *store.DB, runs []store.FlowRun, output string) error {
	t := render.Table{Title: "Flow Runs", Columns: []render.Column{
		{Header: "ID", Right: true, Keep: true, Style: render.Cyan}, {Header: "Flow", Style: render.Blue, Spare: 2}, {Header: "Name", Style: render.Green},
		{Header: "State"}, {Header: "When", Style: render.Bold, Spare: 1},
		{Header: "Run Time", Wide: true}, {Header: "Work Queue", Wide: true}, {Header: "Expected Start", Wide: true}, {Header: "Tags", Wide: true},
		{Header: "Message", Wide: true}}}
	var values []any
	var names []string
	view := e.newFlowRunView(db)
	for _, r := range runs {
		secrets, err := view.secretsOf(ctx, r)
		if err != nil {
			return err
		}
		if showsValues(output) {
			values = append(values, flowRunValue(r, secrets, view.now))
		}
		names = append(names, r.ID)
		state := shownState(r, secrets, view.now)
		t.Rows = append(t.Rows, []render.Cell{render.Text(r.ID), render.Text(r.FlowName), render.Text(r.Name),
			render.Styled(stateStyle(state), state.Name), render.Text(render.Relative(shownTime(r), view.now)),
			render.Text(runTimeText(r, view.now)), render.Text(orNone(r.WorkQueueName)), render.Text(localTime(r.ExpectedStartTime)),
			render.Text(tagsText(r.Tags)), render.Text(orEmpty(state.Message))})
	}
	return e.showTable(output, values, names, t)
}

// shownTime is when a run is to start or, once it is under way, when it came to its state.
func shownTime(r store.FlowRun) time.Time {
	switch {
	case r.State.Type != store.Scheduled:
		return r.State.Timestamp
	case r.NextScheduledStartTime != nil:
		return *r.NextScheduledStartTime
	}
	return r.ExpectedStartTime
}

func runTimeText(r store.FlowRun, now time.Time) string {
	if d := estimatedRunTime(r, now); d > 0 {
		return render.Duration(d)
	}
	return ""
}

// stateStyle is the colour of a state's name.
func stateStyle(s store.State) render.Style {
	switch s.Type {
	case store.Completed:
		return render.Green
	case store.Failed, store.Crashed:
		return render.Red
	case store.Running:
		return render.Blue
	case store.Cancelling, store.Cancelled:
		return render.Yellow
	}
	if s.Name == "Late" {
		return render.Yellow
	}
	return render.Plain
}
