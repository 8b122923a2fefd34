package cli

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"prefect/engine/pattern"

	"github.com/urfave/cli/v2"
)

// startTime is when a run shall start: now, after --start-in, or at --start-at. What can't be read
// as one was refused with the command line.
func startTime(in, at string, now time.Time) (time.Time, error) {
	if in != "" {
		d, _ := parseDelay(in)
		return now.Add(d), nil
	}
	if at != "" {
		t, _ := parseMoment(at, now)
		if t.Before(now.Add(-time.Minute)) {
			return now, errorf("--start-at %s is in the past", t.Local().Format("2006-01-02 15:04:05 MST"))
		}
		return t, nil
	}
	return now, nil
}

// momentFlag is an option whose value is a time, as parseMoment reads it.
type momentFlag struct{ *cli.StringFlag }

func (f *momentFlag) problem(value string) string {
	if _, ok := parseMoment(value, time.Now()); !ok {
		return "is not a time such as 18:30, 2026-01-31T18:30 (local) or 2026-01-31T18:30:00Z"
	}
	return ""
}

var delayUnits = []struct {
	names string
	unit  time.Duration
}{
	{" s sec secs second seconds ", time.Second}, {" m min mins minute minutes ", time.Minute}, {" h hr hrs hour hours ", time.Hour},
	{" d day days ", 24 * time.Hour}, {" w week weeks ", 7 * 24 * time.Hour}, {" ms millisecond milliseconds ", time.Millisecond},
}

var plainSeconds = pattern.New(`^\d+(?:\.\d+)?$`)

var delayPart = pattern.New(`^(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*(?:and\s+)?`)

// longestDelay is a hundred years.
const longestDelay = 100 * 365 * 24 * time.Hour

var (
	errNoDelay   = errors.New(`is not a duration such as 90s, 10m, 2h, 30d or "1 hour 30 minutes"`)
	errLongDelay = errors.New("is more than a hundred years")
)

// parseDelay reads 90s, 1h30m, "2 hours and 5 minutes" and bare seconds.
func parseDelay(text string) (time.Duration, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if plainSeconds.MatchString(text) {
		text += "s"
	}
	if text == "" {
		return 0, errNoDelay
	}
	total := 0.0
	for text != "" {
		m := delayPart.FindStringSubmatch(text)
		if m == nil || delayUnit(m[2]) == 0 {
			return 0, errNoDelay
		}
		n, _ := strconv.ParseFloat(m[1], 64) // +Inf where it is too large
		total += n * float64(delayUnit(m[2]))
		text = text[len(m[0]):]
	}
	if total > float64(longestDelay) {
		return 0, errLongDelay
	}
	return time.Duration(total), nil
}

func delayUnit(name string) time.Duration {
	for _, u := range delayUnits {
		if strings.Contains(u.names, " "+name+" ") {
			return u.unit
		}
	}
	return 0
}

// parseMoment reads a date and time, in local time unless it says otherwise, or a time of day,
// which is the next one.
func parseMoment(text string, now time.Time) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if text == "now" {
		return now, true
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04Z07:00",
		"2006-01-02T15:04:05-0700", "2006-01-02T15:04-0700"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	for _, layout := range []string{"2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, true
		}
	}
	for _, layout := range []string{"15:04:05", "15:04", "3:04pm", "3pm"} {
		if t, err := time.ParseInLocation(layout, strings.ToLower(text), time.Local); err == nil {
			local := now.Local()
			next := time.Date(local.Year(), local.Month(), local.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.Local)
			if next.Before(now) {
				next = time.Date(local.Year(), local.Month(), local.Day()+1, t.Hour(), t.Minute(), t.Second(), 0, time.Local)
			}
			return next, true
		}
	}
	return now, false
}
