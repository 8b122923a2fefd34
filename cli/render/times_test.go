package render

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The goldens are what pendulum said for the same two moments.
func TestRelativeSpeaksAsPendulum(t *testing.T) {
	data, err := os.ReadFile("testdata/relative.tsv")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		fields := strings.Split(line, "\t")
		now, _ := strconv.ParseInt(fields[0], 10, 64)
		at, _ := strconv.ParseInt(fields[1], 10, 64)
		if got := Relative(time.UnixMicro(at), time.UnixMicro(now)); got != fields[2] {
			t.Errorf("%s from %s: got %q, want %q", time.UnixMicro(at).UTC(), time.UnixMicro(now).UTC(), got, fields[2])
		}
	}
}

func TestLogLine(t *testing.T) {
	at := time.Date(2026, 11, 23, 4, 7, 2, 395678000, time.Local)
	for _, c := range []struct {
		level                int
		label, message, want string
	}{
		{20, "Task run 'log_task-99465d2b-0'", "Hello Marvin!",
			"04:07:02.395 | INFO    | Task run 'log_task-99465d2b-0' - Hello Marvin!\n"},
		{50, "prefect.engine", "two\n  lines",
			"04:07:02.395 | CRITICAL | prefect.engine - two\n  lines\n"},
		{25, "my\nlogger", "\x1b]0;title\a\u202e",
			"04:07:02.395 | Level 25 | my\\nlogger - \\x1b]0;title\\x07\\u202e\n"},
	} {
		if got := LogLine(at, c.level, c.label, c.message); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                         "0.00s",
		4833 * time.Microsecond:   "5ms",
		99 * time.Millisecond:     "99ms",
		99600 * time.Microsecond:  "0.10s",
		136514 * time.Microsecond: "0.14s",
		12345 * time.Millisecond:  "12.3s",
		59999 * time.Millisecond:  "1m 00s",
		125 * time.Second:         "2m 05s",
		62 * time.Minute:          "1h 02m",
		76 * time.Hour:            "3d 04h",
		-time.Second:              "0.00s",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}
