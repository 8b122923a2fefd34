package cli

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"prefect/engine/runner"

	"github.com/urfave/cli/v2"
)

// newFlowRunRecordCmd is what the Python package starts when a script with a flow is run by hand.
func newFlowRunRecordCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "record",
		Usage:     "Record the flow runs of the script that starts this.",
		UsageText: "PYTHONPATH=\"$(prefect sdk path)\" python log_flow.py",
		Hidden:    true,
		Action:    func(c *cli.Context) error { return flowRunRecord(context.Background(), e) },
	}
}

// flowRunRecord ends when the script does. What ends the script (Ctrl+C, a closed terminal, a
// signal to the group) reaches this process too, and must not keep it from recording that.
func flowRunRecord(ctx context.Context, e *env) error {
	e.signals.take()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP, syscall.SIGPIPE)
	conn, err := runner.Inherited(e.getenv)
	if err != nil {
		return err
	}
	defer conn.Close()
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	return databaseError(runner.RecordScript(db, conn, func(text string) { e.note("prefect: %s\n", text) }))
}
