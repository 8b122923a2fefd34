package schedule

import (
	"errors"
	"time"
)

const (
	day = 24 * time.Hour

	// maxInterval keeps all arithmetic far from the limits of time.Duration.
	maxInterval = 100 * 365 * day
)

// unanchored is where an interval or a rule that names no start counts from
// (see Schedule.Anchored): a Monday at midnight, so that a minute, an hour, a
// day and a week all begin there.
var unanchored = time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)

func checkInterval(d time.Duration) error {
	switch {
	case d < time.Microsecond:
		return errors.New("the interval must be positive")
	case d > maxInterval:
		return errors.New("the interval must be under 100 years")
	}
	return nil
}

// nextInterval gives the first instant anchor + n × step at or after from, n of any sign.
//
// Steps under a day are real time, so an hourly schedule goes on hourly when
// the clock changes. Longer ones keep the time on the wall clock of loc, which
// is what Prefect documents and what its schedules give when they start at the anchor.
func nextInterval(step time.Duration, anchor time.Time, loc *time.Location, from time.Time) (time.Time, bool) {
	if step < day {
		return ceilTo(step, anchor, from).In(loc), true
	}
	local := anchor.In(loc)
	wall := local.UTC().Add(offsetOf(local))
	next := func(from time.Time) (time.Time, bool) { return ceilTo(step, wall, from), true }
	return nextInstant(next, loc, gapForward, from)
}

// ceilTo gives the first of anchor + n × step at or after from. It goes by
// seconds and nanoseconds, since the distance may be more than a Duration holds.
func ceilTo(step time.Duration, anchor, from time.Time) time.Time {
	// Come near in whole steps of at most a century, then count exactly.
	stride := step * (maxInterval / step)
	for from.Sub(anchor) > stride {
		anchor = anchor.Add(stride)
	}
	for anchor.Sub(from) > stride {
		anchor = anchor.Add(-stride)
	}
	gap := from.Sub(anchor)
	n := gap / step
	if gap%step > 0 {
		n++
	}
	return anchor.Add(n * step)
}
