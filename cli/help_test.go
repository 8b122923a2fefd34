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
		text := newHelpPage(app, call).text(80)
		if c.Usage == "" || !strings.Contains(text, "Examples:\n  $ prefect ") {
			t.Errorf("%s has no usage line or no example:\n%s", name, text)
		}
		if c.Action == nil && len(c.Subcommands) == 0 {
			t.Errorf("%s does nothing", name)
		}
		for _, f := range c.Flags {
			if doc, ok := f.(cli.DocGenerationFlag); !ok || doc.GetUsage() == "" {
				t.Errorf("%s: option %s is not explained", name, f.Names()[0])
			}
		}
		for _, line := range strings.Split(text, "\n") {
			if len(line) > 80 && strings.Contains(strings.TrimSpace(line), "  ") {
				t.Errorf("%s: the help is wider than the screen: %s", name, line)
			}
		}
	})
}

// An example that doesn't pass the command's own rules is worse than none.
func TestExamplesAreRight(t *testing.T) {
	e, _, _ := testEnv()
	app := newApp(e)
	everyCommand(app.Commands, nil, func(c *cli.Command, words []string) {
		for _, line := range strings.Split(c.UsageText, "\n") {
			if strings.ContainsAny(line, "'\"|>$") {
				continue // needs a shell to be split
			}
			if _, err := resolve(app, strings.Fields(line)[1:]); err != nil {
				t.Errorf("%s: the example %q is wrong: %v", strings.Join(words, " "), line, err)
			}
		}
	})
}

func TestHelpPage(t *testing.T) {
	page := helpPage{
		names:     "prefect deployment build",
		usage:     "Write a deployment file for a flow.",
		arguments: "PATH",
		examples:  "prefect deployment build ./f.py:flow -n x",
		flags: []cli.Flag{
			&cli.StringFlag{Name: "name", Aliases: []string{"n"}, Usage: "Call it `NAME`, which is a text that goes on for longer than a line."},
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
