package schedule

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/teambition/rrule-go"

	"prefect/engine/pattern"
)

// maxCount bounds the dates of a rule with COUNT, which are all worked out beforehand.
const maxCount = 10_000

// numberList describes the values of a BYxxx part.
type numberList struct {
	to       func(*rrule.ROption) *[]int
	min, max int
	signed   bool // counts from the end when negative; 0 isn't allowed
}

var numberLists = map[string]numberList{
	"BYSETPOS":   {func(o *rrule.ROption) *[]int { return &o.Bysetpos }, 1, 366, true},
	"BYMONTH":    {func(o *rrule.ROption) *[]int { return &o.Bymonth }, 1, 12, false},
	"BYMONTHDAY": {func(o *rrule.ROption) *[]int { return &o.Bymonthday }, 1, 31, true},
	"BYYEARDAY":  {func(o *rrule.ROption) *[]int { return &o.Byyearday }, 1, 366, true},
	"BYWEEKNO":   {func(o *rrule.ROption) *[]int { return &o.Byweekno }, 1, 53, true},
	"BYHOUR":     {func(o *rrule.ROption) *[]int { return &o.Byhour }, 0, 23, false},
	"BYMINUTE":   {func(o *rrule.ROption) *[]int { return &o.Byminute }, 0, 59, false},
	"BYSECOND":   {func(o *rrule.ROption) *[]int { return &o.Bysecond }, 0, 59, false},
	"BYEASTER":   {func(o *rrule.ROption) *[]int { return &o.Byeaster }, -80, 250, false}, // within the year, whenever Easter is
}

var frequencies = []string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}

var weekdays = map[string]rrule.Weekday{
	"MO": rrule.MO, "TU": rrule.TU, "WE": rrule.WE, "TH": rrule.TH, "FR": rrule.FR, "SA": rrule.SA, "SU": rrule.SU,
}

// setRule reads the value of an RRULE line. The text is "UTC" when UNTIL ends
// in Z, "local" when it doesn't, empty without UNTIL.
func (r *recurrence) setRule(value, params string) (until string, err error) {
	if r.hasRule {
		return "", errors.New("only one rule can be used")
	}
	if params != "" {
		return "", fmt.Errorf("parameter %s isn't supported", params)
	}
	r.hasRule = true
	hasFreq := false
	for _, part := range strings.Split(value, ";") {
		name, text, ok := strings.Cut(part, "=")
		if !ok {
			return "", fmt.Errorf("expected NAME=VALUE, found %q", part)
		}
		switch name {
		case "FREQ":
			hasFreq = true
			err = setFrequency(&r.option, text)
		case "UNTIL":
			var zone string
			if r.option.Until, zone, err = wallTime(text); zone != "" {
				until = "UTC"
			} else {
				until = "local"
			}
		default:
			err = setPart(&r.option, name, text)
		}
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
	}
	if !hasFreq {
		return "", errors.New("FREQ is missing, for example FREQ=DAILY")
	}
	if err := checkStep(r.option); err != nil {
		return "", err
	}
	return until, checkWeekdays(r.option)
}

// checkStep keeps an interval within what the calendar and time.Duration hold.
func checkStep(o rrule.ROption) error {
	period := unitOf(o.Freq)
	if period == 0 {
		period = 30 * day
	}
	if o.Interval > int(maxInterval/period) {
		return errors.New("INTERVAL: over 100 years")
	}
	return nil
}

// checkWeekdays refuses the sixth Monday of a month, on which the library fails.
func checkWeekdays(o rrule.ROption) error {
	if o.Freq == rrule.YEARLY && len(o.Bymonth) == 0 {
		return nil
	}
	for _, w := range o.Byweekday {
		if w.N() < -5 || w.N() > 5 {
			return fmt.Errorf("BYDAY: %s is out of range, a month has 5 of them at most", w)
		}
	}
	return nil
}

func setFrequency(o *rrule.ROption, text string) error {
	i := slices.Index(frequencies, text)
	if i < 0 {
		return fmt.Errorf("%q is none of %s", text, strings.Join(frequencies, ", "))
	}
	o.Freq = rrule.Frequency(i)
	return nil
}

func setPart(o *rrule.ROption, name, text string) (err error) {
	switch name {
	case "INTERVAL":
		o.Interval, err = number(text, 1, int(maxInterval/time.Second))
	case "COUNT":
		o.Count, err = number(text, 1, maxCount)
	case "WKST":
		var ok bool
		if o.Wkst, ok = weekdays[text]; !ok {
			err = fmt.Errorf("%q isn't a weekday, use MO to SU", text)
		}
	case "BYDAY", "BYWEEKDAY":
		o.Byweekday, err = weekdayList(text)
	default:
		list, ok := numberLists[name]
		if !ok {
			return errors.New("no such part")
		}
		*list.to(o), err = list.read(text)
	}
	return err
}

func number(text string, low, high int) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("%q isn't a number", text)
	}
	if n < low || n > high {
		return 0, fmt.Errorf("%d is out of range, %d to %d are allowed", n, low, high)
	}
	return n, nil
}

func (l numberList) read(text string) ([]int, error) {
	var out []int
	for _, item := range strings.Split(text, ",") {
		low := l.min
		if l.signed {
			low = -l.max
		}
		n, err := number(item, low, l.max)
		if err != nil {
			return nil, err
		}
		if l.signed && n == 0 {
			return nil, errors.New("0 isn't allowed")
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

var weekdayItem = pattern.New(`^([+-]?\d+)?(MO|TU|WE|TH|FR|SA|SU)(?:\(([+-]?\d+)\))?$`)

// weekdayList reads MO, 1MO, -1FR and dateutil's MO(+1).
func weekdayList(text string) ([]rrule.Weekday, error) {
	var out []rrule.Weekday
	for _, item := range strings.Split(text, ",") {
		m := weekdayItem.FindStringSubmatch(item)
		if m == nil || m[1] != "" && m[3] != "" {
			return nil, fmt.Errorf("%q isn't a weekday, use MO to SU, or 1MO for the first Monday", item)
		}
		weekday := weekdays[m[2]]
		if nth := m[1] + m[3]; nth != "" {
			n, err := number(nth, -53, 53)
			if err != nil || n == 0 {
				return nil, fmt.Errorf("%q isn't a weekday, use MO to SU, or 1MO for the first Monday", item)
			}
			weekday = weekday.Nth(n)
		}
		out = append(out, weekday)
	}
	return out, nil
}

var (
	wallLayouts = []string{"20060102T150405", "20060102T1504", "20060102", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02"}
	zoneSuffix  = pattern.New(`(T[\d:]+)(Z|[+-]\d\d:?\d\d)$`)
)

// wallTime reads a time without regard to the zone written behind it, which is returned.
func wallTime(text string) (t time.Time, zone string, err error) {
	plain := text
	if m := zoneSuffix.FindStringSubmatch(text); m != nil {
		zone = m[2]
		plain = strings.TrimSuffix(text, zone)
	}
	for _, layout := range wallLayouts {
		if t, err = time.Parse(layout, plain); err == nil {
			if t.Year() < 1000 {
				break
			}
			return t, zone, nil
		}
	}
	return t, zone, fmt.Errorf("%q isn't a time, write it like 20240131T090000", text)
}

// wallTimes reads a list of times, sorted.
func wallTimes(text string) ([]time.Time, error) {
	var out []time.Time
	for _, item := range strings.Split(text, ",") {
		t, _, err := wallTime(item)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.SortFunc(out, time.Time.Compare)
	return out, nil
}
