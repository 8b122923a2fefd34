package cli

import (
	"context"
	"math"
	"time"

	"github.com/urfave/cli/v2"
)

func newWorkQueueDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "delete",
		Usage:       "Delete a work queue.",
		Description: "Its runs stay; those that have not started wait until a queue of that name is there again.",
		ArgsUsage:   "NAME",
		UsageText:   "prefect work-queue delete test",
		Action: func(c *cli.Context) error {
			return workQueueDelete(c.Context, e, c.Args().First())
		},
	}
}

func workQueueDelete(ctx context.Context, e *env, word string) error {
	db, q, err := e.findWorkQueue(ctx, word)
	if err != nil {
		return err
	}
	waiting, err := db.WaitingFlowRuns(ctx, q.Name, time.UnixMicro(math.MaxInt64))
	if err != nil {
		return databaseError(err)
	}
	if err := db.DeleteWorkQueue(ctx, q.ID); err != nil {
		return databaseError(err)
	}
	e.success("Deleted work queue '%s'\n", word)
	if waiting > 0 {
		e.warn("%s left waiting for a queue of that name. Create it again with: prefect work-queue create %s\n", countRuns(waiting), shellWord(q.Name))
	}
	return nil
}
