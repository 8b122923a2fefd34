// Package schedule says when a deployment's schedule is due: by a cron expression, at an
// interval, or by an rrule. It gives the instants that Prefect 2.1's schedules give, with these
// exceptions, where those are wrong or forget what they were set to:
//
//   - Instants come in order, each once. Prefect's can repeat one or go back around a clock change.
//   - An interval without an anchor date and a rule without DTSTART count from when the schedule
//     was set (see Anchored). Prefect counts such a rule anew from every moment it looks at it.
//   - RDATE and EXDATE of an rrule work. Prefect accepts them, then fails to list the dates.
package schedule

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"strings"
	"time"

	"prefect/engine/manifest"
)

// A Schedule is a schedule that was read and found right. It is never changed, so several
// goroutines may use it at once.
type Schedule struct {
	loc  *time.Location
	cron *cron
	rule *recurrence

	step   time.Duration // of an interval
	anchor time.Time     // zero if none was given
}

// An Error says which field of a schedule is wrong, and what is wrong with it.
type Error struct {
	Field   string // cron, interval, anchor_date, rrule or timezone; empty if it is none of them
	Value   string // as it was given
	Problem string
}

func (e *Error) Error() string {
	if e.Field == "" {
		return "schedule: " + e.Problem
	}
	return fmt.Sprintf("schedule.%s '%s': %s", e.Field, e.Value, e.Problem)
}

// Parse reads a schedule. What is wrong with it is an *Error.
func Parse(m manifest.Schedule) (*Schedule, error) {
	s := &Schedule{}
	var err error
	if s.loc, err = location(m.Timezone); err != nil {
		return nil, &Error{"timezone", *m.Timezone, err.Error()}
	}
	switch {
	case m.Cron != nil:
		if s.cron, err = parseCron(*m.Cron, m.DayOr); err != nil {
			return nil, &Error{"cron", *m.Cron, err.Error()}
		}
	case m.RRule != nil:
		if s.rule, err = parseRRule(*m.RRule); err != nil {
			return nil, &Error{"rrule", *m.RRule, err.Error()}
		}
	case m.Interval != nil:
		if s.step, err = parseInterval(*m.Interval); err != nil {
			return nil, &Error{"interval", fmt.Sprint(*m.Interval), err.Error()}
		}
		if m.AnchorDate != nil {
			if s.anchor, err = parseAnchor(*m.AnchorDate); err != nil {
				return nil, &Error{"anchor_date", *m.AnchorDate, err.Error()}
			}
		}
	default:
		return nil, &Error{Problem: "cron, interval or rrule is missing"}
	}
	return s, nil
}

// Decode reads the JSON form of a schedule: an object with the keys that the YAML file has.
func Decode(raw json.RawMessage) (*Schedule, error) {
	m := struct {
		Cron       *string  `json:"cron"`
		Interval   *float64 `json:"interval"`
		RRule      *string  `json:"rrule"`
		AnchorDate *string  `json:"anchor_date"`
		Timezone   *string  `json:"timezone"`
		DayOr      bool     `json:"day_or"`
	}{DayOr: true}
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, &Error{Problem: err.Error()}
	}
	return Parse(manifest.Schedule{Cron: m.Cron, Interval: m.Interval, RRule: m.RRule, AnchorDate: m.AnchorDate, Timezone: m.Timezone, DayOr: m.DayOr})
}

// Location is the time zone of the schedule, UTC if it names none.
func (s *Schedule) Location() *time.Location { return s.loc }

// Anchored returns the schedule as it is when it was set at a time: an interval without an anchor
// date counts from that second, and a rule without DTSTART begins with its first date from there
// on, which is on the whole minute, hour or day where the rule asks for no other. Any other
// schedule is returned as it is. Without it they count from 2001.
func (s *Schedule) Anchored(at time.Time) *Schedule {
	anchored := *s
	switch {
	case s.step > 0 && s.anchor.IsZero():
		anchored.anchor = at.Truncate(time.Second)
	case s.rule != nil && s.rule.option.Dtstart.IsZero():
		rule := *s.rule
		local := at.In(s.loc)
		rule.option.Dtstart = s.rule.anchoredAt(local.UTC().Add(offsetOf(local)))
		rule.count()
		anchored.rule = &rule
	default:
		return s
	}
	return &anchored
}

// After gives the instants after the given one at which the schedule is due, in order. Most
// schedules never end.
func (s *Schedule) After(at time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for at, ok := s.Next(at); ok && yield(at); at, ok = s.Next(at) {
		}
	}
}

// Next gives the first instant after the given one at which the schedule is due, in the
// schedule's time zone. It is false when the schedule has come to its end.
func (s *Schedule) Next(after time.Time) (time.Time, bool) {
	from := after.Round(0).Add(time.Nanosecond)
	switch {
	case s.cron != nil:
		return nextInstant(s.cron.next, s.loc, gapForward, from)
	case s.rule != nil:
		return nextInstant(s.rule.next, s.loc, gapBackward, from)
	case s.anchor.IsZero():
		return nextInterval(s.step, unanchored, s.loc, from)
	}
	return nextInterval(s.step, s.anchor, s.loc, from)
}

// parseInterval reads seconds, to the microsecond.
func parseInterval(seconds float64) (time.Duration, error) {
	if math.IsNaN(seconds) || seconds > maxInterval.Seconds() {
		return 0, checkInterval(maxInterval + 1)
	}
	d := time.Duration(math.Round(max(seconds, 0)*1e6)) * time.Microsecond
	return d, checkInterval(d)
}

var anchorLayouts = []string{"2006-1-2T15:4:5Z07:00", "2006-1-2T15:4:5Z0700", "2006-1-2T15:4:5Z07", "2006-1-2T15:4Z07:00",
	"2006-1-2T15:4Z0700", "2006-1-2T15:4Z07", "2006-1-2T15:4:5", "2006-1-2T15:4", "2006-1-2"}

// parseAnchor reads a date and time in ISO format. One without an offset is UTC, whatever the
// schedule's time zone, as it is in Prefect 2.1.
func parseAnchor(text string) (time.Time, error) {
	plain := strings.Replace(text, " ", "T", 1)
	for _, layout := range anchorLayouts {
		if t, err := time.Parse(layout, plain); err == nil {
			return t.UTC().Truncate(time.Microsecond), nil
		}
	}
	return time.Time{}, errors.New("it must be a date and time, such as 2022-08-22T09:00:00+00:00")
}
