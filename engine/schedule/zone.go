package schedule

import (
	_ "embed"
	"errors"
	"strings"
	"time"
	_ "time/tzdata" // not every system has the zones, and Windows never does

	"prefect/engine/pattern"
	"prefect/engine/suggest"
)

// zoneNames are the names of the time zone database, one a line, sorted.
//
//go:embed zones.txt
var zoneNames string

// Zones are the names of the time zones, sorted.
func Zones() []string { return strings.Fields(zoneNames) }

// location finds a time zone by its IANA name; nil and "" are UTC.
func location(name *string) (*time.Location, error) {
	if name == nil || *name == "" {
		return time.UTC, nil
	}
	// "Local" is Go's own name for whatever zone the machine has.
	if loc, err := time.LoadLocation(*name); err == nil && *name != "Local" && isZoneName.MatchString(*name) {
		return loc, nil
	}
	return nil, errors.New("no such time zone, use a name such as Europe/Berlin" + zoneQuestion(*name))
}

var isZoneName = pattern.New(`^[A-Za-z][A-Za-z0-9_+/-]*$`)

// zoneQuestion suggests a zone for a name that is nearly right: another case, a blank for an
// underscore, a city without its continent, a slip of a letter.
func zoneQuestion(name string) string {
	names := Zones()
	plain := strings.ReplaceAll(strings.TrimSpace(name), " ", "_")
	for _, n := range names {
		if strings.EqualFold(n, plain) || len(plain) > 2 && strings.HasSuffix(strings.ToLower(n), "/"+strings.ToLower(plain)) {
			return "; did you mean '" + n + "'?"
		}
	}
	return suggest.Question(plain, names)
}

// FixedOffset says that a time zone never changes its clocks although the name suggests one that
// does: EST is five hours behind UTC in summer too. For a person that is mostly a mistake, so it
// is worth a warning. The zone that was probably meant comes with it.
func FixedOffset(name string) (meant string, fixed bool) {
	meant, fixed = map[string]string{"EST": "America/New_York", "MST": "America/Denver"}[name]
	return meant, fixed
}
