package schedule_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"prefect/engine/schedule"
)

// question is a line of testdata/reference.jsonl.gz; testdata/record.py says what it holds.
type question struct {
	Schedule json.RawMessage
	Start    int64
	End      *int64
	N        int
	Bad      bool
	Fails    bool
	Dates    []json.RawMessage
}

func reference(t *testing.T) (all []question) {
	t.Helper()
	f, err := os.Open("testdata/reference.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		all = append(all, q)
	}
	if lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	return all
}

// theirs unpacks the reference's answer: sorted, and each date once.
func (q question) theirs(t *testing.T) (all []int64) {
	t.Helper()
	unpack := func(raw json.RawMessage, into any) {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Fatal(err)
		}
	}
	var at int64
	for i, raw := range q.Dates {
		if i == 0 {
			unpack(raw, &at)
			all = append(all, at)
			continue
		}
		var run [2]int64
		unpack(raw, &run)
		for range run[1] {
			at += run[0]
			all = append(all, at)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (q question) ours(s *schedule.Schedule) (all []int64) {
	for at, ok := s.Next(time.Unix(q.Start, 0).Add(-1)); ok; at, ok = s.Next(at) {
		if q.End != nil && at.Unix() > *q.End || q.End == nil && len(all) == q.N {
			break
		}
		all = append(all, at.UnixMilli())
	}
	return all
}

// Clocks changed at one minute past midnight there until 2011, for which the reference runs a
// nightly schedule an hour before or after midnight too.
var changedAfterMidnight = []string{"America/Goose_Bay", "America/Moncton", "America/St_Johns", "Asia/Gaza", "Asia/Hebron"}

// knownWrong says whether the reference's answer is one that nobody could want.
func (q question) knownWrong(loc *time.Location, got, want []int64) bool {
	if strings.Contains(string(q.Schedule), "1,MON#2") {
		return true // the plain day is forgotten; we refuse it, as later versions of croniter do
	}
	if !slices.Contains(changedAfterMidnight, loc.String()) {
		return false
	}
	surplus := slices.DeleteFunc(want, func(at int64) bool { return slices.Contains(got, at) })
	hour := time.UnixMilli(append(surplus, 0)[0]).In(loc).Hour()
	return len(surplus) == 1 && (hour == 23 || hour == 1) && strings.Contains(string(q.Schedule), `"0 0 * * *"`)
}

func TestAsTheReference(t *testing.T) {
	questions := reference(t)
	wrong := 0
	for _, q := range questions {
		s, err := schedule.Decode(q.Schedule)
		switch {
		case q.Bad && err == nil:
			t.Errorf("%s: accepted, the reference refuses it", q.Schedule)
		case q.Bad || q.Fails: // where the reference takes a schedule and then can't list it, either may be right
		case err != nil && q.knownWrong(time.UTC, nil, nil):
			wrong++
		case err != nil:
			t.Errorf("%s: %v", q.Schedule, err)
		default:
			got, want := q.ours(s), q.theirs(t)
			if slices.Equal(got, want) {
				continue
			}
			text := difference(got, want, s.Location())
			if wrong++; !q.knownWrong(s.Location(), got, want) {
				t.Errorf("%s: from %v\n%s", q.Schedule, time.Unix(q.Start, 0).UTC(), text)
			}
		}
	}
	if len(questions) < 30_000 || wrong > 70 {
		t.Errorf("%d questions, %d answered otherwise", len(questions), wrong)
	}
}

func difference(got, want []int64, loc *time.Location) (text string) {
	for _, at := range got {
		if !slices.Contains(want, at) {
			text += "   only ours " + time.UnixMilli(at).In(loc).String() + "\n"
		}
	}
	for _, at := range want {
		if !slices.Contains(got, at) {
			text += "   only theirs " + time.UnixMilli(at).In(loc).String() + "\n"
		}
	}
	return text
}
