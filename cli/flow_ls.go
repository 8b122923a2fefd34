package cli

import (
	"context"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newFlowLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the flows, the newest first.",
		UsageText: "prefect flow ls\nprefect flow ls --limit 0 -o name",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "limit", Value: 15, Usage: "At most `N` flows, 15 if not given; 0 shows all."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.Int("limit") < 0 {
				return usagef(c, "--limit can't be negative; 0 shows all")
			}
			return flowLs(c.Context, e, c.Int("limit"), c.String("output"))
		},
	}
}

func flowLs(ctx context.Context, e *env, limit int, output string) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	flows, err := db.Flows(ctx, limit)
	if err != nil {
		return databaseError(err)
	}
	t := render.Table{Title: "Flows", Columns: []render.Column{{Header: "ID", Right: true, Keep: true, Style: render.Cyan},
		{Header: "Name", Style: render.Green}, {Header: "Created", Spare: 1}, {Header: "Last Run", Wide: true}, {Header: "State", Wide: true}}}
	var values []any
	var names []string
	for _, f := range flows {
		values = append(values, flowValue(f))
		names = append(names, f.Name)
		row := []render.Cell{render.Text(f.ID), render.Text(f.Name), render.Text(f.Created.UTC().Format("2006-01-02T15:04:05.000000+00:00"))}
		if output == outputWide {
			last, err := e.lastRun(ctx, f.Name)
			if err != nil {
				return err
			}
			row = append(row, last...)
		}
		t.Rows = append(t.Rows, row)
	}
	return e.showTable(output, values, names, t)
}

// flowValue is a flow for scripts, under the keys of Prefect's API.
func flowValue(f store.Flow) render.Dict {
	return render.Dict{{Key: "id", Value: f.ID}, {Key: "created", Value: f.Created}, {Key: "updated", Value: f.Updated},
		{Key: "name", Value: f.Name}, {Key: "tags", Value: []any{}}}
}

// lastRun is when the latest run of a flow was, and its state.
func (e *env) lastRun(ctx context.Context, flow string) ([]render.Cell, error) {
	db, err := e.db(ctx)
	if err != nil {
		return nil, err
	}
	now := e.now()
	runs, err := db.FlowRuns(ctx, store.FlowRunFilter{FlowNames: []string{flow}, Before: now, Limit: 1})
	if err != nil || len(runs) == 0 {
		return []render.Cell{render.Text(""), render.Text("")}, databaseError(err)
	}
	state := runs[0].ShownState(now)
	return []render.Cell{render.Text(render.Relative(shownTime(runs[0]), now)), render.Styled(stateStyle(state), state.Name)}, nil
}
