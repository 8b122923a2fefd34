package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// PruneFilter says which flow runs are old enough to be deleted.
type PruneFilter struct {
	Before     time.Time // those that ended before
	StateNames []string  // only those in these states, without regard to case; none means all final ones
}

// Pruned counts what was deleted, or would be.
type Pruned struct {
	FlowRuns, TaskRuns, LogLines, CachedResults int
}

const (
	pruneRuns  = 200    // runs deleted in one transaction, which others wait for
	pruneLines = 20_000 // log lines deleted in one transaction
)

// CountPrune counts what Prune would delete.
func (db *DB) CountPrune(ctx context.Context, f PruneFilter) (n Pruned, err error) {
	err = db.pruneBatches(ctx, f, func(runs []string) error {
		counted, err := countOfRuns(ctx, db.db, runs)
		n.FlowRuns, n.TaskRuns, n.LogLines = n.FlowRuns+len(runs), n.TaskRuns+counted.TaskRuns, n.LogLines+counted.LogLines
		return err
	})
	if err != nil || len(f.StateNames) > 0 {
		return n, err
	}
	err = db.db.QueryRowContext(ctx, "select count(*) from task_cache where "+oldResults, micros(db.Now()), micros(f.Before)).Scan(&n.CachedResults)
	return n, err
}

// oldResults are the cached results that have expired, and those that are as old as the runs to
// delete: without an end they would gather for ever.
const oldResults = "expires <= ?1 or created < ?2"

// Prune deletes flow runs with final states that ended before a time, with their states, task
// runs and logs, and, unless only some states are asked for, the cached results that are as old or
// have expired. Runs of subflows stay as long as their
// parent goes on, which may start them again. Each transaction is short, so that agents and runs
// go on meanwhile; what was deleted when ctx ends stays deleted. progress is told how many runs
// are done.
func (db *DB) Prune(ctx context.Context, f PruneFilter, progress func(done int)) (n Pruned, err error) {
	err = db.pruneBatches(ctx, f, func(runs []string) error {
		counted, err := countOfRuns(ctx, db.db, runs)
		if err != nil {
			return err
		}
		if err := db.deleteRuns(ctx, runs); err != nil {
			return err
		}
		n.FlowRuns, n.TaskRuns, n.LogLines = n.FlowRuns+len(runs), n.TaskRuns+counted.TaskRuns, n.LogLines+counted.LogLines
		progress(n.FlowRuns)
		return nil
	})
	if err != nil {
		return n, err
	}
	if len(f.StateNames) > 0 {
		return n, nil
	}
	res, err := db.db.ExecContext(ctx, "delete from task_cache where "+oldResults, micros(db.Now()), micros(f.Before))
	if err != nil {
		return n, fmt.Errorf("deleting old results: %w", err)
	}
	expired, err := res.RowsAffected()
	n.CachedResults = int(expired)
	return n, err
}

// pruneBatches hands on the ids of the runs to delete, some at a time. It goes on from where the
// last batch ended, whether its runs were deleted or not.
func (db *DB) pruneBatches(ctx context.Context, f PruneFilter, do func(runs []string) error) error {
	type found struct {
		id string
		at int64
	}
	for _, t := range AllStateTypes() {
		if !t.Final() {
			continue
		}
		last := found{"", -1 << 62}
		for {
			rows, err := db.db.QueryContext(ctx, `
				select r.id, r.expected_start_time from flow_run r indexed by flow_run_by_state
				where r.state_type = ?1 and r.expected_start_time >= ?2 and r.expected_start_time < ?3 and (r.expected_start_time, r.id) > (?2, ?4)
					and r.end_time < ?3
					and (?5 = '[]' or r.state_name collate nocase in (select value from json_each(?5)))
					and not exists (select 1 from task_run t join flow_run p on p.id = t.flow_run_id
						where t.id = r.parent_task_run_id and p.end_time is null)
				order by r.expected_start_time, r.id limit ?6`,
				t, last.at, micros(f.Before), last.id, jsonNames(f.StateNames), pruneRuns)
			batch, err := collect(rows, err, func(rows *sql.Rows) (r found, err error) {
				err = rows.Scan(&r.id, &r.at)
				return r, err
			})
			if err != nil {
				return err
			}
			if len(batch) == 0 {
				break
			}
			last = batch[len(batch)-1]
			var ids []string
			for _, r := range batch {
				ids = append(ids, r.id)
			}
			if err := do(ids); err != nil {
				return err
			}
		}
	}
	return nil
}

// jsonNames is jsonList with [] for none.
func jsonNames(names []string) string {
	if len(names) == 0 {
		return "[]"
	}
	return jsonList(names)
}

func countOfRuns(ctx context.Context, q querier, runs []string) (n Pruned, err error) {
	err = q.QueryRowContext(ctx, `
		select (select count(*) from task_run where flow_run_id in (select value from json_each(?1))),
			(select count(*) from log where flow_run_id in (select value from json_each(?1)))`, jsonList(runs)).Scan(&n.TaskRuns, &n.LogLines)
	return n, err
}

// deleteRuns deletes runs, and first their logs in portions: a single run can have millions of lines.
func (db *DB) deleteRuns(ctx context.Context, runs []string) error {
	for {
		res, err := db.db.ExecContext(ctx, `delete from log where id in
			(select id from log where flow_run_id in (select value from json_each(?)) limit ?)`, jsonList(runs), pruneLines)
		if err != nil {
			return fmt.Errorf("deleting the logs of old flow runs: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n < pruneLines {
			if err != nil {
				return err
			}
			break
		}
	}
	// The state is looked at again: a run of a subflow may have been started anew meanwhile.
	_, err := db.db.ExecContext(ctx, "delete from flow_run where id in (select value from json_each(?)) and end_time is not null", jsonList(runs))
	if err != nil {
		return fmt.Errorf("deleting old flow runs: %w", err)
	}
	return nil
}

// Size returns how many bytes the database takes, and how many of them hold nothing.
func (db *DB) Size(ctx context.Context) (total, free int64, err error) {
	err = db.db.QueryRowContext(ctx, `select p.page_size * c.page_count, p.page_size * f.freelist_count
		from pragma_page_size p, pragma_page_count c, pragma_freelist_count f`).Scan(&total, &free)
	return total, free, err
}

// Shrink gives back to the disk what the database's file does not need, a portion at a time, so
// that others wait only shortly. A database that can't do that (one made by something else) is
// rewritten once, and can from then on.
func (db *DB) Shrink(ctx context.Context) error {
	var mode int
	if err := db.db.QueryRowContext(ctx, "pragma auto_vacuum").Scan(&mode); err != nil {
		return err
	}
	if mode == 0 {
		if _, err := db.db.ExecContext(ctx, "pragma auto_vacuum = incremental"); err != nil {
			return err
		}
		if _, err := db.db.ExecContext(ctx, "vacuum"); err != nil {
			return fmt.Errorf("rewriting the database: %w", err)
		}
	}
	for {
		_, before, err := db.Size(ctx)
		if err != nil {
			return err
		}
		// The pragma frees a page for each step of the query, so it is read to its end.
		rows, err := db.db.QueryContext(ctx, "pragma incremental_vacuum(2000)")
		if _, err := collect(rows, err, func(*sql.Rows) (struct{}, error) { return struct{}{}, nil }); err != nil {
			return fmt.Errorf("shrinking the database: %w", err)
		}
		_, after, err := db.Size(ctx)
		if err != nil {
			return err
		}
		if after == 0 || after >= before {
			break
		}
	}
	// The file itself shrinks when the write-ahead log is carried over. A reader may keep that
	// from happening now; the next one does it.
	rows, err := db.db.QueryContext(ctx, "pragma wal_checkpoint(truncate)")
	_, err = collect(rows, err, func(*sql.Rows) (struct{}, error) { return struct{}{}, nil })
	return err
}
