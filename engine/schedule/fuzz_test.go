package schedule_test

import (
	"encoding/json"
	"testing"
	"time"

	"prefect/engine/schedule"
)

var fuzzedFields = []string{"cron", "rrule", "anchor_date", "timezone"}

// FuzzSchedule: whatever is given as a schedule is refused or gives instants, each after the last,
// and neither takes for ever.
func FuzzSchedule(f *testing.F) {
	for _, seed := range []struct {
		field uint8
		text  string
	}{
		{0, "*/5 9-17 1,L * MON#1"}, {0, "0 0 29 2 1 30"}, {0, "@weekly"}, {0, "0 9 * * fri-7/2"},
		{1, "FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYSECOND=1;COUNT=9"}, {1, "RDATE:20300101T000000,20300102 EXDATE:20300101T000000"},
		{1, "DTSTART:20240229T000000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO"},
		{1, "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1,-1;UNTIL=20300101T000000"}, {1, "FREQ=YEARLY;BYWEEKNO=53;BYEASTER=-2;BYYEARDAY=366;WKST=SU"},
		{2, "2024-03-31 02:30+01"}, {3, "New York"},
	} {
		f.Add(seed.field, seed.text, uint16(len(seed.text)*37), 3600.5)
	}
	zones := schedule.Zones()
	f.Fuzz(func(t *testing.T, field uint8, text string, zone uint16, seconds float64) {
		if len(text) > 200 {
			return // nobody's schedule, and the rest of the time is spent better
		}
		name := fuzzedFields[int(field)%len(fuzzedFields)]
		fields := map[string]any{"timezone": zones[int(zone)%len(zones)]}
		if name == "anchor_date" || name == "timezone" {
			fields["interval"] = seconds
		}
		fields[name] = text
		raw, err := json.Marshal(fields)
		if err != nil {
			return // seconds that are no number
		}
		s, err := schedule.Decode(raw)
		if err != nil {
			return
		}
		at := time.Date(2024, 3, 30, 23, 59, 59, 999_999_999, time.UTC)
		for _, s := range []*schedule.Schedule{s, s.Anchored(at)} {
			last := at
			for range 5 {
				next, ok := s.Next(last)
				if !ok {
					break
				}
				if !next.After(last) {
					t.Fatalf("%v comes after %v", next, last)
				}
				last = next
			}
		}
	})
}
