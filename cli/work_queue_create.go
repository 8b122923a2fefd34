package cli

import (
	"context"
	"errors"

	"prefect/cli/render"
	"prefect/engine/manifest"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newWorkQueueCreateCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "create",
		Usage:       "Create a work queue.",
		Description: "'deployment apply' and 'agent start' create the queues they name, so this is needed only to set a limit first.",
		ArgsUsage:   "NAME",
		UsageText:   "prefect work-queue create test\nprefect work-queue create nightly --limit 2",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "limit", Aliases: []string{"l"}, Usage: "At most `N` runs of the queue at once."},
			&cli.StringSliceFlag{Name: "tag", Aliases: []string{"t"}, Hidden: true, Usage: "Not supported."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.IsSet("tag") {
				return usagef(c, "-t/--tag is not supported: queues that pick runs by their tags are deprecated; name the queue in the deployment instead, with 'prefect deployment build -q NAME'")
			}
			var limit *int
			if c.IsSet("limit") {
				n, err := readLimit(c, c.String("limit"))
				if err != nil {
					return err
				}
				limit = &n
			}
			return workQueueCreate(c.Context, e, c.Args().First(), limit, c.String("output"))
		},
	}
}

func workQueueCreate(ctx context.Context, e *env, name string, limit *int, output string) error {
	if err := manifest.CheckName("work queue name", name); err != nil {
		return err
	}
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	q, err := db.CreateWorkQueue(ctx, name, limit)
	if errors.Is(err, store.ErrExists) {
		return withHint(errorf("Work queue with name: '%s' already exists.", name), "Change its limit with: prefect work-queue set-concurrency-limit %s N", shellWord(name))
	}
	if err != nil {
		return databaseError(err)
	}
	return e.show(output, workQueueValue(q), []string{q.Name}, func(*render.Console) error {
		e.printf("\nCreated work queue with properties:\n    name - '%s'\n    id - %s\n    concurrency limit - %s\n\n", q.Name, q.ID, limitText(q.ConcurrencyLimit))
		e.printf("Start an agent to pick up flow runs from the work queue:\n    prefect agent start -q '%s'\n\n", q.Name)
		e.printf("Inspect the work queue:\n    prefect work-queue inspect '%s'\n\n", q.Name)
		return nil
	})
}
