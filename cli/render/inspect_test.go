package render

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pipe is a console that is no terminal, of a given width.
func pipe(width int) (*Console, *bytes.Buffer) {
	var b bytes.Buffer
	return NewConsole(&b, func(name string) string {
		if name == "COLUMNS" {
			return strconv.Itoa(width)
		}
		return ""
	}), &b
}

// described turns {"$class": NAME, "fields": [...]}, as testdata/record.py
// writes an object, back into one.
func described(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = described(v[i])
		}
	case Dict:
		if len(v) == 2 && v[0].Key == "$class" {
			o := Object{Class: v[0].Value.(string)}
			for _, pair := range v[1].Value.([]any) {
				o.Fields = append(o.Fields, Field{pair.([]any)[0].(string), described(pair.([]any)[1])})
			}
			return o
		}
		for i := range v {
			v[i].Value = described(v[i].Value)
		}
	}
	return v
}

// The goldens are what Rich printed for the same values.
func TestInspectLooksAsRich(t *testing.T) {
	f, err := os.Open("testdata/inspect.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		parsed, err := FromJSON(lines.Bytes())
		if err != nil {
			t.Fatal(err)
		}
		golden := parsed.(Dict)
		width, _ := strconv.Atoi(golden[0].Value.(json.Number).String())
		c, b := pipe(width)
		if err := c.Inspect(described(golden[1].Value)); err != nil {
			t.Fatal(err)
		}
		if want := golden[2].Value.(string) + "\n"; b.String() != want {
			t.Errorf("line %d, width %d:\n got %s\nwant %s", n, width, b, want)
		}
	}
}

// This is Prefect 2.1.1's output for a work queue and parts of a flow run.
func TestInspectShowsObjects(t *testing.T) {
	at := time.Date(2026, 11, 23, 4, 15, 31, 132164000, time.UTC)
	limit := 3
	queue := Object{"WorkQueue", []Field{
		{"id", "d07ba6a2-a81b-4aac-97aa-adaa8917fa52"},
		{"created", at},
		{"updated", at.Truncate(time.Second)},
		{"is_paused", true},
		{"concurrency_limit", &limit},
		{"description", (*string)(nil)},
		{"state_type", Literal("StateType.COMPLETED")},
		{"total_run_time", 62*time.Second + 442999*time.Microsecond},
		{"details", Object{Class: "StateDetails"}},
	}}
	want := `WorkQueue(
    id='d07ba6a2-a81b-4aac-97aa-adaa8917fa52',
    created=DateTime(2026, 11, 23, 4, 15, 31, 132164, tzinfo=Timezone('+00:00')),
    updated=DateTime(2026, 11, 23, 4, 15, 31, tzinfo=Timezone('+00:00')),
    is_paused=True,
    concurrency_limit=3,
    description=None,
    state_type=StateType.COMPLETED,
    total_run_time=datetime.timedelta(seconds=62, microseconds=442999),
    details=StateDetails()
)
`
	c, b := pipe(100)
	if err := c.Inspect(queue); err != nil {
		t.Fatal(err)
	}
	if b.String() != want {
		t.Errorf("got %s\nwant %s", b, want)
	}
}

func TestDurationPython(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                                        "datetime.timedelta(0)",
		time.Microsecond:                         "datetime.timedelta(microseconds=1)",
		24 * time.Hour:                           "datetime.timedelta(days=1)",
		-1500 * time.Millisecond:                 "datetime.timedelta(days=-1, seconds=86398, microseconds=500000)",
		25*time.Hour + time.Minute + time.Second: "datetime.timedelta(days=1, seconds=3661)",
	} {
		c, b := pipe(100)
		c.Inspect(d)
		if got := strings.TrimSpace(b.String()); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}
