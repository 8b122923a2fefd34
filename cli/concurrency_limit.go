package cli

import (
	"context"
	"errors"
	"strconv"

	"prefect/cli/render"
	"prefect/engine/process"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newConcurrencyLimitCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "concurrency-limit",
		Aliases:   []string{"concurrency-limits"},
		Usage:     "Limit how many task runs with a tag run at once.",
		UsageText: "prefect concurrency-limit create database 2\nprefect concurrency-limit ls",
		Subcommands: []*cli.Command{
			newConcurrencyLimitCreateCmd(e),
			newConcurrencyLimitDeleteCmd(e),
			newConcurrencyLimitInspectCmd(e),
			newConcurrencyLimitLsCmd(e),
			newConcurrencyLimitResetCmd(e),
		},
	}
}

func (e *env) findConcurrencyLimit(ctx context.Context, tag string) (*store.DB, store.ConcurrencyLimit, error) {
	db, err := e.db(ctx)
	if err != nil {
		return nil, store.ConcurrencyLimit{}, err
	}
	l, err := db.ConcurrencyLimit(ctx, tag, process.Alive)
	return db, l, limitError(tag, err)
}

func limitError(tag string, err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return withHint(errorf("No concurrency limit found for the tag: %s", tag), "Limits are shown by 'prefect concurrency-limit ls'.")
	}
	return databaseError(err)
}

// concurrencyLimitValue is a limit for scripts, under the keys of Prefect's API.
func concurrencyLimitValue(l store.ConcurrencyLimit) render.Dict {
	return render.Dict{{Key: "id", Value: l.ID}, {Key: "created", Value: l.Created}, {Key: "updated", Value: l.Updated}, {Key: "tag", Value: l.Tag},
		{Key: "concurrency_limit", Value: l.Limit}, {Key: "active_slots", Value: l.ActiveSlots}}
}

func newConcurrencyLimitCreateCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "create",
		Usage:       "Set the limit on a tag.",
		Description: "At most LIMIT task runs with the tag are in state Running at once; others wait for a slot. A limit of 0 lets none run. A limit that is there is replaced.",
		ArgsUsage:   "TAG LIMIT",
		UsageText:   "prefect concurrency-limit create database 2",
		Flags:       []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			limit, err := readLimit(c, c.Args().Get(1))
			if err != nil {
				return err
			}
			return concurrencyLimitCreate(c.Context, e, c.Args().First(), limit, c.String("output"))
		},
	}
}

func concurrencyLimitCreate(ctx context.Context, e *env, tag string, limit int, output string) error {
	if tag == "" {
		return errorf("the tag is empty")
	}
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	if err := db.SetConcurrencyLimit(ctx, tag, limit); err != nil {
		return databaseError(err)
	}
	l, err := db.ConcurrencyLimit(ctx, tag, process.Alive)
	if err != nil {
		return databaseError(err)
	}
	return e.show(output, concurrencyLimitValue(l), []string{l.Tag}, func(*render.Console) error {
		e.printf("\nCreated concurrency limit with properties:\n    tag - '%s'\n    concurrency_limit - %d\n\n", l.Tag, l.Limit)
		e.printf("Delete the concurrency limit:\n    prefect concurrency-limit delete '%s'\n\n", l.Tag)
		e.printf("Inspect the concurrency limit:\n    prefect concurrency-limit inspect '%s'\n\n", l.Tag)
		return nil
	})
}

func newConcurrencyLimitLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the limits, those changed last first.",
		UsageText: "prefect concurrency-limit ls\nprefect concurrency-limit ls -o json",
		Flags: []cli.Flag{
			&cli.IntFlag{Name: "limit", Value: 15, Usage: "At most `N` limits, 15 if not given; 0 shows all."},
			&cli.IntFlag{Name: "offset", Usage: "Leave out the first `N`."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.Int("limit") < 0 || c.Int("offset") < 0 {
				return usagef(c, "--limit and --offset can't be negative")
			}
			return concurrencyLimitLs(c.Context, e, c.Int("limit"), c.Int("offset"), c.String("output"))
		},
	}
}

func concurrencyLimitLs(ctx context.Context, e *env, limit, offset int, output string) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	all, err := db.ConcurrencyLimits(ctx, process.Alive)
	if err != nil {
		return databaseError(err)
	}
	all = all[min(offset, len(all)):]
	if limit > 0 {
		all = all[:min(limit, len(all))]
	}
	t := render.Table{Title: "Concurrency Limits", Caption: "inspect a concurrency limit to show active task run IDs", CaptionStyle: render.Blue,
		Columns: []render.Column{{Header: "Tag", Style: render.Green}, {Header: "ID", Right: true, Keep: true, Style: render.Cyan},
			{Header: "Concurrency Limit", Style: render.Blue}, {Header: "Active Task Runs", Style: render.Magenta}}}
	var values []any
	var names []string
	for _, l := range all {
		values, names = append(values, concurrencyLimitValue(l)), append(names, l.Tag)
		t.Rows = append(t.Rows, []render.Cell{render.Text(l.Tag), render.Text(l.ID), render.Text(strconv.Itoa(l.Limit)), render.Text(strconv.Itoa(len(l.ActiveSlots)))})
	}
	return e.showTable(output, values, names, t)
}

func newConcurrencyLimitInspectCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "Show a limit and the task runs that hold its slots.",
		ArgsUsage: "TAG",
		UsageText: "prefect concurrency-limit inspect database",
		Flags:     []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return concurrencyLimitInspect(c.Context, e, c.Args().First(), c.String("output"))
		},
	}
}

func concurrencyLimitInspect(ctx context.Context, e *env, tag, output string) error {
	_, l, err := e.findConcurrencyLimit(ctx, tag)
	if err != nil {
		return err
	}
	return e.show(output, concurrencyLimitValue(l), []string{l.Tag}, func(out *render.Console) error {
		now := e.now()
		what := render.Table{Columns: []render.Column{{Header: "Tag", Style: render.Green}, {Header: "Concurrency Limit", Style: render.Blue},
			{Header: "Created", Style: render.Magenta}, {Header: "Updated", Style: render.Magenta}},
			Rows: [][]render.Cell{{render.Text(l.Tag), render.Text(strconv.Itoa(l.Limit)), render.Text(render.Relative(l.Created, now)),
				render.Text(render.Relative(l.Updated, now))}}}
		who := render.Table{Columns: []render.Column{{Header: "Active Task Run IDs", Keep: true, Style: render.Cyan}}}
		for _, id := range l.ActiveSlots {
			who.Rows = append(who.Rows, []render.Cell{render.Text(id)})
		}
		return out.Panel("Concurrency Limit ID: "+l.ID, what, who)
	})
}

func newConcurrencyLimitDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "delete",
		Usage:     "Take the limit on a tag away.",
		ArgsUsage: "TAG",
		UsageText: "prefect concurrency-limit delete database",
		Action: func(c *cli.Context) error {
			tag := c.Args().First()
			return changeConcurrencyLimit(c.Context, e, tag, (*store.DB).DeleteConcurrencyLimit, "Deleted concurrency limit set on the tag: %s\n")
		},
	}
}

func newConcurrencyLimitResetCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "reset",
		Usage:       "Free all slots of a tag, whoever holds them.",
		Description: "This is never needed to mend anything: a slot counts only while the process behind it lives. It lets more task runs start than the limit allows.",
		ArgsUsage:   "TAG",
		UsageText:   "prefect concurrency-limit reset database",
		Action: func(c *cli.Context) error {
			tag := c.Args().First()
			return changeConcurrencyLimit(c.Context, e, tag, (*store.DB).ResetConcurrencyLimit, "Reset concurrency limit set on the tag: %s\n")
		},
	}
}

func changeConcurrencyLimit(ctx context.Context, e *env, tag string, change func(*store.DB, context.Context, string) error, done string) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	if err := change(db, ctx, tag); err != nil {
		return limitError(tag, err)
	}
	e.success(done, tag)
	return nil
}
