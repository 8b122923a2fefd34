package cli

import (
	"context"
	"slices"
	"strconv"

	"prefect/cli/render"
	"prefect/engine/process"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newWorkQueueLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the work queues, the newest first.",
		UsageText: "prefect work-queue ls\nprefect work-queue ls -v",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: "With the runs that go and wait, and the agents that look; as -o wide."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			output := c.String("output")
			if c.Bool("verbose") && output == "" {
				output = outputWide
			}
			return workQueueLs(c.Context, e, output)
		},
	}
}

func workQueueLs(ctx context.Context, e *env, output string) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	all, err := db.WorkQueues(ctx)
	if err != nil {
		return databaseError(err)
	}
	t := render.Table{Title: "Work Queues", Caption: "(**) denotes a paused queue", CaptionStyle: render.Red, Columns: []render.Column{
		{Header: "Name", Style: render.Green}, {Header: "ID", Right: true, Keep: true, Style: render.Cyan}, {Header: "Concurrency Limit", Style: render.Blue},
		{Header: "Running", Wide: true, Right: true}, {Header: "Due", Wide: true, Right: true}, {Header: "Agents", Wide: true, Right: true},
		{Header: "Description", Wide: true}}}
	var values []any
	var names []string
	for _, q := range all {
		values, names = append(values, workQueueValue(q)), append(names, q.Name)
		name := render.Text(q.Name)
		if q.IsPaused {
			name = render.Cell{{Style: render.Green, Text: q.Name}, {Style: render.Red, Text: " (**)"}}
		}
		limit := render.Text(limitText(q.ConcurrencyLimit))
		if q.ConcurrencyLimit != nil {
			limit = render.Styled(render.Red, limitText(q.ConcurrencyLimit))
		}
		t.Rows = append(t.Rows, []render.Cell{name, render.Text(q.ID), limit})
	}
	if output == outputWide {
		if err := addLoad(ctx, e, db, all, t.Rows); err != nil {
			return databaseError(err)
		}
	}
	return e.showTable(output, values, names, t)
}

// addLoad adds to each queue's row what goes on in it.
func addLoad(ctx context.Context, e *env, db *store.DB, queues []store.WorkQueue, rows [][]render.Cell) error {
	agents, err := db.Agents(ctx)
	if err != nil {
		return err
	}
	agents = slices.DeleteFunc(agents, func(a store.Agent) bool { return !process.Alive(a.Process) })
	for i, q := range queues {
		live, err := db.LiveFlowRuns(ctx, q.Name)
		if err != nil {
			return err
		}
		due, err := db.WaitingFlowRuns(ctx, q.Name, e.now())
		if err != nil {
			return err
		}
		looking := 0
		for _, a := range agents {
			if slices.Contains(a.Queues, q.Name) {
				looking++
			}
		}
		rows[i] = append(rows[i], render.Text(strconv.Itoa(live)), render.Text(strconv.Itoa(due)), render.Text(strconv.Itoa(looking)),
			render.Text(orEmpty(q.Description)))
	}
	return nil
}
