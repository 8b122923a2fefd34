package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/teambition/rrule-go"
)

// recurrence is a parsed rrule text. All its times are wall-clock times.
type recurrence struct {
	option  rrule.ROption // Dtstart is zero when the text has none
	hasRule bool
	counted []time.Time // all dates of a rule with COUNT
	extra   []time.Time // RDATE, sorted
	except  []time.Time // EXDATE, sorted
	zone    string      // the time zone that DTSTART names itself, which goes unread
}

// parseRRule reads a rule as dateutil's rrulestr does for Prefect: `FREQ=...`
// alone, or DTSTART, RRULE, RDATE and EXDATE parted by any white space. Every
// time is taken as it stands, whatever zone it names: the schedule's own zone
// counts. Prefect accepts RDATE and EXDATE, then fails to list their dates; here they work.
func parseRRule(text string) (*recurrence, error) {
	r := &recurrence{}
	parts := strings.Fields(strings.ToUpper(text))
	if len(parts) == 0 {
		return nil, errors.New("it is empty")
	}
	until := ""
	for _, part := range parts {
		name, value, ok := strings.Cut(part, ":")
		if !ok {
			name, value = "RRULE", part
		}
		name, params, _ := strings.Cut(name, ";")
		var err error
		switch name {
		case "RRULE":
			until, err = r.setRule(value, params)
		case "DTSTART":
			err = r.setStart(value, params)
		case "RDATE":
			r.extra, err = wallTimes(value)
		case "EXDATE":
			r.except, err = wallTimes(value)
		default:
			err = errors.New("use DTSTART, RRULE, RDATE and EXDATE only")
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if !r.hasRule && len(r.extra) == 0 {
		return nil, errors.New("it has no RRULE")
	}
	if until != "" && (until == "UTC") != (r.zone != "") {
		return nil, errors.New("UNTIL must end in Z when DTSTART has a time zone, and must not when it has none")
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	r.count()
	return r, nil
}

func (r *recurrence) setStart(value, params string) error {
	start, zone, err := wallTime(value)
	if err != nil {
		return err
	}
	for _, param := range strings.Split(params, ";") {
		if tzid, ok := strings.CutPrefix(param, "TZID="); ok {
			if zone != "" {
				return errors.New("TZID and Z can't be used together")
			}
			zone = tzid
		}
	}
	r.option.Dtstart, r.zone = start, zone
	return nil
}

// rarest is how far ahead dates are worked out, in years.
const rarest = 500

// check tells a rule that can't be evaluated, or that never gives a date.
func (r *recurrence) check() error {
	if !r.hasRule {
		return nil
	}
	endless := *r
	endless.option.Count, endless.option.Until = 0, time.Time{}
	if r.within() {
		if !r.clockMeets() {
			return errors.New("INTERVAL never meets the given hours, minutes and seconds")
		}
	} else if _, err := rrule.NewRRule(endless.option); err != nil {
		return err
	}
	if endless.ruleFrom(r.start()).IsZero() {
		return errors.New("no date ever matches it")
	}
	return nil
}

// count works out the dates of a rule with COUNT: which is the last one shows only from the first on.
func (r *recurrence) count() {
	r.counted = nil
	o := r.option
	if o.Count == 0 {
		return
	}
	o.Dtstart = r.start()
	if end := o.Dtstart.AddDate(rarest, 0, 0); o.Until.IsZero() || o.Until.After(end) {
		o.Until = end
	}
	if !r.within() {
		if rule, err := rrule.NewRRule(o); err == nil { // check has refused it before
			r.counted = rule.All()
		}
		return
	}
	for at := range r.clockDates(o.Dtstart, rarest) {
		if at.After(o.Until) || len(r.counted) == o.Count {
			return
		}
		r.counted = append(r.counted, at)
	}
}

// clockMeets says whether a rule that repeats within the day ever comes to a
// time of day it allows, which saves looking for one for decades.
func (r *recurrence) clockMeets() bool {
	o, unit := r.option, unitOf(r.option.Freq)
	allows := func(set []int, v int, counts bool) bool {
		return !counts || len(set) == 0 || slices.Contains(set, v)
	}
	step := gcd(r.step(), day)
	begin := r.start()
	midnight := time.Date(begin.Year(), begin.Month(), begin.Day(), 0, 0, 0, 0, time.UTC)
	for at := begin.Sub(midnight) % step; at < day; at += step {
		h, m, s := int(at/time.Hour), int(at/time.Minute)%60, int(at/time.Second)%60
		if allows(o.Byhour, h, true) && allows(o.Byminute, m, unit <= time.Minute) && allows(o.Bysecond, s, unit <= time.Second) {
			return true
		}
	}
	return false
}

// start is where the rule counts from.
func (r *recurrence) start() time.Time {
	if r.option.Dtstart.IsZero() {
		return unanchored
	}
	return r.option.Dtstart
}

// next gives the first wall-clock time of the rule at or after from.
func (r *recurrence) next(from time.Time) (time.Time, bool) {
	if from.Nanosecond() > 0 {
		from = from.Truncate(time.Second).Add(time.Second)
	}
	for {
		due := r.ruleFrom(from)
		if i, _ := slices.BinarySearchFunc(r.extra, from, time.Time.Compare); i < len(r.extra) && (due.IsZero() || r.extra[i].Before(due)) {
			due = r.extra[i]
		}
		if _, excluded := slices.BinarySearchFunc(r.except, due, time.Time.Compare); !excluded {
			return due, !due.IsZero()
		}
		from = due.Add(time.Second)
	}
}

// ruleFrom gives the first time of the RRULE itself, zero when there is none.
func (r *recurrence) ruleFrom(from time.Time) time.Time {
	switch {
	case !r.hasRule:
		return time.Time{}
	case r.option.Count > 0:
		if i, _ := slices.BinarySearchFunc(r.counted, from, time.Time.Compare); i < len(r.counted) {
			return r.counted[i]
		}
		return time.Time{}
	}
	find := r.calendarFrom
	if r.within() {
		find = r.clockFrom
	}
	at := find(from)
	if until := r.option.Until; !until.IsZero() && at.After(until) {
		return time.Time{}
	}
	return at
}

// calendarFrom gives the first time of a rule that goes by days or longer at or after from.
func (r *recurrence) calendarFrom(from time.Time) time.Time {
	o := r.option
	o.Count, o.Until = 0, time.Time{}
	o.Dtstart = r.start()
	// A rule can be joined anywhere in its rhythm, which saves going through
	// all the dates since its start. Two steps early, because BYSETPOS counts
	// within whole weeks.
	if unit := unitOf(o.Freq); unit > 0 {
		step := r.step()
		if joined := ceilTo(step, o.Dtstart, from).Add(-2 * step); joined.After(o.Dtstart) {
			o.Dtstart = joined
		}
	}
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return time.Time{} // check has refused it before
	}
	return rule.After(from, true)
}

// anchoredAt gives the DTSTART that makes the rule begin with its first date at
// or after wall, on whole hours for an hourly rule, at midnight for a daily one.
func (r *recurrence) anchoredAt(wall time.Time) time.Time {
	unit := unitOf(r.option.Freq)
	if unit == 0 || unit > day {
		unit = day
	}
	endless := *r
	endless.option.Dtstart = wall.Truncate(unit)
	endless.option.Count, endless.option.Until = 0, time.Time{}
	endless.extra, endless.except = nil, nil
	if endless.check() == nil {
		if first := endless.ruleFrom(wall.Add(time.Second - 1).Truncate(time.Second)); !first.IsZero() {
			return first
		}
	}
	return endless.option.Dtstart
}

// unitOf is the length of a frequency's period, 0 for months and years.
func unitOf(f rrule.Frequency) time.Duration {
	return map[rrule.Frequency]time.Duration{
		rrule.SECONDLY: time.Second, rrule.MINUTELY: time.Minute, rrule.HOURLY: time.Hour,
		rrule.DAILY: day, rrule.WEEKLY: 7 * day,
	}[f]
}

func gcd(a, b time.Duration) time.Duration {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
