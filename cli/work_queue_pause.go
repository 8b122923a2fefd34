package cli

import (
	"context"

	"github.com/urfave/cli/v2"
)

func newWorkQueuePauseCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "pause",
		Usage:       "Pause a work queue: agents take no more runs from it.",
		Description: "Agents heed it at once. Runs that are going go on.",
		ArgsUsage:   "NAME",
		UsageText:   "prefect work-queue pause test",
		Action: func(c *cli.Context) error {
			return setWorkQueuePaused(c.Context, e, c.Args().First(), true)
		},
	}
}

func newWorkQueueResumeCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "resume",
		Usage:     "Resume a paused work queue.",
		ArgsUsage: "NAME",
		UsageText: "prefect work-queue resume test",
		Action: func(c *cli.Context) error {
			return setWorkQueuePaused(c.Context, e, c.Args().First(), false)
		},
	}
}

func setWorkQueuePaused(ctx context.Context, e *env, word string, paused bool) error {
	db, q, err := e.findWorkQueue(ctx, word)
	if err != nil {
		return err
	}
	if err := db.SetWorkQueuePaused(ctx, q.ID, paused); err != nil {
		return databaseError(err)
	}
	done := "Resumed"
	if paused {
		done = "Paused"
	}
	e.success("%s work queue '%s'\n", done, word)
	return nil
}
