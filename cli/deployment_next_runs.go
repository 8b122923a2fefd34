package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"prefect/cli/render"
	"prefect/engine/schedule"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newDeploymentNextRunsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "next-runs",
		Usage:       "Show when a deployment's schedule is due next.",
		ArgsUsage:   "NAME",
		Description: "The times are worked out from the schedule, whether an agent is there to make the runs or not.",
		UsageText:   "prefect deployment next-runs log-flow/log-simple --count 5",
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
		return e.noSchedule(d)
	}
	due, err := e.nextRuns(ctx, db, d, count)
	if err != nil {
		return err
	}
	e.warnIdleSchedule(d, len(due) == 0)
	return e.showNextRuns(d, due, output)
}

func (e *env) showNextRuns(d store.Deployment, due []time.Time, output string) error {
	t := render.Table{Title: "Next Runs", Columns: []render.Column{{Header: "Local Time", Keep: true, Style: render.Yellow}}}
	other := otherZone(due)
	if other != nil {
		t.Columns = append(t.Columns, render.Column{Header: other.String(), Keep: true})
		if _, offset := e.now().Local().Zone(); offset == 0 {
			t.Columns[0].Spare = 2 // the last column says the same
		}
	}
	t.Columns = append(t.Columns, render.Column{Header: "UTC", Keep: true}, render.Column{Header: "When", Spare: 1})
	var values []any
	var names []string
	for _, at := range due {
		utc := at.UTC().Format(time.RFC3339Nano)
		names = append(names, utc)
		values = append(values, nextRunValue(d, at))
		row := []render.Cell{render.Text(localTime(at))}
		if other != nil {
			row = append(row, render.Text(clockTime(at)))
		}
		t.Rows = append(t.Rows, append(row, render.Text(utc), render.Text(render.Relative(at, e.now()))))
	}
	return e.showTable(output, values, names, t)
}

func nextRunValue(d store.Deployment, at time.Time) render.Dict {
	return render.Dict{{Key: "deployment_id", Value: d.ID}, {Key: "expected_start_time", Value: at.UTC()},
		{Key: "local_time", Value: isoTime(at.Local())}, {Key: "schedule_time", Value: isoTime(at)},
		{Key: "timezone", Value: at.Location().String()}, {Key: "is_schedule_active", Value: d.IsScheduleActive}}
}

// otherZone is the schedule's time zone if its clocks show another time than those here and in UTC.
func otherZone(due []time.Time) *time.Location {
	for _, at := range due {
		_, offset := at.Zone()
		if _, local := at.Local().Zone(); offset != 0 && offset != local {
			return at.Location()
		}
	}
	return nil
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
	for at := range s.After(e.now()) {
		if due = append(due, at); len(due) == count {
			break
		}
	}
	return due, nil
}

func (e *env) noSchedule(d store.Deployment) error {
	return withHint(errorf("Deployment '%s' has no schedule.", d.FullName()),
		"Give it one with: prefect deployment set-schedule %s --cron '0 3 * * *'", shellWord(d.FullName()))
}

// warnIdleSchedule says why a schedule makes no runs, if it makes none.
func (e *env) warnIdleSchedule(d store.Deployment, ended bool) {
	switch {
	case ended:
		e.warn("The schedule has come to its end: no run is due any more.\n")
	case !d.IsScheduleActive:
		e.warn("The schedule is paused, so none of these runs will be made. Go on with: prefect deployment resume-schedule %s\n", shellWord(d.FullName()))
	case d.WorkQueueName == nil:
		e.warn("The deployment has no work queue, so no agent will make these runs.\n")
	}
}

// inZones is a time as the clocks show it in its own time zone and, where they differ, here and in UTC.
func inZones(at time.Time) string {
	text := clockTime(at)
	var others []string
	for _, other := range []string{localTime(at), clockTime(at.UTC())} {
		if other != text && !slices.Contains(others, other) {
			others = append(others, other)
		}
	}
	if len(others) > 0 {
		text += " (" + strings.Join(others, ", ") + ")"
	}
	return text
}

func clockTime(t time.Time) string { return t.Format("2006-01-02 15:04:05 MST") }

// isoTime is a time for programs, with the offset of its zone.
func isoTime(t time.Time) string { return t.Format("2006-01-02T15:04:05.999999-07:00") }
