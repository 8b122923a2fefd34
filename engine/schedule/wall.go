package schedule

import "time"

// Schedules that follow the clock on the wall (cron, rrule, intervals of a day
// or more) are worked out in wall-clock time, which is written here as a
// time.Time in UTC, and then placed on the real time line of a zone. What
// happens to the times that a clock change skips (spring) or repeats (autumn)
// follows Prefect 2.1, which has two ways.
type placing int

const (
	// gapForward is for cron and interval. The first skipped time moves on by as
	// much as the clock does (02:30 becomes 03:30), further skipped ones are
	// dropped. Of a time that comes twice the second counts.
	gapForward placing = iota

	// gapBackward is for rrule. Each skipped time moves back by as much as the
	// clock moves on (02:30 becomes 01:30). Of a time that comes twice the first counts.
	gapBackward
)

// wallClock gives the first wall-clock time of a schedule at or after from.
type wallClock func(from time.Time) (time.Time, bool)

// far is how far from UTC a wall clock can be, with room for a skipped day.
const far = 26 * time.Hour

// nextInstant gives the first instant at or after from at which a schedule is due in loc.
func nextInstant(next wallClock, loc *time.Location, place placing, from time.Time) (time.Time, bool) {
	for {
		s := stretchAt(from, loc)
		if due, ok := s.first(next, place, from); ok {
			return due.In(loc), true
		}
		if s.end.IsZero() {
			return time.Time{}, false
		}
		// Leap over the clock changes until the schedule's next wall-clock time.
		wall, ok := next(s.end.Add(-far))
		if !ok {
			return time.Time{}, false
		}
		from = s.end
		if leap := wall.Add(-far); leap.After(from) {
			from = leap
		}
	}
}

// stretch is the time between two clock changes of a zone. The ends are zero
// where there is no change before or after.
type stretch struct {
	start, end            time.Time
	before, offset, after time.Duration // from UTC: before start, within, from end on
}

func stretchAt(t time.Time, loc *time.Location) stretch {
	local := t.In(loc)
	s := stretch{offset: offsetOf(local)}
	s.start, s.end = local.ZoneBounds()
	s.before, s.after = s.offset, s.offset
	if !s.start.IsZero() {
		s.start = s.start.UTC()
		s.before = offsetOf(s.start.Add(-1).In(loc))
	}
	if !s.end.IsZero() {
		s.end = s.end.UTC()
		s.after = offsetOf(s.end.In(loc))
	}
	return s
}

func offsetOf(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}

// first gives the first due instant of the stretch at or after from.
func (s stretch) first(next wallClock, place placing, from time.Time) (time.Time, bool) {
	if place == gapForward {
		return s.firstForward(next, from)
	}
	return s.firstBackward(next, from)
}

func (s stretch) firstForward(next wallClock, from time.Time) (time.Time, bool) {
	high := s.end
	if repeated := s.offset - s.after; repeated > 0 && !high.IsZero() {
		high = high.Add(-repeated) // they are due when they come again
	}
	due, ok := between(next, from, high, s.offset)
	if jump := s.offset - s.before; jump > 0 && !s.start.IsZero() {
		moved, found := between(next, s.start, s.start.Add(jump), s.before)
		if found && !moved.Before(from) && (!ok || moved.Before(due)) {
			return moved, true
		}
	}
	return due, ok
}

func (s stretch) firstBackward(next wallClock, from time.Time) (time.Time, bool) {
	low := from
	if repeated := s.before - s.offset; repeated > 0 && !s.start.IsZero() {
		low = later(low, s.start.Add(repeated)) // they were due when they came first
	}
	due, ok := between(next, low, s.end, s.offset)
	if jump := s.after - s.offset; jump > 0 && !s.end.IsZero() {
		moved, found := between(next, later(from, s.end.Add(-jump)), s.end, s.after)
		if found && (!ok || moved.Before(due)) {
			return moved, true
		}
	}
	return due, ok
}

// between gives the first due instant in [low, high), seen at one offset from UTC.
// A zero high is no limit.
func between(next wallClock, low, high time.Time, offset time.Duration) (time.Time, bool) {
	if !high.IsZero() && !low.Before(high) {
		return time.Time{}, false
	}
	wall, ok := next(low.UTC().Add(offset))
	if !ok {
		return time.Time{}, false
	}
	due := wall.Add(-offset)
	return due, high.IsZero() || due.Before(high)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
