package schedule

import (
	"iter"
	"slices"
	"time"

	"github.com/teambition/rrule-go"
)

// Rules that repeat within the day (HOURLY, MINUTELY, SECONDLY) are worked out here. The library
// goes through them second by second, also on days when nothing can match, which for some rules
// takes hours.

// within says whether a rule repeats within the day.
func (r *recurrence) within() bool {
	unit := unitOf(r.option.Freq)
	return unit > 0 && unit < day
}

// clockFrom gives the first time of such a rule at or after from, without regard to COUNT and
// UNTIL; zero when there is none for decades.
func (r *recurrence) clockFrom(from time.Time) time.Time {
	for at := range r.clockDates(from, cronYears) {
		return at
	}
	return time.Time{}
}

// clockDates gives the times of such a rule from a time on, for so many years.
func (r *recurrence) clockDates(from time.Time, years int) iter.Seq[time.Time] {
	from = later(from, r.start())
	offsets := r.offsets()
	return func(yield func(time.Time) bool) {
		if len(offsets) == 0 {
			return // BYSETPOS picks none
		}
		for d := range r.days(from, years) {
			end := d.Add(day)
			for p := r.periodFrom(later(d, from), end); p.Before(end); p = r.periodFrom(p.Add(r.step()), end) {
				for _, offset := range offsets {
					if at := p.Add(offset); !at.Before(from) && !yield(at) {
						return
					}
				}
			}
		}
	}
}

func (r *recurrence) step() time.Duration {
	return time.Duration(max(r.option.Interval, 1)) * unitOf(r.option.Freq)
}

// periodFrom gives the first hour, minute or second of the rule's rhythm, from that of a time on,
// that BYHOUR, BYMINUTE and BYSECOND allow; end or a later one when there is none before.
func (r *recurrence) periodFrom(from, end time.Time) time.Time {
	o, unit := r.option, unitOf(r.option.Freq)
	allows := func(set []int, v int) bool { return len(set) == 0 || slices.Contains(set, v) }
	rhythm := r.start().Truncate(unit)
	p := ceilTo(r.step(), rhythm, from.Truncate(unit))
	for p.Before(end) {
		switch {
		case !allows(o.Byhour, p.Hour()):
			p = ceilTo(r.step(), rhythm, p.Truncate(time.Hour).Add(time.Hour))
		case unit <= time.Minute && !allows(o.Byminute, p.Minute()):
			p = ceilTo(r.step(), rhythm, p.Truncate(time.Minute).Add(time.Minute))
		case unit == time.Second && !allows(o.Bysecond, p.Second()):
			p = p.Add(r.step())
		default:
			return p
		}
	}
	return p
}

// offsets are the times within a period at which the rule is due.
func (r *recurrence) offsets() []time.Duration {
	o, start := r.option, r.start()
	minutes, seconds := o.Byminute, o.Bysecond
	if len(minutes) == 0 {
		minutes = []int{start.Minute()}
	}
	if len(seconds) == 0 {
		seconds = []int{start.Second()}
	}
	switch o.Freq {
	case rrule.MINUTELY:
		minutes = []int{0}
	case rrule.SECONDLY:
		minutes, seconds = []int{0}, []int{0}
	}
	var all []time.Duration
	for _, m := range minutes {
		for _, s := range seconds {
			all = append(all, time.Duration(m)*time.Minute+time.Duration(s)*time.Second)
		}
	}
	if len(o.Bysetpos) == 0 {
		return all
	}
	var chosen []time.Duration
	for i, offset := range all {
		if slices.Contains(o.Bysetpos, i+1) || slices.Contains(o.Bysetpos, i-len(all)) {
			chosen = append(chosen, offset)
		}
	}
	return chosen
}

// days gives the days from a time's on that the other parts of the rule allow.
func (r *recurrence) days(from time.Time, years int) iter.Seq[time.Time] {
	first := from.Truncate(day)
	last := first.AddDate(years, 0, 0).Add(r.step())
	o := r.option
	return func(yield func(time.Time) bool) {
		if len(o.Bymonth)+len(o.Bymonthday)+len(o.Byyearday)+len(o.Byweekno)+len(o.Byeaster)+len(o.Byweekday) == 0 {
			for d := first; !d.After(last) && yield(d); d = d.Add(day) {
			}
			return
		}
		rule, err := rrule.NewRRule(rrule.ROption{Freq: rrule.DAILY, Dtstart: first, Until: last, Wkst: o.Wkst, Bymonth: o.Bymonth,
			Bymonthday: o.Bymonthday, Byyearday: o.Byyearday, Byweekno: o.Byweekno, Byeaster: o.Byeaster, Byweekday: o.Byweekday})
		if err != nil {
			return // check has refused it before
		}
		next := rule.Iterator()
		for d, ok := next(); ok && yield(d); d, ok = next() {
		}
	}
}
