package cli

import (
	"context"

	"github.com/urfave/cli/v2"
)

func newWorkQueueSetLimitCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "set-concurrency-limit",
		Usage:     "Set how many runs of a work queue may be going at once.",
		ArgsUsage: "NAME LIMIT",
		UsageText: "prefect work-queue set-concurrency-limit test 2",
		Action: func(c *cli.Context) error {
			limit, err := readLimit(c, c.Args().Get(1))
			if err != nil {
				return err
			}
			return setWorkQueueLimit(c.Context, e, c.Args().First(), &limit)
		},
	}
}

func newWorkQueueClearLimitCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "clear-concurrency-limit",
		Usage:     "Take the limit of a work queue away.",
		ArgsUsage: "NAME",
		UsageText: "prefect work-queue clear-concurrency-limit test",
		Action: func(c *cli.Context) error {
			return setWorkQueueLimit(c.Context, e, c.Args().First(), nil)
		},
	}
}

func setWorkQueueLimit(ctx context.Context, e *env, word string, limit *int) error {
	db, q, err := e.findWorkQueue(ctx, word)
	if err != nil {
		return err
	}
	if err := db.SetWorkQueueLimit(ctx, q.ID, limit); err != nil {
		return databaseError(err)
	}
	if limit == nil {
		e.success("Concurrency limits removed on work queue '%s'\n", word)
		return nil
	}
	e.success("Concurrency limit of %d set on work queue '%s'\n", *limit, word)
	return nil
}
