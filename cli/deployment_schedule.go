package cli

import (
	"time"

	"prefect/engine/manifest"
	"prefect/engine/schedule"

	"github.com/urfave/cli/v2"
)

// scheduleOptions are the options that say when a deployment runs.
type scheduleOptions struct {
	cron, rrule      *string
	interval         *int // seconds
	timezone, anchor string
	dayOr            bool
}

// given is how many of the options were given that say when.
func (o scheduleOptions) given() (n int) {
	for _, is := range []bool{o.cron != nil, o.interval != nil, o.rrule != nil} {
		if is {
			n++
		}
	}
	return n
}

func newScheduleFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "cron", Usage: "Run on the cron schedule `EXPRESSION`, such as '0 3 * * *'."},
		&cli.IntFlag{Name: "interval", Usage: "Run every so many `SECONDS`."},
		&cli.StringFlag{Name: "rrule", Usage: "Run on the calendar rule `RULE`, such as 'FREQ=WEEKLY;BYDAY=MO'."},
		&cli.StringFlag{Name: "timezone", Usage: "The time zone of the schedule, an IANA `NAME` such as Europe/Berlin; by default UTC."},
		&cli.StringFlag{Name: "anchor-date", Usage: "Count an --interval from this `TIME`, such as 2026-01-01T09:00:00+00:00; by default from now."},
	}
}

func readScheduleFlags(c *cli.Context) (scheduleOptions, error) {
	o := scheduleOptions{timezone: c.String("timezone"), anchor: c.String("anchor-date"), dayOr: true}
	if c.IsSet("cron") {
		o.cron = new(c.String("cron"))
	}
	if c.IsSet("rrule") {
		o.rrule = new(c.String("rrule"))
	}
	if c.IsSet("interval") {
		o.interval = new(c.Int("interval"))
	}
	switch {
	case o.given() == 0 && c.IsSet("timezone"):
		return o, usagef(c, "--timezone goes with --cron, --interval or --rrule")
	case c.IsSet("anchor-date") && o.interval == nil:
		return o, usagef(c, "--anchor-date goes with --interval")
	case o.interval != nil && *o.interval <= 0:
		return o, usagef(c, "--interval must be more than 0 seconds")
	}
	return o, nil
}

// build makes the schedule, nil where none was asked for.
func (o scheduleOptions) build(now time.Time) (*manifest.Schedule, error) {
	switch {
	case o.given() > 1:
		return nil, errorf("Only one schedule type can be provided.")
	case o.given() == 0:
		return nil, nil
	}
	s := &manifest.Schedule{Cron: o.cron, RRule: o.rrule, DayOr: o.dayOr, Timezone: textOrNil(o.timezone)}
	if o.interval != nil {
		seconds, anchor := float64(*o.interval), now.UTC().Format("2006-01-02T15:04:05.000000-07:00")
		if o.anchor != "" {
			anchor = o.anchor
		}
		s.Interval, s.AnchorDate = &seconds, &anchor
	}
	if s.Timezone == nil && s.Cron == nil {
		s.Timezone = new("UTC") // as Prefect writes it; a cron has null there
	}
	return s, checkSchedule(s)
}

// checkSchedule says what is wrong with a schedule's text, which its file can't know.
func checkSchedule(s *manifest.Schedule) error {
	_, err := schedule.Parse(*s)
	return err
}
