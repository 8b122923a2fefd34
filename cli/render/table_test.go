package render

import (
	"bytes"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// terminal is a console that draws as on a colour terminal.
func terminal(width int) (*Console, *bytes.Buffer) {
	c, b := pipe(width)
	c.terminal = true
	c.profile = termenv.TrueColor
	return c, b
}

func queues() Table {
	return Table{
		Title: "Work Queues",
		Columns: []Column{
			{Header: "Name", Style: Green},
			{Header: "ID", Style: Cyan, Right: true, Keep: true},
			{Header: "Concurrency Limit", Style: Blue},
		},
		Rows: [][]Cell{
			{Text("wq-c"), Text("62b4d154-35f5-4892-940f-2da2cbc1a302"), Text("None")},
			{{{Plain, "wq-b "}, {Red, "(**)"}}, Text("d07ba6a2-a81b-4aac-97aa-adaa8917fa52"), Styled(Red, "3")},
		},
		Caption:      "(**) denotes a paused queue",
		CaptionStyle: Red,
	}
}

func draw(t *testing.T, c *Console, b *bytes.Buffer, table Table) string {
	t.Helper()
	if err := c.Table(table); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Byte for byte what Prefect 2.1.1 printed, trailing spaces included.
func TestTableLooksAsRich(t *testing.T) {
	c, b := pipe(100)
	want := "" +
		"                              Work Queues                               \n" +
		"┏━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━┓\n" +
		"┃ Name      ┃                                   ID ┃ Concurrency Limit ┃\n" +
		"┡━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━┩\n" +
		"│ wq-c      │ 62b4d154-35f5-4892-940f-2da2cbc1a302 │ None              │\n" +
		"│ wq-b (**) │ d07ba6a2-a81b-4aac-97aa-adaa8917fa52 │ 3                 │\n" +
		"└───────────┴──────────────────────────────────────┴───────────────────┘\n" +
		"                      (**) denotes a paused queue                       \n"
	if got := draw(t, c, b, queues()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c, b = pipe(100)
	empty := Table{Title: "Deployments", Columns: []Column{{Header: "Name"}, {Header: "ID"}}}
	want = " Deployments \n┏━━━━━━┳━━━━┓\n┃ Name ┃ ID ┃\n┡━━━━━━╇━━━━┩\n└──────┴────┘\n"
	if got := draw(t, c, b, empty); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestTableIsCutOnlyOnATerminal(t *testing.T) {
	long := queues()
	long.Rows = append(long.Rows, []Cell{Text(strings.Repeat("long-name-", 20)), Text("9a25ddf7-a0ec-4383-a5c5-c2efc8807aea"), Text("None")})
	c, b := pipe(40)
	if got := draw(t, c, b, long); strings.Contains(got, "…") || !strings.Contains(got, strings.Repeat("long-name-", 20)) {
		t.Errorf("cut in a pipe:\n%s", got)
	}
	for _, width := range []int{80, 100, 120} {
		c, b := terminal(width)
		got := draw(t, c, b, long)
		for _, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
			if n := ansi.StringWidth(line); n != width {
				t.Errorf("width %d: line is %d wide: %s", width, n, line)
			}
		}
		if !strings.Contains(got, "9a25ddf7-a0ec-4383-a5c5-c2efc8807aea") {
			t.Errorf("width %d: id is cut:\n%s", width, got)
		}
	}
}

// On a terminal too narrow for all its columns a table loses the spare ones, not the names.
func TestTableLeavesSpareColumnsOut(t *testing.T) {
	runs := Table{Title: "Flow Runs", Columns: []Column{{Header: "ID", Keep: true}, {Header: "Flow", Spare: 2}, {Header: "Name"}, {Header: "State"}, {Header: "When", Spare: 1}},
		Rows:    [][]Cell{{Text("62b4d154-35f5-4892-940f-2da2cbc1a302"), Text("log-flow"), Text("honest-otter"), Text("Completed"), Text("21 seconds ago")}},
		Caption: "a caption"}
	for width, want := range map[int]string{
		200: "│ log-flow │ honest-otter │ Completed │ 21 seconds ago │",
		80:  "a302 │ honest-ott… │ Completed │ 21 seconds… │",
		70:  "a302 │ honest-otter │ Completed │\n",
	} {
		c, b := terminal(width)
		got := ansi.Strip(draw(t, c, b, runs))
		if !strings.Contains(got, want) {
			t.Errorf("width %d:\n%s\nwant %s", width, got, want)
		}
		for _, line := range strings.Split(got, "\n") {
			if ansi.StringWidth(line) > width {
				t.Errorf("width %d: line is %d wide: %s", width, ansi.StringWidth(line), line)
			}
		}
	}
	c, b := pipe(40)
	if got := draw(t, c, b, runs); !strings.Contains(got, "│ log-flow │ honest-otter │ Completed │ 21 seconds ago │") {
		t.Errorf("left out in a pipe:\n%s", got)
	}
	c, b = terminal(30)
	for i, line := range strings.Split(ansi.Strip(draw(t, c, b, runs)), "\n") {
		if strings.HasSuffix(line, " ") && ansi.StringWidth(line) > 30 {
			t.Errorf("line %d is filled up to %d columns: %q", i, ansi.StringWidth(line), line)
		}
	}
}

func TestTableAlignsWideCharacters(t *testing.T) {
	c, b := pipe(100)
	table := Table{Columns: []Column{{Header: "Name"}, {Header: "ID", Right: true}}}
	for _, name := range []string{"日本語のフロー", "🚀 launch", "e\u0301te\u0301", "👨‍👩‍👧", "ｆｕｌｌ", "한국어"} {
		table.Rows = append(table.Rows, []Cell{Text(name), Text(name)})
	}
	lines := strings.Split(strings.TrimSuffix(draw(t, c, b, table), "\n"), "\n")
	for _, line := range lines {
		if ansi.StringWidth(line) != ansi.StringWidth(lines[0]) {
			t.Errorf("%q is %d columns wide, not %d", line, ansi.StringWidth(line), ansi.StringWidth(lines[0]))
		}
	}
}

// A cut must not leave half a wide character's column open, nor lose the
// ellipsis where the cut falls between two runs of text.
func TestCutKeepsTheWidth(t *testing.T) {
	cell := Cell{{Blue, "日本/"}, {BoldBlue, "語フロー"}}
	for n := 2; n <= cell.width(); n++ {
		short := cell.cut(n)
		if w := short.width(); w > n || n-w > 1 {
			t.Errorf("cut to %d is %d wide", n, w)
		}
		if last := short[len(short)-1].Text; n < cell.width() && !strings.HasSuffix(last, "…") {
			t.Errorf("cut to %d ends in %q", n, last)
		}
	}
}

func TestTableColours(t *testing.T) {
	c, b := terminal(100)
	got := draw(t, c, b, queues())
	for _, want := range []string{
		"\x1b[3mWork Queues\x1b[0m", "\x1b[1mName\x1b[0m", "\x1b[32mwq-c\x1b[0m",
		"\x1b[32mwq-b \x1b[0m\x1b[31m(**)\x1b[0m", "\x1b[36m62b4d154-", "\x1b[34mNone\x1b[0m",
		"\x1b[31m(**) denotes a paused queue\x1b[0m",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
}

func TestColourProfile(t *testing.T) {
	for _, c := range []struct {
		env      string
		terminal bool
		want     termenv.Profile
	}{
		{"TERM=xterm-256color", true, termenv.ANSI256},
		{"TERM=xterm", true, termenv.ANSI},
		{"COLORTERM=truecolor", true, termenv.TrueColor},
		{"NO_COLOR=1", true, termenv.Ascii},
		{"TERM=dumb", true, termenv.Ascii},
		{"COLORTERM=truecolor", false, termenv.Ascii},
		{"CLICOLOR_FORCE=1", false, termenv.Ascii},
	} {
		key, value, _ := strings.Cut(c.env, "=")
		got := colourProfile(c.terminal, func(name string) string {
			if name == key {
				return value
			}
			return ""
		})
		if got != c.want {
			t.Errorf("%s, terminal %v: profile %v, want %v", c.env, c.terminal, got, c.want)
		}
	}
}

func TestBareTableWithRules(t *testing.T) {
	c, out := pipe(80)
	err := c.Table(Table{Title: "s3/x", Bare: true, Columns: []Column{{}, {}},
		Rows: [][]Cell{{Text("id"), Text("1")}, {Text("bucket"), Text("b")}}, RuleAfter: func(int) bool { return true }})
	want := "     s3/x     \n┌────────┬───┐\n│ id     │ 1 │\n├────────┼───┤\n│ bucket │ b │\n└────────┴───┘\n"
	if got := out.String(); err != nil || got != want {
		t.Errorf("%q, %v", got, err)
	}
}
