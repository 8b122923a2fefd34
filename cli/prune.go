package cli

import (
	"context"
	"time"

	"prefect/cli/render"
	"prefect/engine/storage"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type pruneOptions struct {
	olderThan time.Duration
	text      string // olderThan as it was typed
	states    []string
	dryRun    bool
	output    string
}

func newPruneCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:  "prune",
		Usage: "Delete old flow runs with their logs, and give the room back to the disk.",
		Description: "Deleted are runs that are over and ended longer ago than --older-than, with their states, task runs and logs, " +
			"and cached results that are as old or have expired. So are, unless --state is given, snapshots that no deployment runs from and what was fetched from storage. Runs that wait or go on, deployments and queues stay. " +
			"Agents and runs go on meanwhile, and it can be stopped at any time.",
		UsageText: "prefect prune --older-than 30d --dry-run\nprefect prune --older-than 30d\nprefect prune --older-than 7d --state Completed --state Skipped",
		Flags: []cli.Flag{
			newSpan("older-than", "Delete what ended longer ago than `DURATION`, such as 12h, 30d or 8w."),
			&cli.StringSliceFlag{Name: "state", Usage: "Only runs in the final state `NAME`, such as Completed; may be given again."},
			&cli.BoolFlag{Name: "dry-run", Usage: "Only count what would be deleted."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if !c.IsSet("older-than") {
				return usagef(c, "missing option --older-than, such as --older-than 30d")
			}
			if err := checkFinalStates(c); err != nil {
				return err
			}
			return prune(c.Context, e, pruneOptions{spanOf(c, "older-than"), c.String("older-than"), c.StringSlice("state"), c.Bool("dry-run"), c.String("output")})
		},
	}
}

func prune(ctx context.Context, e *env, o pruneOptions) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	f := store.PruneFilter{Before: e.now().Add(-o.olderThan), StateNames: o.states}
	before, _, err := db.Size(ctx)
	if err != nil {
		return databaseError(err)
	}
	n, err := db.CountPrune(ctx, f)
	if err != nil {
		return databaseError(err)
	}
	after := before
	if !o.dryRun {
		if n, after, err = e.prune(ctx, db, f, n); err != nil {
			return err
		}
	}
	var files storage.Pruned
	if len(o.states) == 0 { // else only runs are meant
		if files, err = e.pruneFiles(ctx, db, f.Before, o.dryRun); err != nil {
			return err
		}
	}
	return e.show(o.output, prunedValue(o.dryRun, f.Before, n, files, before, after), nil, func(*render.Console) error {
		e.tellPruned(o, n, files, before, after)
		return nil
	})
}

func prunedValue(dryRun bool, before time.Time, n store.Pruned, files storage.Pruned, sizeBefore, sizeAfter int64) render.Dict {
	return render.Dict{{Key: "dry_run", Value: dryRun}, {Key: "older_than", Value: before}, {Key: "flow_runs", Value: n.FlowRuns},
		{Key: "task_runs", Value: n.TaskRuns}, {Key: "log_lines", Value: n.LogLines}, {Key: "cached_results", Value: n.CachedResults},
		{Key: "bytes_before", Value: sizeBefore}, {Key: "bytes_after", Value: sizeAfter}, {Key: "snapshots", Value: files.Snapshots},
		{Key: "stored_files", Value: files.Files}, {Key: "stored_bytes", Value: files.Bytes}}
}

// prune deletes, with a bar on a terminal, and returns how large the database is then.
func (e *env) prune(ctx context.Context, db *store.DB, f store.PruneFilter, expect store.Pruned) (n store.Pruned, size int64, err error) {
	bar := e.err.Progress("Deleting flow runs", expect.FlowRuns)
	n, err = db.Prune(ctx, f, bar.Set)
	bar.Done()
	if err != nil {
		if ctx.Err() != nil {
			e.note("Stopped; %s are deleted.\n", countRuns(n.FlowRuns))
		}
		return n, 0, databaseError(err)
	}
	if err := db.Shrink(ctx); err != nil {
		return n, 0, databaseError(err)
	}
	size, _, err = db.Size(ctx)
	return n, size, databaseError(err)
}

func (e *env) tellPruned(o pruneOptions, n store.Pruned, files storage.Pruned, before, after int64) {
	done := "Deleted"
	if o.dryRun {
		done = "Would delete"
	}
	if n == (store.Pruned{}) && files == (storage.Pruned{}) {
		e.printf("Nothing is older than %s.\n", o.text)
		e.guessStates(o.states)
	}
	if n != (store.Pruned{}) {
		e.printf("%s %s older than %s, with %s and %s, and %s.\n", done, countRuns(n.FlowRuns), o.text,
			count(n.TaskRuns, "task run"), count(n.LogLines, "line")+" of log", count(n.CachedResults, "cached result"))
	}
	if files != (storage.Pruned{}) {
		e.printf("%s %s that no deployment runs from, and %s of the store that nothing needs (%s).\n", done, count(files.Snapshots, "snapshot"),
			count(files.Files, "file"), size(files.Bytes))
	}
	if after < before {
		e.printf("The database has shrunk from %s to %s.\n", size(before), size(after))
	}
}
