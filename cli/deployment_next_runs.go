package cli

import (
	"context"
	"time"

	"prefect/cli/render"
	"prefect/engine/schedule"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newDeploymentNextRunsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "next-runs",
		Usage:     "Show when a deployment's schedule is due next.",
		ArgsUsage: "NAME",
		UsageText: "prefect deployment next-runs log-flow/log-simple --count 5",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "count", Value: 10, Usage: "Show `N` runs."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if n := c.Int("count"); n < 1 || n > 10_000 {
				return usagef(c, "--count must be from 1 to 10000")
			}
			return deploymentNextRuns(c.Context, e, c.Args().First(), c.Int("count"), c.String("output"))
		},
	}
}

func deploymentNextRuns(ctx context.Context, e *env, name string, count int, output string) error {
	db, d, err := e.findDeployment(ctx, name, "")
	if err != nil {
		return err
	}
	if d.Schedule == nil {
		return withHint(errorf("Deployment '%s' has no schedule.", d.FullName()),
			"Give it one with: prefect deployment set-schedule %s --cron '0 3 * * *'", shellWord(d.FullName()))
	}
	due, err := e.nextRuns(ctx, db, d, count)
	if err != nil {
		return err
	}
	if !d.IsScheduleActive {
		e.warn("The schedule is paused, so none of these runs will be made. Go on with: prefect deployment resume-schedule %s\n", shellWord(d.FullName()))
	}
	values, names := []any{}, []string{}
	t := render.Table{Title: "Next Runs", Columns: []render.Column{{Header: "Local Time", Keep: true, Style: render.Yellow}, {Header: "UTC", Keep: true}, {Header: "When"}}}
	for _, at := range due {
		utc := at.UTC().Format(time.RFC3339)
		values = append(values, render.Dict{{Key: "deployment_id", Value: d.ID}, {Key: "expected_start_time", Value: at.UTC()}})
		names = append(names, utc)
		t.Rows = append(t.Rows, []render.Cell{render.Text(localTime(at)), render.Text(utc), render.Text(render.Relative(at, e.now()))})
	}
	return e.show(output, values, names, func(out *render.Console) error { return out.Table(t) })
}

// nextRuns are the instants, at most count, at which the deployment's schedule is due next.
func (e *env) nextRuns(ctx context.Context, db *store.DB, d store.Deployment, count int) ([]time.Time, error) {
	if d.Schedule == nil {
		return nil, nil
	}
	s, err := schedule.Decode(d.Schedule)
	if err != nil {
		return nil, err
	}
	stored, err := db.DeploymentSchedule(ctx, d.ID)
	if err != nil {
		return nil, databaseError(err)
	}
	s = s.Anchored(stored.Since)
	var due []time.Time
	for at, ok := s.Next(e.now()); ok && len(due) < count; at, ok = s.Next(at) {
		due = append(due, at)
	}
	return due, nil
}
