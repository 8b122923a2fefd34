package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"prefect/engine/agent"
	"prefect/engine/runner"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newFlowRunExecuteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "execute",
		Usage:     "Run a scheduled flow run here and now, without an agent.",
		ArgsUsage: "ID",
		UsageText: "prefect flow-run execute \"$(prefect deployment run log-flow/log-simple -o name)\"",
		Action: func(c *cli.Context) error {
			return flowRunExecute(c.Context, e, c.Args().First())
		},
	}
}

// flowRunExecute is the supervisor of one run: an agent starts one for each, and so may a person.
// It exits with 0 if the run completed and with 1 if not.
func flowRunExecute(ctx context.Context, e *env, id string) error {
	// The reader of our output may go before the run is over, which is no reason to end it.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	o, err := e.runnerOptions(ctx)
	if err != nil {
		return err
	}
	claim := e.getenv("PREFECT__CLAIM")
	if claim == "" { // by hand, perhaps because the run's supervisor was killed and no agent is there
		run, err := findFlowRun(ctx, o.DB, id)
		if err != nil {
			return err
		}
		id = run.ID
		if err := agent.Recover(ctx, o.DB, nil, func(string) {}); err != nil {
			return databaseError(err)
		}
	}
	run, err := runner.Execute(ctx, o, id, claim)
	var refused *store.TransitionError
	switch {
	case errors.Is(err, store.ErrNotFound):
		return withHint(errorf("Flow run '%s' not found!", id), "Flow runs are shown by 'prefect flow-run ls'.")
	case errors.Is(err, store.ErrClaimLost):
		return errorf("flow run '%s' is being run by another process already", id)
	case errors.As(err, &refused):
		return withHint(errorf("flow run '%s' is %s and can't run again", id, refused.From.Name()), "Create another one with 'prefect deployment run'.")
	case err != nil:
		return databaseError(err)
	case run.State.Type != store.Completed:
		return exitError(exitFailed)
	}
	return nil
}

// stopGrace is how long a run that is told to end may take before it is killed.
const stopGrace = 30 * time.Second

func (e *env) runnerOptions(ctx context.Context) (runner.Options, error) {
	db, err := e.db(ctx)
	if err != nil {
		return runner.Options{}, err
	}
	s, err := e.settings()
	if err != nil {
		return runner.Options{}, err
	}
	dir, err := e.sdkDir()
	if err != nil {
		return runner.Options{}, err
	}
	binary, err := os.Executable()
	if err != nil {
		return runner.Options{}, err
	}
	return runner.Options{DB: db, Home: s.Home, Binary: binary, Environ: append(e.environWithout("PREFECT__"), s.Environ()...), SDKDir: dir,
		FindPython: func() (string, error) { return e.findPython("") }, Stdout: os.Stdout, Stderr: os.Stderr, LogText: logText, LogLevel: e.logLevel(), Grace: stopGrace}, nil
}
