package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"prefect/cli/render"
	"prefect/engine/settings"

	"github.com/urfave/cli/v2"
)

// testEnv is an env whose output can be read.
func testEnv() (e *env, out, err *bytes.Buffer) {
	out, err = &bytes.Buffer{}, &bytes.Buffer{}
	return &env{out: render.NewConsole(out, noEnv), err: render.NewConsole(err, noEnv)}, out, err
}

// everyCommand calls f with each command and its words.
func everyCommand(commands []*cli.Command, words []string, f func(*cli.Command, []string)) {
	for _, c := range commands {
		path := append(append([]string{}, words...), c.Name)
		f(c, path)
		everyCommand(c.Subcommands, path, f)
	}
}

func TestEveryCommandExplainsItself(t *testing.T) {
	e, _, _ := testEnv()
	app := newApp(e)
	everyCommand(app.Commands, nil, func(c *cli.Command, words []string) {
		name := strings.Join(words, " ")
		call, err := resolve(app, append(words, "--help"))
		if err != nil || !call.help {
			t.Errorf("%s --help: %v", name, err)
			return
		}
		if c.Usage == "" || !strings.HasSuffix(c.Usage, ".") {
			t.Errorf("%s doesn't say in a sentence what it does: %q", name, c.Usage)
		}
		if c.Action == nil && len(c.Subcommands) == 0 {
			t.Errorf("%s does nothing", name)
		}
		for _, f := range c.Flags {
			if doc, ok := f.(cli.DocGenerationFlag); !ok || doc.GetUsage() == "" {
				t.Errorf("%s: option %s is not explained", name, f.Names()[0])
			}
		}
	})
}

// An example that doesn't pass the command's own rules is worse than none, and
// one of them has to be of the command itself.
func TestExamplesAreRight(t *testing.T) {
	e, _, _ := testEnv()
	app := newApp(e)
	check := func(of, examples string) (own bool) {
		for _, args := range prefectCommands(examples) {
			call, err := resolve(app, args)
			if err != nil {
				t.Errorf("prefect %s: the example 'prefect %s' is wrong: %v", of, strings.Join(args, " "), err)
				continue
			}
			own = own || strings.HasPrefix(call.names()+" ", "prefect "+of)
		}
		return own
	}
	if !check("", app.UsageText) {
		t.Error("prefect has no example")
	}
	everyCommand(app.Commands, nil, func(c *cli.Command, words []string) {
		if of := strings.Join(words, " "); !check(of+" ", c.UsageText) && !c.Hidden && !c.SkipFlagParsing {
			t.Errorf("prefect %s has no example of itself: %q", of, c.UsageText)
		}
	})
	for name, topic := range helpTopics {
		check("help "+name, topic.examples)
	}
}

// prefectCommands finds the arguments of each call of prefect in lines for a shell.
func prefectCommands(lines string) [][]string {
	var found [][]string
	for _, line := range strings.Split(lines, "\n") {
		for {
			before, rest, ok := strings.Cut(line, "$(")
			inner, after, closed := strings.Cut(rest, ")")
			if !ok || !closed {
				break
			}
			found = append(found, prefectCommands(inner)...)
			line = before + "x" + after
		}
		words := splitLine(line, '\\')
		for len(words) > 0 {
			n := 0
			for n < len(words) && !isOperator(words[n]) {
				n++
			}
			if n > 0 && words[0].text == "prefect" {
				found = append(found, texts(words[1:n]))
			}
			words = words[min(n+1, len(words)):]
		}
	}
	return found
}

func isOperator(w typedWord) bool {
	return len(w.runes) > 0 && !w.runes[0].quoted && strings.Contains(" | || && ; & > >> < ", " "+w.text+" ")
}

// Help is read in narrow terminals, too. Only what is to be typed is never broken.
func TestHelpFitsTheScreen(t *testing.T) {
	e, _, _ := testEnv()
	app := newApp(e)
	pages := map[string]func(int) string{"prefect": newHelpPage(app, &call{}).text}
	everyCommand(app.Commands, nil, func(_ *cli.Command, words []string) {
		if call, err := resolve(app, append(words, "--help")); err == nil {
			pages[call.names()] = newHelpPage(app, call).text
		}
	})
	for name, topic := range helpTopics {
		pages["prefect help "+name] = topic.page
	}
	for name, page := range pages {
		for _, width := range []int{40, 60, 80, 120} {
			for _, line := range strings.Split(page(width), "\n") {
				words := strings.Fields(line)
				if len(line) > width && len(words) > 1 && words[0] != "$" {
					t.Errorf("%s at %d columns: %q", name, width, line)
				}
			}
		}
	}
}

func TestHelpTopics(t *testing.T) {
	e, out, _ := testEnv()
	if err := e.run(context.Background(), []string{"help", "environment"}); err != nil {
		t.Fatal(err)
	}
	for _, s := range settings.Names() {
		if !strings.Contains(strings.ReplaceAll(out.String(), "\n", " \n"), "\n  "+s+" ") {
			t.Errorf("the topic 'environment' doesn't explain %s", s)
		}
	}
	for _, format := range newOutputFlag().choices {
		if !strings.Contains(outputTopic.page(80), "\n  "+format+" ") {
			t.Errorf("the topic 'output' doesn't explain %s", format)
		}
	}
	for _, name := range topicNames(helpTopics) {
		if !strings.HasSuffix(helpTopics[name].summary, ".") {
			t.Errorf("topic %s has no summary", name)
		}
	}
	_, err := resolve(newApp(e), []string{"help", "enviroment"})
	if err == nil || err.Error() != "prefect: no such command or topic 'enviroment' (did you mean environment?)" {
		t.Errorf("help enviroment: %v", err)
	}
}

func TestHelpPage(t *testing.T) {
	page := helpPage{
		names:     "prefect deployment build",
		usage:     "Write a deployment file for a flow.",
		arguments: "PATH",
		examples:  "prefect deployment build ./f.py:flow -n x",
		flags: []cli.Flag{
			&cli.StringFlag{Name: "name", Aliases: []string{"n"}, Usage: "Call it `NAME`, which is a text that goes on for longer than a line."},
			&cli.StringFlag{Name: "id", Usage: "The `ID`."},
			&cli.StringFlag{Name: "infra-block", Aliases: []string{"ib"}, Usage: "Use the block `TYPE/NAME`."},
			newSwitch("by-created", "no-by-created", false, "Newest first."),
			&cli.BoolFlag{Name: "secret", Hidden: true},
		},
	}
	want := `Usage: prefect deployment build [OPTIONS] PATH

  Write a deployment file for a flow.

Options:
  -n, --name NAME  Call it NAME, which is a text that
                   goes on for longer than a line.
  --id ID          The ID.
  -ib, --infra-block TYPE/NAME
                   Use the block TYPE/NAME.
  --by-created / --no-by-created
                   Newest first.
  --help           Show this message and exit.

Examples:
  $ prefect deployment build ./f.py:flow -n x
`
	if got := page.text(56); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestExitCodes(t *testing.T) {
	for _, c := range []struct {
		err    error
		code   int
		stderr string
	}{
		{nil, 0, ""},
		{errors.New("it failed"), 1, "it failed\n"},
		{withHint(errorf("no '%s'", "a\x1b[2J"), "Try '%s'.", "b\n"), 1, "no 'a\\x1b[2J'\nTry 'b\\n'.\n"},
		{&usageError{"prefect x", "missing argument Y"}, 2, "prefect x: missing argument Y\nTry 'prefect x --help' for help.\n"},
		{exitError(7), 7, ""},
		{fmt.Errorf("read the runs: %w", context.Canceled), 130, ""},
	} {
		e, out, stderr := testEnv()
		if code := e.report(c.err); code != c.code || stderr.String() != c.stderr || out.Len() > 0 {
			t.Errorf("%v: code %d, stderr %q, stdout %q", c.err, code, stderr, out)
		}
	}
}

func TestFirstSignalEndsTheContext(t *testing.T) {
	ctx, signals := newInterrupts(context.Background())
	defer signals.stop()
	signals.ch <- os.Interrupt
	<-ctx.Done()
	if code, ok := interruptCode(context.Cause(ctx)); !ok || code != 130 {
		t.Errorf("code %d, %v", code, ok)
	}
	other, own := newInterrupts(context.Background())
	own.take()
	if other.Err() != nil {
		t.Error("taking the signals over ended the context")
	}
	own.stop()
}
