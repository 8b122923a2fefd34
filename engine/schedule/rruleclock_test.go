package schedule

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/teambition/rrule-go"
)

// Where the library can go through a rule of hours, minutes or seconds in a moment, it finds the
// same dates as we do.
func TestRulesWithinTheDayAsTheLibrary(t *testing.T) {
	rnd := rand.New(rand.NewSource(2))
	compared := 0
	for range 400 {
		text := "DTSTART:20240111T101530\nRRULE:" + randomRule(rnd)
		r, err := parseRRule(text)
		if err != nil {
			continue
		}
		rule, err := rrule.NewRRule(r.option)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var theirs, ours []time.Time
		next := rule.Iterator()
		for d, ok := next(); ok && len(theirs) < 6; d, ok = next() {
			theirs = append(theirs, d)
		}
		for d, ok := r.next(r.start()); ok && len(ours) < 6; d, ok = r.next(d.Add(time.Second)) {
			ours = append(ours, d)
		}
		if compared++; !slices.Equal(ours, theirs) {
			t.Errorf("%s\n ours %v\ntheirs %v", text, ours, theirs)
		}
	}
	if compared < 200 {
		t.Errorf("only %d rules were compared", compared)
	}
}

func randomRule(rnd *rand.Rand) string {
	parts := []string{"FREQ=" + []string{"HOURLY", "MINUTELY", "SECONDLY"}[rnd.Intn(3)]}
	for _, part := range []struct {
		name      string
		low, high int
	}{{"BYHOUR", 0, 23}, {"BYMINUTE", 0, 59}, {"BYSECOND", 0, 59}, {"BYMONTH", 1, 12}, {"BYMONTHDAY", 1, 31}, {"BYSETPOS", 1, 3}, {"BYSETPOS", -3, -1}} {
		if rnd.Intn(4) > 0 || part.name == "BYSETPOS" && strings.Contains(strings.Join(parts, ";"), "BYSETPOS") {
			continue
		}
		var values []string
		for range 1 + rnd.Intn(3) {
			values = append(values, fmt.Sprint(part.low+rnd.Intn(part.high-part.low+1)))
		}
		parts = append(parts, part.name+"="+strings.Join(values, ","))
	}
	if rnd.Intn(3) == 0 {
		parts = append(parts, "BYDAY="+[]string{"MO", "SU,TU", "MO,WE,TH"}[rnd.Intn(3)])
	}
	if rnd.Intn(2) == 0 {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", []int{2, 7, 25, 60, 100, 997, 3600}[rnd.Intn(7)]))
	}
	if rnd.Intn(4) == 0 {
		parts = append(parts, []string{"COUNT=4", "UNTIL=20240301T000000"}[rnd.Intn(2)])
	}
	return strings.Join(parts, ";")
}
