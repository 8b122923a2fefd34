package cli

import (
	"context"

	"github.com/urfave/cli/v2"
)

func newFlowRunDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "delete",
		Usage:     "Delete a flow run, with its states, task runs and logs.",
		ArgsUsage: "ID",
		UsageText: "prefect flow-run delete calm-otter",
		Action: func(c *cli.Context) error {
			return flowRunDelete(c.Context, e, c.Args().First())
		},
	}
}

func flowRunDelete(ctx context.Context, e *env, id string) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	if err := db.DeleteFlowRun(ctx, id); err != nil {
		return databaseError(err)
	}
	e.success("Successfully deleted flow run '%s'.\n", id)
	return nil
}
