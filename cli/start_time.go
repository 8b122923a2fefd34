package cli

import (
	"strconv"
	"strings"
	"time"

	"prefect/engine/pattern"
)

// startTime is when a run shall start: now, after --start-in, or at --start-at.
func startTime(in, at string, now time.Time) (time.Time, error) {
	switch {
	case in != "" && at != "":
		return now, errorf("Only one of --start-in and --start-at can be provided.")
	case in != "":
		d, ok := parseDelay(in)
		if !ok {
			return now, withHint(errorf("--start-in '%s' is not a duration", in), `Write it like 90s, 10m, 2h, 1d, 1h30m or "1 hour 30 minutes".`)
		}
		return now.Add(d), nil
	case at != "":
		t, ok := parseMoment(at, now)
		if !ok {
			return now, withHint(errorf("--start-at '%s' is not a time", at), "Write it like 18:30, 2026-01-31T18:30 (local time) or 2026-01-31T18:30:00Z.")
		}
		if t.Before(now.Add(-time.Minute)) {
			return now, errorf("--start-at %s is in the past", t.Local().Format("2006-01-02 15:04:05 MST"))
		}
		return t, nil
	}
	return now, nil
}

var delayUnits = []struct {
	names string
	unit  time.Duration
}{
	{" s sec secs second seconds ", time.Second}, {" m min mins minute minutes ", time.Minute}, {" h hr hrs hour hours ", time.Hour},
	{" d day days ", 24 * time.Hour}, {" w week weeks ", 7 * 24 * time.Hour}, {" ms millisecond milliseconds ", time.Millisecond},
}

var delayPart = pattern.New(`^(\d+(?:\.\d+)?)\s*([a-z]+)[\s,]*(?:and\s+)?`)

// parseDelay reads 90s, 1h30m, "2 hours and 5 minutes" and bare seconds.
func parseDelay(text string) (total time.Duration, ok bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return time.Duration(seconds * float64(time.Second)), seconds >= 0 && seconds < 1e9
	}
	for text != "" {
		m := delayPart.FindStringSubmatch(text)
		if m == nil {
			return 0, false
		}
		n, err := strconv.ParseFloat(m[1], 64)
		unit := delayUnit(m[2])
		if err != nil || unit == 0 || n*float64(unit) > float64(100*365*24*time.Hour) {
			return 0, false
		}
		total += time.Duration(n * float64(unit))
		text = text[len(m[0]):]
		ok = true
	}
	return total, ok
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
