package cli

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"prefect/cli/render"
	"prefect/engine/process"

	"github.com/urfave/cli/v2"
)

// quickstartFlow is the flow that quickstart writes and runs.
//
//go:embed quickstart.py
var quickstartFlow []byte

// quickstartSteps are the commands that quickstart types, each as a person would.
var quickstartSteps = [][]string{
	{"deployment", "build", "./log_flow.py:log_flow", "-n", "quickstart", "-q", "quickstart", "--param", "name=Marvin"},
	{"deployment", "apply", "log_flow-deployment.yaml"},
	{"deployment", "ls"},
	{"deployment", "run", "log-flow/quickstart"},
	{"agent", "start", "-q", "quickstart", "--drain"},
}

func newQuickstartCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "quickstart",
		Usage:       "Write an example flow into a folder, deploy it and run it.",
		ArgsUsage:   "[DIR]",
		Description: "Each command is shown before it is run, with its real output. DIR is prefect-quickstart by default.",
		UsageText:   "prefect quickstart\nprefect quickstart my-first-flow",
		Action: func(c *cli.Context) error {
			dir := c.Args().First()
			if dir == "" {
				dir = "prefect-quickstart"
			}
			return quickstart(c.Context, e, dir)
		},
	}
}

func quickstart(ctx context.Context, e *env, dir string) error {
	binary, err := os.Executable()
	if err != nil {
		return err
	}
	script, err := writeQuickstart(dir)
	if err != nil {
		return err
	}
	e.success("Wrote the flow '%s'\n", script)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	signals := e.signals.take()
	for _, args := range quickstartSteps {
		io.WriteString(e.out, "\n"+e.out.Paint(render.Bold, render.Sprintf("$ prefect %s", strings.Join(args, " ")))+"\n")
		cmd := exec.Command(binary, args...)
		cmd.Dir, cmd.Stdout, cmd.Stderr = dir, os.Stdout, os.Stderr
		cmd.Env = e.environ
		var exit *exec.ExitError
		if err := runStep(cmd, signals); errors.As(err, &exit) {
			return exitError(exit.ExitCode()) // it has said why
		} else if err != nil {
			return fmt.Errorf("running 'prefect %s': %w", args[0], err)
		}
	}
	e.printf("\nThe run is done. What to type next:\n\n")
	for _, line := range nextSteps(dir) {
		e.printf("    %s\n", line)
	}
	return nil
}

// runStep runs a step to its end, also where a signal says to end: an agent takes its time for that.
// Ctrl+C on a terminal goes to the step by itself; any other signal is passed on.
func runStep(cmd *exec.Cmd, signals <-chan os.Signal) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	var told os.Signal
	for {
		select {
		case err := <-ended:
			if told != nil {
				return errInterrupted{told}
			}
			return err
		case told = <-signals:
			if told != os.Interrupt {
				_ = process.Stop(cmd.Process) // it may have ended just now
			}
		}
	}
}

func nextSteps(dir string) []string {
	steps := []string{
		"cd " + shellWord(dir),
		"prefect agent start -q quickstart                               # keep it running, in another terminal",
		"prefect deployment run log-flow/quickstart -p name=Trillian     # each time you want a run",
		"prefect flow-run ls",
		"prefect deployment --help",
	}
	if found, err := exec.LookPath("prefect"); err != nil || found == "" {
		steps = append([]string{"go install .                                                    # if 'prefect' is not found"}, steps...)
	}
	return steps
}

// writeQuickstart makes the folder and the flow in it. What is there already and differs is never
// written over.
func writeQuickstart(dir string) (string, error) {
	script := filepath.Join(dir, "log_flow.py")
	old, err := os.ReadFile(script)
	switch {
	case err == nil && bytes.Equal(old, quickstartFlow):
		return script, nil
	case err == nil:
		return "", withHint(errorf("'%s' is there already, and differs", script), "Name another folder: prefect quickstart DIR")
	case !errors.Is(err, fs.ErrNotExist):
		return "", errorf("'%s' can't be used: %w", dir, withoutPath(err))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", errorf("making the folder '%s': %w", dir, withoutPath(err))
	}
	return script, os.WriteFile(script, quickstartFlow, 0o644)
}
