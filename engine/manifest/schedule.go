package manifest

import (
	"fmt"
	"strconv"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
	"prefect/engine/pattern"
)

// Schedule is when a deployment runs: exactly one of Cron, Interval and RRule is set. The texts are
// checked by package schedule, not here.
type Schedule struct {
	Cron       *string
	Interval   *float64 // seconds, above 0
	RRule      *string
	AnchorDate *string // of an interval: a time in ISO format that the runs are counted from
	Timezone   *string // an IANA name; nil is UTC
	DayOr      bool    // of a cron: a day fits if its day of the month or of the week does
}

// Map gives the schedule with the keys and the order of the file.
func (s Schedule) Map() yaml.MapSlice {
	zone := yaml.MapItem{Key: "timezone", Value: textOrNil(s.Timezone)}
	switch {
	case s.Cron != nil:
		return yaml.MapSlice{{Key: "cron", Value: *s.Cron}, zone, {Key: "day_or", Value: s.DayOr}}
	case s.Interval != nil:
		return yaml.MapSlice{{Key: "interval", Value: *s.Interval}, {Key: "anchor_date", Value: textOrNil(s.AnchorDate)}, zone}
	case s.RRule != nil:
		return yaml.MapSlice{{Key: "rrule", Value: *s.RRule}, zone}
	}
	return yaml.MapSlice{}
}

func (s *Schedule) value() any {
	if s == nil {
		return nil
	}
	return s.Map()
}

// scheduleKeys are the kinds of schedule and the keys that may stand with each.
var scheduleKeys = map[string][]string{
	"cron":     {"cron", "timezone", "day_or"},
	"interval": {"interval", "anchor_date", "timezone"},
	"rrule":    {"rrule", "timezone"},
}

func (r *reader) schedule(n *pyyaml.Node) *Schedule {
	if n == nil || isNull(n) {
		return nil
	}
	r.mustBe(n, pyyaml.Mapping, "schedule", "a mapping with the key cron, interval or rrule, or null for none")
	kind := ""
	for _, name := range []string{"cron", "interval", "rrule"} {
		switch {
		case n.Get(name) == nil:
		case kind != "":
			r.fail(n.Get(name), "schedule has both %s and %s; a deployment takes one", kind, name)
		default:
			kind = name
		}
	}
	if kind == "" {
		r.fail(n, "schedule needs the key cron, interval or rrule; write \"schedule: null\" for none")
	}
	r.known(n, "schedule", scheduleKeys[kind])
	s := &Schedule{Timezone: r.optional(n, "schedule", "timezone")}
	switch kind {
	case "cron":
		s.Cron = r.required(n, "schedule", "cron")
		s.DayOr = r.boolean(n, "schedule", "day_or", true)
	case "rrule":
		s.RRule = r.required(n, "schedule", "rrule")
	case "interval":
		s.Interval = r.interval(n.Get("interval"))
		s.AnchorDate = r.time(n, "schedule", "anchor_date")
	}
	return s
}

// interval reads seconds, or a duration as Python's pydantic reads one.
func (r *reader) interval(n *pyyaml.Node) *float64 {
	const want = "a number of seconds, such as 3600"
	if n.Kind != pyyaml.Scalar {
		r.mustBe(n, pyyaml.Scalar, "schedule.interval", want)
	}
	v := r.value(n)
	if text, ok := v.(string); ok {
		if seconds, ok := ParseDuration(text); ok {
			v = seconds
		}
	}
	seconds, ok := v.(float64)
	if i, isInt := v.(int64); isInt {
		seconds, ok = float64(i), true
	}
	switch {
	case !ok:
		r.fail(n, "schedule.interval must be %s, not %s", want, describe(n))
	case seconds > 1e11:
		r.fail(n, "schedule.interval must be under 100 years, not %s", describe(n))
	case !(seconds > 0):
		r.fail(n, "schedule.interval must be more than 0 seconds, not %s", describe(n))
	}
	return &seconds
}

var (
	clockDuration = pattern.New(`^(?:(-?\d{1,9}) (?:days?, )?)?(?:(?:(-?\d{1,9}):)?(-?\d{1,9}):)?(-?\d{1,12}(?:\.\d{1,12})?)$`)
	isoDuration   = pattern.New(`^([-+]?)P(?:(\d{1,9}(?:\.\d+)?)D)?(?:T(?:(\d{1,9}(?:\.\d+)?)H)?(?:(\d{1,9}(?:\.\d+)?)M)?(?:(\d{1,12}(?:\.\d+)?)S)?)?$`)
)

// ParseDuration reads a duration in the forms pydantic knows, "[DAYS ][[HH:]MM:]SS[.ffffff]" and
// ISO 8601 ("P1DT2H"), in seconds.
func ParseDuration(text string) (seconds float64, ok bool) {
	sign := 1.0
	parts := clockDuration.FindStringSubmatch(text)
	if parts == nil {
		if parts = isoDuration.FindStringSubmatch(text); parts == nil {
			return 0, false
		}
		if parts[1] == "-" {
			sign = -1
		}
		parts = parts[1:]
	}
	for i, unit := range []float64{86400, 3600, 60, 1} {
		f, _ := strconv.ParseFloat(parts[i+1], 64)
		seconds += sign * f * unit
	}
	return seconds, true
}

// isoTime are the forms of date and time that pydantic reads.
var isoTime = pattern.New(`^\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{1,2}(?::\d{1,2}(?:\.\d{1,6}\d{0,6})?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$`)

// time reads a date or time; its text is kept as it is.
func (r *reader) time(n *pyyaml.Node, path, key string) *string {
	child := n.Get(key)
	if child == nil || isNull(child) {
		return nil
	}
	path += "." + key
	r.mustBe(child, pyyaml.Scalar, path, "a date and time")
	text := child.Text
	if v := r.value(child); child.Plain {
		text = fmt.Sprint(v)
	}
	if !isoTime.MatchString(text) {
		r.fail(child, "%s must be a date and time, such as '2022-08-22T09:00:00+00:00', not %s", path, describe(child))
	}
	return &text
}
