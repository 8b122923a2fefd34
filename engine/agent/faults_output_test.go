//go:build linux

package agent_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"prefect/store"
)

// watchMemory looks at the memory of a process until it ends, and returns a function that waits
// for that and tells the most it ever had resident, in bytes.
func watchMemory(p *proc) (most func() int) {
	done := make(chan int)
	go func() {
		most := 0
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
			_, after, found := strings.Cut(string(status), "VmHWM:")
			if err != nil || !found {
				done <- most
				return
			}
			kib, _ := strconv.Atoi(strings.Fields(after)[0])
			most = max(most, kib<<10)
			time.Sleep(5 * time.Millisecond)
		}
	}()
	return func() int { return <-done }
}

// quiet is the memory of a supervisor whose run says nothing.
func (w *world) quiet() int {
	w.Helper()
	id := w.run(w.shell("quiet", "sleep 0.3"), 1)[0]
	p := w.start("flow-run", "execute", id)
	most := watchMemory(p)
	_ = p.end()
	return most()
}

const mostExtra = 32 << 20

// TestFaultsMuchOutput: all that a run prints is kept, to the byte, in bounded memory.
func TestFaultsMuchOutput(t *testing.T) {
	w := newWorld(t)
	size := scale(2<<20, 1<<30)
	quiet := w.quiet()
	id := w.run(w.shell("much", fmt.Sprintf("yes %s | head -c %d", strings.Repeat("x", 199), size)), 1)[0]
	start := time.Now()
	p := w.start("flow-run", "execute", id)
	most := watchMemory(p)
	if code := p.code(); code != 0 {
		t.Errorf("the supervisor ended with code %d", code)
	}
	extra := most() - quiet
	t.Logf("%d bytes in %v; %d MiB more than a quiet run", size, time.Since(start).Round(time.Millisecond), extra>>20)
	if extra > mostExtra && !raced {
		t.Errorf("recording them took %d bytes more than recording nothing", extra)
	}
	var kept, lines int
	w.ok(w.sql.QueryRow("select sum(length(message) + 1), count(*) from log where flow_run_id = ? and source = 'stdout'", id).Scan(&kept, &lines))
	if want := size / 200 * 200; kept != want+size%200+min(1, size%200) {
		t.Errorf("%d bytes were printed, %d are kept in %d lines", size, kept, lines)
	}
	w.check()
}

// TestFaultsManyTalkers: many runs that log and print as fast as they can, all at once.
func TestFaultsManyTalkers(t *testing.T) {
	w := newWorld(t)
	runs, megabytes := scale(3, 50), scale(1, 4)
	d := w.python("talk", "talk")
	var ids []string
	for i := range runs {
		run, _, err := w.db.CreateFlowRun(context.Background(), d, store.NewRun{Name: fmt.Sprint("talk-", i),
			Parameters: fmt.Appendf(nil, `{"megabytes": %d}`, megabytes), At: time.Now()})
		w.ok(err)
		ids = append(ids, run.ID)
	}
	agent := w.start("agent", "start", "-q", "q", "--drain")
	most := watchMemory(agent)
	if code := agent.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	if had := most(); had > 64<<20 && !raced {
		t.Errorf("the agent had %d MiB", had>>20)
	} else {
		t.Logf("the agent had %d MiB", had>>20)
	}
	for _, id := range ids {
		for source, text := range map[string]string{store.FromStdout: strings.Repeat("p", 490), store.FromLog: strings.Repeat("l", 500)} {
			lines := slices.DeleteFunc(w.log(id, source), func(line string) bool { return len(line) < 400 })
			for i, line := range lines {
				if line != fmt.Sprintf("%06d %s", i, text) {
					t.Fatalf("line %d of %s is %.20q", i, source, line)
				}
			}
			if len(lines) != megabytes*1000 {
				t.Errorf("%d lines of %s are kept, of %d", len(lines), source, megabytes*1000)
			}
		}
	}
	w.check()
}

// TestFaultsStrangeOutput: lines that are too long, and bytes that are no text.
func TestFaultsStrangeOutput(t *testing.T) {
	together(t)
	w := newWorld(t)
	const mebibyte = 1 << 20
	cases := map[string]struct {
		script string
		lines  []string
	}{
		"a line of 10 MiB": {`head -c 10485760 /dev/zero | tr '\0' x; echo; echo after`,
			[]string{strings.Repeat("x", mebibyte) + "… [truncated 9437184 bytes]", "after"}},
		"NUL bytes":           {`printf 'a\0b\0\n\0\n'`, []string{"a\x00b\x00", "\x00"}},
		"no UTF-8":            {`printf 'caf\303\251 \351 \377\n'`, []string{"café \\xe9 \\xff"}},
		"no newline":          {`printf 'a\nb'`, []string{"a", "b"}},
		"newlines of Windows": {`printf 'a\r\nb\rc\r\n'`, []string{"a", "b\rc"}},
		"empty lines":         {`printf '\n\n'`, []string{"", ""}},
		"only stderr":         {`echo oops >&2`, nil},
		"none":                {`true`, nil},
		"at a quick end":      {`i=0; while [ $i -lt 200 ]; do echo $i; i=$((i+1)); done; exit 3`, numbers(200)},
	}
	for name, c := range cases {
		id := w.run(w.shell(name, c.script), 1)[0]
		code := w.start("flow-run", "execute", id).code()
		if wantCode := map[string]int{"at a quick end": 1}[name]; code != wantCode {
			t.Errorf("%s: the supervisor ended with code %d", name, code)
		}
		if got := w.log(id, store.FromStdout); !slices.Equal(got, c.lines) {
			t.Errorf("%s: %d lines are kept: %.300q", name, len(got), got)
		}
		if name == "only stderr" {
			if got := w.log(id, store.FromStderr); !slices.Equal(got, []string{"oops"}) {
				t.Errorf("%s: %q is kept of stderr", name, got)
			}
		}
	}
	w.check()
}

func numbers(n int) (texts []string) {
	for i := range n {
		texts = append(texts, strconv.Itoa(i))
	}
	return texts
}

// TestFaultsLongMessages: log records of any length come through the channel, or say that they
// did not, and the flow goes on.
func TestFaultsLongMessages(t *testing.T) {
	together(t)
	w := newWorld(t)
	d := w.python("long", "one_long_message")
	for size, want := range map[int]string{
		1 << 10:  strings.Repeat("m", 1<<10),
		10 << 20: strings.Repeat("m", 1<<20) + "… [truncated 9437184 bytes]",
		40 << 20: "A message of the flow's process was not recorded: it has 4",
	} {
		run, _, err := w.db.CreateFlowRun(context.Background(), d, store.NewRun{Name: fmt.Sprint(size), Parameters: fmt.Appendf(nil, `{"bytes_": %d}`, size), At: time.Now()})
		w.ok(err)
		if code := w.start("flow-run", "execute", run.ID).code(); code != 0 {
			t.Errorf("%d bytes: the supervisor ended with code %d", size, code)
		}
		if !slices.ContainsFunc(w.log(run.ID, store.FromLog), func(line string) bool { return strings.HasPrefix(line, want) && len(line) < len(want)+100 }) {
			t.Errorf("%d bytes: the message is not in the log", size)
		}
	}
	w.check()
}
