package cli

import (
	"context"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newWorkQueueInspectCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "Show everything about a work queue.",
		ArgsUsage: "[NAME]",
		UsageText: "prefect work-queue inspect test\nprefect work-queue inspect test -o json",
		Flags:     []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return workQueueInspect(c.Context, e, c.Args().First(), c.String("output"))
		},
	}
}

func workQueueInspect(ctx context.Context, e *env, word, output string) error {
	_, q, err := e.findWorkQueue(ctx, word)
	if err != nil {
		return err
	}
	return e.show(output, workQueueValue(q), []string{q.Name}, func(out *render.Console) error {
		return out.Inspect(workQueueObject(q))
	})
}

// workQueueObject is the queue as Prefect's client holds it; what isn't set is left out, as there.
func workQueueObject(q store.WorkQueue) render.Object {
	o := newObject("WorkQueue")
	o.put("id", q.ID)
	o.put("created", q.Created)
	o.put("updated", q.Updated)
	o.put("name", q.Name)
	o.text("description", q.Description)
	if q.IsPaused {
		o.put("is_paused", true)
	}
	if q.ConcurrencyLimit != nil {
		o.put("concurrency_limit", *q.ConcurrencyLimit)
	}
	return o.Object
}
