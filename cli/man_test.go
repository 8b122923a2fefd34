package cli

import (
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

func TestManPageHasEveryCommandOnce(t *testing.T) {
	e, _, _ := testEnv()
	app := newApp(e)
	page := manPage(app)
	everyCommand(app.Commands, nil, func(c *cli.Command, words []string) {
		want := 1
		if c.Hidden || len(c.Subcommands) > 0 || inHiddenGroup(app, words) {
			want = 0
		}
		heading := `.SS "prefect ` + escapeRoff(strings.Join(words, " ")) + ` [OPTIONS]`
		if got := strings.Count(page, heading); got != want {
			t.Errorf("%d times %s, not %d", got, heading, want)
		}
	})
	for _, pair := range [][2]string{{".EX\n", ".EE\n"}, {".RS 4\n", ".RE\n"}} {
		if open, shut := strings.Count(page, pair[0]), strings.Count(page, pair[1]); open != shut || open == 0 {
			t.Errorf("%d times %q and %d times %q", open, pair[0], shut, pair[1])
		}
	}
}

func inHiddenGroup(app *cli.App, words []string) bool {
	group := app.Command(words[0])
	return group != nil && group.Hidden
}

func TestManPageTakesNoTextForAMacro(t *testing.T) {
	var m manual
	m.text(`.so 'it' -x \n`)
	m.rows([]row{{"-n, --name NAME", ".PP"}, {"--on / --off", "'"}})
	m.examples("a ^ `b`")
	want := `\&.so \(aqit\(aq \-x \en
.TP
\fB\-n\fR, \fB\-\-name\fR \fINAME\fR
\&.PP
.TP
\fB\-\-on\fR \fR/\fR \fB\-\-off\fR
\&\(aq
.PP
Examples:
.PP
.RS 4
.EX
\&$ a \(ha \(gab\(ga
.EE
.RE
`
	if got := m.b.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
