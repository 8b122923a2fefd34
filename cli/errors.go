package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"prefect/cli/render"

	"github.com/urfave/cli/v2"
)

// usageError says what is wrong with the command line. path is the command as
// it was typed, "prefect deployment build".
type usageError struct {
	path string
	text string
}

func (e *usageError) Error() string { return e.path + ": " + e.text }

// hintedError is an error with a second line that says what to do.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// withHint adds a line to an error that says what to do about it.
func withHint(err error, format string, args ...any) error {
	return &hintedError{err, render.Sprintf(format, args...)}
}

// exitError ends the command with a code and without a message, because what
// there is to say has been said.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usagef is for what only a command's own code can see is wrong with the
// command line, such as two options that exclude each other.
func usagef(c *cli.Context, format string, args ...any) error {
	return &usageError{c.Command.HelpName, render.Sprintf(format, args...)}
}

// errorf is fmt.Errorf with every string argument made safe to show.
func errorf(format string, args ...any) error {
	return fmt.Errorf(format, render.SafeArgs(args)...)
}

// badUsage is what the flag library calls; resolve has found nearly all there
// is to find before.
func badUsage(c *cli.Context, err error, _ bool) error {
	path := c.App.Name
	if c.Command != nil && c.Command.HelpName != "" {
		path = c.Command.HelpName
	}
	return &usageError{path, err.Error()}
}

// report is the one place that prints an error and chooses the exit code.
func (e *env) report(err error) int {
	var usage *usageError
	var exit exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &usage):
		e.printError(usage)
		e.note("Try '%s --help' for help.\n", usage.path)
		return exitUsage
	}
	if code, ok := interruptCode(err); ok { // Ctrl+C needs no explanation, but the next prompt a line of its own
		if code == exitInterrupted && e.err.IsTerminal() {
			io.WriteString(e.err, "\n")
		}
		return code
	}
	if errors.Is(err, context.Canceled) {
		return exitInterrupted
	}
	e.printError(e.explained(err))
	return exitFailed
}

// explained puts SQLite's own words about the database's file into the user's.
func (e *env) explained(err error) error {
	if e.opened != nil {
		if problem, ok := e.opened.Problem(err); ok {
			return databaseError(problem)
		}
	}
	return err
}

func (e *env) printError(err error) {
	io.WriteString(e.err, e.err.Paint(render.Red, render.Safe(err.Error())+"\n"))
	var hinted *hintedError
	if errors.As(err, &hinted) {
		io.WriteString(e.err, render.Safe(hinted.hint)+"\n") // may be several lines
	}
}
