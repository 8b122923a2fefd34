package cli

import (
	"context"
	"encoding/json"
	"time"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type deploymentLsOptions struct {
	filter store.DeploymentFilter
	output string
}

func newDeploymentLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the deployments.",
		UsageText: "prefect deployment ls\nprefect deployment ls --flow-name log-flow -o name",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "flow-name", Usage: "Only deployments of the flow `NAME`; may be given again."},
			&cli.BoolFlag{Name: "by-created", Usage: "Newest first, instead of by name."},
			&cli.IntFlag{Name: "limit", Usage: "At most `N` deployments; 0, as without it, shows all."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.Int("limit") < 0 {
				return usagef(c, "--limit can't be negative; 0 shows all")
			}
			return deploymentLs(c.Context, e, deploymentLsOptions{store.DeploymentFilter{FlowNames: c.StringSlice("flow-name"),
				ByCreated: c.Bool("by-created"), Limit: c.Int("limit")}, c.String("output")})
		},
	}
}

func deploymentLs(ctx context.Context, e *env, o deploymentLsOptions) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	all, err := db.Deployments(ctx, o.filter)
	if err != nil {
		return databaseError(err)
	}
	var values []any
	var names []string
	t := render.Table{Title: "Deployments", Columns: []render.Column{{Header: "Name"}, {Header: "ID", Keep: true, Style: render.Cyan},
		{Header: "Work Queue", Wide: true}, {Header: "Schedule", Wide: true}, {Header: "Entrypoint", Wide: true}, {Header: "Path", Wide: true}}}
	for _, d := range all {
		if showsValues(o.output) {
			values = append(values, deploymentValue(d))
		}
		names = append(names, d.FullName())
		t.Rows = append(t.Rows, []render.Cell{
			{{Style: render.Blue, Text: d.FlowName + "/"}, {Style: render.BoldBlue, Text: d.Name}},
			render.Text(d.ID), render.Text(orNone(d.WorkQueueName)), render.Text(orNone(scheduleText(d))), render.Text(orNone(d.Entrypoint)),
			render.Text(orNone(d.Path))})
	}
	return e.showTable(o.output, values, names, t)
}

// scheduleText is a deployment's schedule in one line, nil if it has none.
func scheduleText(d store.Deployment) *string {
	var s struct {
		Cron, RRule, Timezone *string
		Interval              *float64
	}
	if d.Schedule == nil || json.Unmarshal(d.Schedule, &s) != nil {
		return nil
	}
	text := orEmpty(s.Cron) + orEmpty(s.RRule)
	if s.Interval != nil {
		text = "every " + render.Duration(time.Duration(*s.Interval*float64(time.Second)))
	}
	if s.Timezone != nil {
		text += " " + *s.Timezone
	}
	if !d.IsScheduleActive {
		text += " (paused)"
	}
	return &text
}
