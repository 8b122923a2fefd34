package render

import (
	"fmt"
	"strings"
	"time"
)

// LogLine is one log record as Prefect prints it, in local time and with a
// newline at its end:
//
//	04:06:58.998 | INFO    | prefect.agent - Submitting flow run '...'
//
// level is Python's number, label what stands before the dash. A message of
// several lines stays as it is; control characters in it become visible.
func LogLine(at time.Time, level int, label, message string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s | %-7s | %s - %s\n",
		at.Local().Format("15:04:05.000"), LevelName(level), SafeLine(label), Safe(message))
	return b.String()
}

// DatedLogLine is LogLine with the day before the time, for a log that is read later.
func DatedLogLine(at time.Time, level, label, message string) string {
	return fmt.Sprintf("%s | %-7s | %s - %s\n", at.Local().Format("2006-01-02 15:04:05.000"), level, SafeLine(label), Safe(message))
}

// LevelName is the name Python's logging gives a level number.
func LevelName(level int) string {
	switch level {
	case 0:
		return "NOTSET"
	case 10:
		return "DEBUG"
	case 20:
		return "INFO"
	case 30:
		return "WARNING"
	case 40:
		return "ERROR"
	case 50:
		return "CRITICAL"
	}
	return fmt.Sprintf("Level %d", level)
}

// Relative says how far t is from now, as `flow-run ls` does: "in 24 minutes",
// "12 seconds ago". It rounds as pendulum, which Prefect uses: down, except
// that 22 hours, 4 days, 27 days and 6 months or more count as a whole day,
// week, month or year.
func Relative(t, now time.Time) string {
	future := t.After(now)
	text := "a few seconds"
	if n, unit := distance(t.UTC(), now.UTC()); n > 0 {
		text = plural(n, unit)
	}
	if future {
		return "in " + text
	}
	return text + " ago"
}

func distance(a, b time.Time) (int, string) {
	if a.After(b) {
		a, b = b, a
	}
	years, months, days, clock := calendarDifference(a, b)
	weeks, rest := days/7, days%7
	switch {
	case years > 0 && months > 6:
		return years + 1, "year"
	case years > 0:
		return years, "year"
	case months == 11 && days > 15:
		return 1, "year"
	case months > 0 && days >= 27:
		return months + 1, "month"
	case months > 0:
		return months, "month"
	case weeks > 0 && rest > 3:
		return weeks + 1, "week"
	case weeks > 0:
		return weeks, "week"
	case rest > 0 && clock >= 22*time.Hour:
		return rest + 1, "day"
	case rest > 0:
		return rest, "day"
	case clock >= time.Hour:
		return int(clock / time.Hour), "hour"
	case clock >= time.Minute:
		return int(clock / time.Minute), "minute"
	case clock >= 11*time.Second:
		return int(clock / time.Second), "second"
	}
	return 0, ""
}

// calendarDifference is b - a for a before b, in whole years, months and days
// of the calendar and what is left of a day. How many days a borrowed month
// has, where months differ in length, is pendulum's choice.
func calendarDifference(a, b time.Time) (years, months, days int, clock time.Duration) {
	years, months, days = b.Year()-a.Year(), int(b.Month()-a.Month()), b.Day()-a.Day()
	clock = sinceMidnight(b) - sinceMidnight(a)
	if clock < 0 {
		clock += 24 * time.Hour
		days--
	}
	if days < 0 {
		days += max(daysIn(b.Year(), b.Month()-1), a.Day())
		months--
		if days == daysIn(b.Year(), b.Month()) {
			days = 0
			months++
		}
	}
	if months < 0 {
		months += 12
		years--
	}
	return years, months, days, clock
}

// daysIn is the length of a month; the day before the first of the next one.
func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute +
		time.Duration(s)*time.Second + time.Duration(t.Nanosecond())
}

func plural(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// Duration is how long something took, in a form short enough for a table:
// 4ms, 0.14s, 12.3s, 2m 05s, 1h 02m, 3d 04h.
func Duration(d time.Duration) string {
	d = max(d, 0)
	switch {
	case d > 0 && d < 99500*time.Microsecond:
		return fmt.Sprintf("%dms", d.Round(time.Millisecond)/time.Millisecond)
	case d < 9995*time.Millisecond:
		return fmt.Sprintf("%.2fs", d.Seconds())
	case d < 59950*time.Millisecond:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%dm %02ds", d/time.Minute, d%time.Minute/time.Second)
	case d < 24*time.Hour:
		return fmt.Sprintf("%dh %02dm", d/time.Hour, d%time.Hour/time.Minute)
	}
	const day = 24 * time.Hour
	return fmt.Sprintf("%dd %02dh", d/day, d%day/time.Hour)
}
