package cli

import (
	"context"
	"encoding/json"

	"prefect/engine/manifest"
	"prefect/engine/ordered"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newDeploymentSetScheduleCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "set-schedule",
		Usage:       "Give a deployment another schedule.",
		ArgsUsage:   "NAME",
		Description: "Its runs that have not started are taken away with the old schedule. A paused schedule stays paused.",
		UsageText: "prefect deployment set-schedule log-flow/log-simple --cron '0 3 * * *' --timezone Europe/Berlin\n" +
			"prefect deployment set-schedule log-flow/log-simple --none",
		Flags: append(newScheduleFlags(),
			newSwitch("day-or", "no-day-or", true, "In a cron, a day fits if its day of the month or of the week does (the default), or only if both do."),
			&cli.BoolFlag{Name: "none", Usage: "Take the schedule away."},
			newOutputFlag()),
		Action: func(c *cli.Context) error {
			o := readScheduleFlags(c)
			o.dayOr = c.Bool("day-or")
			if c.Bool("none") == (o.given > 0) {
				return usagef(c, "give one of --cron, --interval, --rrule and --none")
			}
			return deploymentSetSchedule(c.Context, e, c.Args().First(), o, c.String("output"))
		},
	}
}

func deploymentSetSchedule(ctx context.Context, e *env, name string, o scheduleOptions, output string) error {
	s, err := o.build(e.now())
	if err != nil {
		return err
	}
	db, d, err := e.findDeployment(ctx, name, "")
	if err != nil {
		return err
	}
	raw, err := encodeSchedule(s)
	if err != nil {
		return err
	}
	changed, err := db.SetSchedule(ctx, d.ID, raw)
	if err != nil {
		return databaseError(err)
	}
	text := "Deployment '%s' has that schedule already.\n"
	switch {
	case changed && s == nil:
		text = "Took the schedule of deployment '%s' away.\n"
	case changed:
		text = "Set the schedule of deployment '%s'.\n"
	}
	return e.showSchedule(ctx, db, d, output, text)
}

func encodeSchedule(s *manifest.Schedule) (json.RawMessage, error) {
	if s == nil {
		return nil, nil
	}
	return ordered.Encode(s.Map())
}

// showSchedule shows what a change of a schedule has come to, and when its next run is due.
func (e *env) showSchedule(ctx context.Context, db *store.DB, d store.Deployment, output, text string) error {
	d, err := db.DeploymentByID(ctx, d.ID)
	if err != nil {
		return databaseError(err)
	}
	if forScripts(output) {
		return e.show(output, deploymentValue(d), []string{d.FullName()}, nil)
	}
	e.success(text, d.FullName())
	switch next, err := e.nextRuns(ctx, db, d, 1); {
	case err != nil:
		return err
	case d.Schedule != nil && !d.IsScheduleActive:
		e.printf("It is paused; go on with: prefect deployment resume-schedule %s\n", shellWord(d.FullName()))
	case len(next) > 0:
		e.printf("Its next run is due %s.\n", localTime(next[0]))
	}
	return nil
}
