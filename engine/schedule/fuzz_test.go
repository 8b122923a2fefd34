package schedule_test

import (
	"encoding/json"
	"testing"
	"time"

	"prefect/engine/schedule"
)

// FuzzSchedule: whatever is given as a schedule is refused or gives instants, each after the last,
// and neither takes for ever.
func FuzzSchedule(f *testing.F) {
	for _, seed := range [][3]string{
		{"cron", "*/5 9-17 1,L * MON#1", "Europe/Berlin"}, {"cron", "0 0 29 2 1 30", "America/St_Johns"}, {"cron", "@weekly", ""},
		{"cron", "0 9 * * fri-7/2", "Pacific/Apia"}, {"rrule", "FREQ=SECONDLY;INTERVAL=7;BYHOUR=3;BYSECOND=1;COUNT=9", "UTC"},
		{"rrule", "DTSTART:20240229T000000\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "Asia/Gaza"},
		{"rrule", "RDATE:20300101T000000,20300102 EXDATE:20300101T000000", "Australia/Lord_Howe"},
		{"rrule", "FREQ=MONTHLY;BYDAY=-1FR;BYSETPOS=1,-1;UNTIL=20300101T000000", ""}, {"interval", "0.5", "America/Caracas"}, {"interval", "1e9", ""},
		{"anchor_date", "2024-03-31 02:30+01", "Europe/Berlin"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, field, text, zone string) {
		if len(text) > 200 || len(zone) > 100 {
			return // nobody's schedule, and the rest of the time is spent better
		}
		s, err := schedule.Decode(raw(t, field, text, zone))
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

func raw(t *testing.T, field, text, zone string) json.RawMessage {
	fields := map[string]any{"timezone": zone}
	var number json.Number
	switch field {
	case "interval":
		if json.Unmarshal([]byte(text), &number) != nil {
			t.Skip()
		}
		fields["interval"] = number
	case "anchor_date":
		fields["interval"], fields["anchor_date"] = 86400, text
	default:
		fields[field] = text
	}
	data, err := json.Marshal(fields)
	if err != nil {
		t.Skip()
	}
	return data
}
