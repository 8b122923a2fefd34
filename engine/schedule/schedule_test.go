package schedule_test

import (
	"encoding/json"
	"testing"
	"time"

	"prefect/engine/schedule"
)

func decode(t *testing.T, text string) *schedule.Schedule {
	t.Helper()
	s, err := schedule.Decode(json.RawMessage(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestErrorsNameTheFieldAndWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                    "schedule: cron, interval or rrule is missing",
		`{"cron":"every day"}`:  "schedule.cron 'every day': expected 5 or 6 fields, found 2",
		`{"cron":"61 * * * *"}`: `schedule.cron '61 * * * *': minute "61": 61 is out of range, 0 to 59 are allowed`,
		`{"cron":"0 0 31 2 *"}`: "schedule.cron '0 0 31 2 *': no date ever matches it",
		`{"cron":"0 9 * * *","timezone":"europe/berlin"}`: "schedule.timezone 'europe/berlin': no such time zone, use a name such as Europe/Berlin; did you mean 'Europe/Berlin'?",
		`{"cron":"0 9 * * *","timezone":"New York"}`:      "schedule.timezone 'New York': no such time zone, use a name such as Europe/Berlin; did you mean 'America/New_York'?",
		`{"cron":"0 9 * * *","timezone":"Europe/Berln"}`:  "schedule.timezone 'Europe/Berln': no such time zone, use a name such as Europe/Berlin; did you mean 'Europe/Berlin'?",
		`{"cron":"0 9 * * *","timezone":"Local"}`:         "schedule.timezone 'Local': no such time zone, use a name such as Europe/Berlin",
		`{"cron":"0 9 * * *","timezone":"+02:00"}`:        "schedule.timezone '+02:00': no such time zone, use a name such as Europe/Berlin",
		`{"interval":0}`:                              "schedule.interval '0': the interval must be positive",
		`{"interval":-5}`:                             "schedule.interval '-5': the interval must be positive",
		`{"interval":1e30}`:                           "schedule.interval '1e+30': the interval must be under 100 years",
		`{"interval":60,"anchor_date":"tomorrow"}`:    "schedule.anchor_date 'tomorrow': it must be a date and time, such as 2022-08-22T09:00:00+00:00",
		`{"rrule":"NOPE"}`:                            `schedule.rrule 'NOPE': RRULE: expected NAME=VALUE, found "NOPE"`,
		`{"rrule":"FREQ=MONTHLY;BYDAY=6MO"}`:          `schedule.rrule 'FREQ=MONTHLY;BYDAY=6MO': RRULE: BYDAY: +6MO is out of range, a month has 5 of them at most`,
		`{"rrule":"FREQ=YEARLY;BYEASTER=300"}`:        `schedule.rrule 'FREQ=YEARLY;BYEASTER=300': RRULE: BYEASTER: 300 is out of range, -80 to 250 are allowed`,
		`{"rrule":"FREQ=HOURLY;INTERVAL=2;BYHOUR=3"}`: `schedule.rrule 'FREQ=HOURLY;INTERVAL=2;BYHOUR=3': INTERVAL never meets the given hours, minutes and seconds`,
		`{"rrule":"FREQ=SECONDLY;BYMONTHDAY=17;BYMONTH=6;BYWEEKNO=32;BYHOUR=18"}`: `schedule.rrule 'FREQ=SECONDLY;BYMONTHDAY=17;BYMONTH=6;BYWEEKNO=32;BYHOUR=18': no date ever matches it`,
		`{"rrule":"FREQ=SECONDLY;BYSETPOS=2"}`:                                    `schedule.rrule 'FREQ=SECONDLY;BYSETPOS=2': no date ever matches it`,
		`{"rrule":"FREQ=SOMETIMES"}`:                                              `schedule.rrule 'FREQ=SOMETIMES': RRULE: FREQ: "SOMETIMES" is none of YEARLY, MONTHLY, WEEKLY, DAILY, HOURLY, MINUTELY, SECONDLY`,
	} {
		if _, err := schedule.Decode(json.RawMessage(text)); err == nil {
			t.Errorf("%s was accepted", text)
		} else if err.Error() != want {
			t.Errorf("%s:\n got %s\nwant %s", text, err, want)
		}
	}
}

func TestNextIsStrictlyAfter(t *testing.T) {
	for _, c := range []struct{ schedule, after, want string }{
		{`{"cron":"0 9 * * *"}`, "2024-03-01T09:00:00Z", "2024-03-02T09:00:00Z"},
		{`{"cron":"0 9 * * *"}`, "2024-03-01T08:59:59.999999999Z", "2024-03-01T09:00:00Z"},
		{`{"interval":60,"anchor_date":"2024-01-01T00:00:00.25Z"}`, "2024-03-01T09:00:00.25Z", "2024-03-01T09:01:00.25Z"},
		{`{"interval":60,"anchor_date":"2024-01-01 00:00"}`, "2023-03-01T09:00:01Z", "2023-03-01T09:01:00Z"},
		{`{"rrule":"DTSTART:20240101T090000\nRRULE:FREQ=DAILY"}`, "2024-03-01T09:00:00Z", "2024-03-02T09:00:00Z"},
		{`{"cron":"0 9 * * *","timezone":"Europe/Berlin"}`, "2024-03-30T12:00:00Z", "2024-03-31T07:00:00Z"},
	} {
		got, ok := decode(t, c.schedule).Next(instant(t, c.after))
		if !ok || !got.Equal(instant(t, c.want)) {
			t.Errorf("%s after %s: %v %v, want %s", c.schedule, c.after, got, ok, c.want)
		}
	}
}

func TestAScheduleEnds(t *testing.T) {
	s := decode(t, `{"rrule":"DTSTART:20240101T090000\nRRULE:FREQ=DAILY;COUNT=2"}`)
	if _, ok := s.Next(instant(t, "2024-01-02T08:00:00Z")); !ok {
		t.Error("the second of two dates is missing")
	}
	if at, ok := s.Next(instant(t, "2024-01-02T09:00:00Z")); ok {
		t.Errorf("a third of two dates: %v", at)
	}
}

func TestAnchoredCountsFromWhenItWasSet(t *testing.T) {
	set := "2024-05-14T10:17:23.4Z"
	for _, c := range []struct{ schedule, want string }{
		{`{"interval":600}`, "2024-05-14T10:27:23Z"},
		{`{"interval":600,"anchor_date":"2024-01-01T00:00:00Z"}`, "2024-05-14T10:20:00Z"},
		{`{"interval":86400,"timezone":"Europe/Berlin"}`, "2024-05-15T10:17:23Z"},
		{`{"rrule":"FREQ=HOURLY;COUNT=3"}`, "2024-05-14T11:00:00Z"},
		{`{"rrule":"FREQ=DAILY","timezone":"Europe/Berlin"}`, "2024-05-14T22:00:00Z"},
		{`{"rrule":"FREQ=WEEKLY;BYDAY=MO;BYHOUR=9"}`, "2024-05-20T09:00:00Z"},
		{`{"cron":"0 9 * * *"}`, "2024-05-15T09:00:00Z"},
	} {
		got, ok := decode(t, c.schedule).Anchored(instant(t, set)).Next(instant(t, set))
		if !ok || !got.Equal(instant(t, c.want)) {
			t.Errorf("%s set at %s: %v %v, want %s", c.schedule, set, got.UTC(), ok, c.want)
		}
	}
}

// A rule with a count ends, however often it is asked: it does not begin anew with each question.
func TestAnAnchoredCountIsCountedOnce(t *testing.T) {
	set := instant(t, "2024-05-14T10:17:23Z")
	s := decode(t, `{"rrule":"FREQ=HOURLY;COUNT=3"}`).Anchored(set)
	n := 0
	for at, ok := s.Next(set); ok; at, ok = s.Next(at) {
		n++
	}
	if n != 3 {
		t.Errorf("COUNT=3 gave %d dates", n)
	}
}
