// Package cli is what a person types and sees: the command tree, its options,
// and what each command prints. It knows flags and terminals and no SQL.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"prefect/cli/render"
	"prefect/engine/settings"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

// env is what every command is given: the streams, the clock, the environment
// and, opened on first use, the settings and the database.
type env struct {
	stdin   io.Reader
	out     *render.Console // results
	err     *render.Console // progress, hints and errors
	environ []string        // KEY=value, as the process was started with
	now     func() time.Time
	signals *interrupts

	profile string             // -p/--profile, empty when not given
	loaded  *settings.Settings // by loadSettings
	opened  *store.DB          // by db, on first use
	closers []func()           // run once, last first, when the command is over
}

// Main runs one command line, args[0] being the program's name, and returns
// the exit code: 0 done, 1 what was asked did not succeed, 2 wrong usage.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	e := &env{
		stdin:   stdin,
		environ: os.Environ(),
		now:     time.Now,
	}
	e.out = render.NewConsole(stdout, e.getenv)
	e.err = render.NewConsole(stderr, e.getenv)
	ctx, signals := newInterrupts(context.Background())
	e.signals = signals
	defer signals.stop()
	defer e.close()
	defer func() {
		if r := recover(); r != nil {
			code = e.report(fmt.Errorf("internal error: %v; please report it with the command that caused it", r))
		}
	}()
	err := e.run(ctx, args[1:])
	if failed := e.out.Failed(); failed != nil && (err == nil || errors.Is(err, failed)) {
		err = errorf("writing the output: %w", withoutPath(failed)) // a full disk, mostly
	}
	code = e.report(err)
	if signalled, ok := interruptCode(context.Cause(ctx)); ok && code != exitDone {
		return signalled
	}
	return code
}

// run resolves the arguments against the command tree and runs what they name.
func (e *env) run(ctx context.Context, args []string) error {
	app := newApp(e)
	call, err := resolve(app, args)
	if err != nil {
		return err
	}
	if call.help {
		return e.printHelp(app, call)
	}
	return app.RunContext(ctx, call.argv())
}

func newApp(e *env) *cli.App {
	// Help is found by resolve. The library would take any option with the short form -h for it.
	cli.HelpFlag = nil
	app := &cli.App{
		Name:      "prefect",
		Usage:     "Run Prefect deployments on this machine: no server, one binary, one database file.",
		UsageText: "prefect deployment build ./log_flow.py:log_flow -n log-simple -q test\nprefect agent start -q test",
		HideHelp:  true,
		// Version is printed by our own option, which is called as Prefect's is.
		HideVersion: true,
		Writer:      e.out,
		ErrWriter:   e.err,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: "Show the version and exit."},
			&cli.StringFlag{Name: "profile", Aliases: []string{"p"}, Usage: "Use the settings of profile `NAME` for this command."},
		},
		Commands: commands(e),
		Action: func(c *cli.Context) error {
			return printVersionNumber(e)
		},
		Before: func(c *cli.Context) error {
			e.profile = c.String("profile")
			return nil
		},
		// Main alone decides on the exit code; a comma belongs to the value.
		ExitErrHandler:            func(*cli.Context, error) {},
		DisableSliceFlagSeparator: true,
		OnUsageError:              badUsage,
	}
	prepare(app.Commands)
	return app
}

// prepare switches off what the library would do by itself, which it does not
// inherit from one command to the next.
func prepare(commands []*cli.Command) {
	for _, c := range commands {
		c.HideHelp = true
		c.HideHelpCommand = true
		c.OnUsageError = badUsage
		for _, f := range c.Flags {
			if list, ok := f.(*cli.StringSliceFlag); ok {
				list.KeepSpace = true // of -p 'text=a ' too
			}
		}
		prepare(c.Subcommands)
	}
}

// onClose registers what has to be released when the command is over.
func (e *env) onClose(f func()) { e.closers = append(e.closers, f) }

func (e *env) close() {
	for i := len(e.closers) - 1; i >= 0; i-- {
		e.closers[i]()
	}
	e.closers = nil
}

// settings are what holds for this command. It is an error if a value is set
// that its setting can't have; loadSettings is for commands that repair that.
func (e *env) settings() (*settings.Settings, error) {
	s, err := e.loadSettings()
	if err != nil {
		return nil, err
	}
	var wrong *settings.ValueError
	switch err := s.Check(); {
	case errors.As(err, &wrong) && wrong.Source == settings.FromEnvironment:
		return nil, withHint(err, "It is set in the environment: correct it there, or take it away with 'unset %s'.", wrong.Name)
	case err != nil:
		return nil, withHint(err, "Correct it with 'prefect config set', or take it away with 'prefect config unset'.")
	}
	return s, nil
}

func (e *env) loadSettings() (*settings.Settings, error) {
	if e.loaded != nil {
		return e.loaded, nil
	}
	s, err := settings.Load(e.environ, e.profile)
	if unknown := (*settings.UnknownProfileError)(nil); errors.As(err, &unknown) {
		return nil, withHint(err, "Profiles are shown by 'prefect profile ls' and made by 'prefect profile create %s'.", unknown.Name)
	}
	if err != nil {
		return nil, err
	}
	e.loaded = s
	return s, nil
}

// getenv looks a variable up in the environment the command was started with.
func (e *env) getenv(name string) string {
	for i := len(e.environ) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(e.environ[i], "="); ok && k == name {
			return v
		}
	}
	return ""
}

// printf writes a result to stdout. Every string among the arguments is made
// safe to show, so a name can't move the cursor or hide text.
func (e *env) printf(format string, args ...any) {
	io.WriteString(e.out, render.Sprintf(format, args...))
}

// success is printf for "it is done" messages, which are green on a terminal.
func (e *env) success(format string, args ...any) {
	io.WriteString(e.out, e.out.Paint(render.Green, render.Sprintf(format, args...)))
}

// note writes progress or a hint to stderr.
func (e *env) note(format string, args ...any) {
	io.WriteString(e.err, render.Sprintf(format, args...))
}

// warn is note for what a person should look at; yellow on a terminal.
func (e *env) warn(format string, args ...any) {
	io.WriteString(e.err, e.err.Paint(render.Yellow, render.Sprintf(format, args...)))
}
