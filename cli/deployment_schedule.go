package cli

import (
	"time"

	"prefect/engine/manifest"
	"prefect/engine/schedule"

	"github.com/urfave/cli/v2"
)

// scheduleOptions are the options that say when a deployment runs.
type scheduleOptions struct {
	cron, rrule      string
	isRRule          bool
	interval         *int // seconds
	timezone, anchor string
	dayOr            bool
	given            int // how many of cron, interval and rrule
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
	o := scheduleOptions{cron: c.String("cron"), rrule: c.String("rrule"), isRRule: c.IsSet("rrule"), timezone: c.String("timezone"), anchor: c.String("anchor-date"), dayOr: true}
	for _, name := range []string{"cron", "interval", "rrule"} {
		if c.IsSet(name) {
			o.given++
		}
	}
	if c.IsSet("interval") {
		seconds := c.Int("interval")
		o.interval = &seconds
	}
	switch {
	case o.given == 0 && c.IsSet("timezone"):
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
	case o.given > 1:
		return nil, errorf("Only one schedule type can be provided.")
	case o.given == 0:
		return nil, nil
	}
	s := &manifest.Schedule{DayOr: o.dayOr, Timezone: textOrNil(o.timezone)}
	utc := "UTC"
	switch {
	case o.interval != nil:
		seconds, anchor := float64(*o.interval), now.UTC().Format("2006-01-02T15:04:05.000000-07:00")
		if o.anchor != "" {
			anchor = o.anchor
		}
		s.Interval, s.AnchorDate = &seconds, &anchor
	case o.isRRule:
		s.RRule = &o.rrule
	default:
		s.Cron = &o.cron
	}
	if s.Timezone == nil && s.Cron == nil {
		s.Timezone = &utc // as Prefect writes it; a cron has null there
	}
	return s, checkSchedule(s)
}

// checkSchedule says what is wrong with a schedule's text, which its file can't know.
func checkSchedule(s *manifest.Schedule) error {
	_, err := schedule.Parse(*s)
	return err
}
