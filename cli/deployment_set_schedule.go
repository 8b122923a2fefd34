package cli

import (
	"context"
	"encoding/json"

	"prefect/cli/render"
	"prefect/engine/manifest"
	"prefect/engine/ordered"
	"prefect/engine/schedule"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newDeploymentSetScheduleCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "set-schedule",
		Usage:       "Give a deployment another schedule, or none.",
		ArgsUsage:   "NAME",
		Description: "Its runs that have not started are taken away with the old schedule. A paused schedule stays paused. The next 'deployment apply' sets what the deployment's file says.",
		UsageText: "prefect deployment set-schedule log-flow/log-simple --cron '0 3 * * *' --timezone Europe/Berlin\n" +
			"prefect deployment set-schedule log-flow/log-simple --none",
		Flags: append(newScheduleFlags(),
			newSwitch("day-or", "no-day-or", true, "In a cron, a day fits if its day of the month or of the week does (the default), or only if both do."),
			&cli.BoolFlag{Name: "none", Aliases: []string{"no-schedule"}, Usage: "Take the schedule away."},
			newOutputFlag()),
		Action: func(c *cli.Context) error {
			o, err := readScheduleFlags(c)
			if err != nil {
				return err
			}
			o.dayOr = c.Bool("day-or")
			switch {
			case c.Bool("none") == (o.given() > 0):
				return usagef(c, "give one of --cron, --interval, --rrule and --none")
			case c.IsSet("day-or") && !c.IsSet("cron"):
				return usagef(c, "--day-or and --no-day-or go with --cron")
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
	if s != nil && o.anchor == "" {
		s.AnchorDate = nil // it counts from when it was set, and setting it again changes nothing
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
	e.warnFixedZone(s)
	return e.showSchedule(ctx, db, d, output, text)
}

// warnFixedZone warns of a time zone that is named like one with summer time and has none.
func (e *env) warnFixedZone(s *manifest.Schedule) {
	if s == nil || s.Timezone == nil {
		return
	}
	if meant, fixed := schedule.FixedOffset(*s.Timezone); fixed {
		e.warn("Time zone '%s' is hours behind UTC by the same number all year; where clocks change in summer, use a place such as '%s'.\n", *s.Timezone, meant)
	}
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
	case d.Schedule != nil && (len(next) == 0 || d.WorkQueueName == nil):
		e.warnIdleSchedule(d, len(next) == 0)
	case len(next) > 0:
		e.printf("Its next run is due %s, %s.\n", inZones(next[0]), render.Relative(next[0], e.now()))
	}
	return nil
}
