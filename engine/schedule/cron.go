package schedule

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"time"
)

// cronYears is how far ahead a date is looked for. The longest gap that a real
// expression has is 40 years (29 February on a given weekday, across 2100).
const cronYears = 50

// cron is a parsed cron expression, read as Prefect's croniter 1.3.7 reads it.
// Each set is a bit per allowed value.
type cron struct {
	second, minute, hour, month uint64
	days                        uint64 // days of the month, 1 to 31
	lastDay                     bool   // L: the last day of the month
	weekdays                    uint64 // 0 is Sunday
	anyDay, anyWeekday          bool
	dayOr                       bool // a day matches when either day field does

	// nth holds, per weekday, bits 1 to 5 for MON#1 to MON#5 and bit lastWeek for L1.
	nth    [7]uint8
	hasNth bool
}

const lastWeek = 6

// cronField describes one field of an expression.
type cronField struct {
	name     string
	min, max int
	names    []string // lower case; the first stands for min
}

var cronFields = [6]cronField{
	{name: "minute", max: 59},
	{name: "hour", max: 23},
	{name: "day of month", min: 1, max: 31},
	{name: "month", min: 1, max: 12, names: []string{
		"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{name: "day of week", max: 7, names: []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
	{name: "second", max: 59},
}

var cronAliases = map[string]string{
	"@midnight": "0 0 * * *",
	"@hourly":   "0 * * * *",
	"@daily":    "0 0 * * *",
	"@weekly":   "0 0 * * 0",
	"@monthly":  "0 0 1 * *",
	"@yearly":   "0 0 1 1 *",
	"@annually": "0 0 1 1 *",
}

// parseCron reads five fields (minute, hour, day of month, month, day of week)
// and an optional sixth, the second, which stands last.
func parseCron(expr string, dayOr bool) (*cron, error) {
	text := strings.ToLower(expr)
	if full, ok := cronAliases[text]; ok {
		text = full
	} else if strings.HasPrefix(strings.TrimSpace(text), "@") {
		return nil, fmt.Errorf("no such alias, use one of @hourly, @daily, @weekly, @monthly, @yearly")
	}
	words := strings.Fields(text)
	if len(words) != 5 && len(words) != 6 {
		return nil, fmt.Errorf("expected 5 or 6 fields, found %d", len(words))
	}
	c := &cron{dayOr: dayOr, second: 1}
	for i, word := range words {
		if err := c.setField(i, word); err != nil {
			return nil, fmt.Errorf("%s %q: %w", cronFields[i].name, word, err)
		}
	}
	if _, ok := c.next(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)); !ok {
		return nil, errors.New("no date ever matches it")
	}
	return c, nil
}

func (c *cron) setField(i int, word string) error {
	f := cronFields[i]
	var set uint64
	plain, star := false, false
	for _, item := range strings.Split(word, ",") {
		var add uint64
		var err error
		switch {
		case f.name == "day of month" && item == "l":
			c.lastDay = true
			continue
		case f.name == "day of week" && (strings.Contains(item, "#") || strings.HasPrefix(item, "l")):
			add, err = c.setNth(f, item)
		default:
			add, err = f.item(item)
			plain, star = true, star || item == "*"
		}
		if err != nil {
			return err
		}
		set |= add
	}
	if c.hasNth && plain && f.name == "day of week" {
		return errors.New("plain days and days like MON#1 or L5 can't be mixed")
	}
	switch f.name {
	case "minute":
		c.minute = set
	case "hour":
		c.hour = set
	case "day of month":
		c.days, c.anyDay = set, star || bits.OnesCount64(set) == 31 && !c.lastDay
	case "month":
		c.month = set
	case "day of week":
		if set&(1<<7) != 0 { // 7 is Sunday too
			set = set&^(1<<7) | 1
		}
		c.weekdays, c.anyWeekday = set, set == 1<<7-1
	case "second":
		c.second = set
	}
	return nil
}

// setNth reads `mon#2` (the second Monday) and `l5` (the last Friday).
func (c *cron) setNth(f cronField, item string) (uint64, error) {
	week, day := lastWeek, 0
	var err error
	if name, count, ok := strings.Cut(item, "#"); ok {
		if week, err = strconv.Atoi(count); err != nil || week < 1 || week > 5 {
			return 0, errors.New("a number from 1 to 5 must follow #")
		}
		if day, err = f.value(name); err != nil {
			return 0, err
		}
	} else if day, err = strconv.Atoi(item[1:]); err != nil || day < 0 || day > 7 {
		return 0, errors.New("a weekday from 0 to 7 must follow L, like L5 for the last Friday")
	}
	day %= 7
	c.hasNth = true
	c.nth[day] |= 1 << week
	return 1 << day, nil
}

// item reads `*`, `5`, `5-20`, each with an optional step, as a set of values.
// A step after a single value runs from there to the field's end.
func (f cronField) item(item string) (uint64, error) {
	span, stepText, hasStep := strings.Cut(item, "/")
	step := 1
	if hasStep {
		var err error
		if step, err = digits(stepText); err != nil || step == 0 {
			return 0, fmt.Errorf("the step %q must be a number of at least 1", stepText)
		}
	}
	low, high := f.min, f.max
	if span != "*" {
		first, last, isRange := strings.Cut(span, "-")
		var err error
		if low, err = f.value(first); err != nil {
			return 0, err
		}
		if isRange {
			if high, err = f.value(last); err != nil {
				return 0, err
			}
			if f.name == "day of week" && high == 0 && low > 0 {
				high = 7 // FRI-SUN
			}
		} else if !hasStep {
			high = low
		}
	} else if f.name == "day of week" {
		high = 6
	}
	if low > high {
		return 0, fmt.Errorf("the range %s runs backwards", span)
	}
	var set uint64
	for v := low; v <= high; v += step {
		set |= 1 << v
	}
	return set, nil
}

func (f cronField) value(text string) (int, error) {
	if i := slices.Index(f.names, text); i >= 0 {
		return f.min + i, nil
	}
	v, err := digits(text)
	if err != nil {
		return 0, fmt.Errorf("%q isn't a number%s", text, map[bool]string{true: " or a name of three letters"}[f.names != nil])
	}
	if v < f.min || v > f.max {
		return 0, fmt.Errorf("%d is out of range, %d to %d are allowed", v, f.min, f.max)
	}
	return v, nil
}

// digits reads a number without a sign.
func digits(text string) (int, error) {
	v, err := strconv.ParseUint(text, 10, 16)
	return int(v), err
}

// next gives the first matching wall-clock time at or after from, both written
// as UTC. It is false when there is none within cronYears.
func (c *cron) next(from time.Time) (time.Time, bool) {
	if from.Nanosecond() > 0 {
		from = from.Truncate(time.Second).Add(time.Second)
	}
	year, month, day := from.Date()
	if !c.dayMatches(year, month, day) {
		return c.firstOnLaterDay(year, month, day)
	}
	if h, m, s, ok := c.clock(from.Clock()); ok {
		return time.Date(year, month, day, h, m, s, 0, time.UTC), true
	}
	return c.firstOnLaterDay(year, month, day)
}

// firstOnLaterDay gives the first matching time of the first matching day after the given one.
func (c *cron) firstOnLaterDay(year int, month time.Month, day int) (time.Time, bool) {
	for last := year + cronYears; year <= last; {
		if day++; day > daysIn(year, month) || c.month&(1<<month) == 0 {
			day = 0
			if month++; month > 12 {
				month = 1
				year++
			}
			continue
		}
		if c.dayMatches(year, month, day) {
			return time.Date(year, month, day, lowest(c.hour), lowest(c.minute), lowest(c.second), 0, time.UTC), true
		}
	}
	return time.Time{}, false
}

// clock gives the first matching time of day at or after h:m:s.
func (c *cron) clock(h, m, s int) (int, int, int, bool) {
	if c.hour&(1<<h) != 0 {
		if c.minute&(1<<m) != 0 {
			if s, ok := atLeast(c.second, s); ok {
				return h, m, s, true
			}
		}
		if m, ok := atLeast(c.minute, m+1); ok {
			return h, m, lowest(c.second), true
		}
	}
	h, ok := atLeast(c.hour, h+1)
	return h, lowest(c.minute), lowest(c.second), ok
}

func (c *cron) dayMatches(year int, month time.Month, day int) bool {
	if c.month&(1<<month) == 0 {
		return false
	}
	length := daysIn(year, month)
	byDate := c.days&(1<<day) != 0 || c.lastDay && day == length
	weekday := time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Weekday()
	byWeekday := c.weekdays&(1<<weekday) != 0
	if c.hasNth {
		week := (day-1)/7 + 1
		byWeekday = c.nth[weekday]&(1<<week) != 0 || c.nth[weekday]&(1<<lastWeek) != 0 && day+7 > length
	}
	switch {
	case c.anyWeekday && !c.hasNth:
		return byDate
	case c.anyDay:
		return byWeekday
	case c.dayOr && c.hasNth:
		return byWeekday // croniter lets MON#1 overrule the day of the month
	case c.dayOr:
		return byDate || byWeekday
	}
	return byDate && byWeekday
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func lowest(set uint64) int { return bits.TrailingZeros64(set) }

// atLeast gives the smallest member of set that is v or more.
func atLeast(set uint64, v int) (int, bool) {
	set = set >> v << v
	return bits.TrailingZeros64(set), set != 0
}
