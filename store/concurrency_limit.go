package store

import (
	"context"
	"database/sql"
	"fmt"
)

// TakeSlots takes a slot of every limited tag among tags for a task run that is about to start,
// all or none. It returns the tag that has no room, or "" when the slots are taken. Slots of runs
// that no living process is responsible for do not count: alive tells.
func (db *DB) TakeSlots(ctx context.Context, taskRunID string, tags []string, alive func(process string) bool) (full string, err error) {
	err = db.inTx(ctx, func(tx *sql.Tx) error {
		limited, err := limitedTags(ctx, tx, tags)
		if err != nil {
			return err
		}
		for tag, limit := range limited {
			used, err := slotsInUse(ctx, tx, tag, taskRunID, alive)
			if err != nil {
				return err
			}
			if used >= limit {
				full = tag
				return nil
			}
		}
		for tag := range limited {
			if _, err := tx.ExecContext(ctx, "insert or ignore into concurrency_slot (task_run_id, tag) values (?, ?)", taskRunID, tag); err != nil {
				return fmt.Errorf("taking a slot of tag %q: %w", tag, err)
			}
		}
		return nil
	})
	return full, err
}

func limitedTags(ctx context.Context, tx *sql.Tx, tags []string) (map[string]int, error) {
	rows, err := tx.QueryContext(ctx, "select tag, concurrency_limit from concurrency_limit where tag in (select value from json_each(?))", jsonList(tags))
	limited := map[string]int{}
	_, err = collect(rows, err, func(rows *sql.Rows) (tag string, err error) {
		var limit int
		err = rows.Scan(&tag, &limit)
		limited[tag] = limit
		return tag, err
	})
	return limited, err
}

func slotsInUse(ctx context.Context, tx *sql.Tx, tag, except string, alive func(string) bool) (int, error) {
	rows, err := tx.QueryContext(ctx, `
		select coalesce(r.claim_process, '') from concurrency_slot s
		join task_run t on t.id = s.task_run_id join flow_run r on r.id = t.flow_run_id
		where s.tag = ? and s.task_run_id <> ?`, tag, except)
	processes, err := collect(rows, err, func(rows *sql.Rows) (process string, err error) {
		err = rows.Scan(&process)
		return process, err
	})
	if err != nil {
		return 0, fmt.Errorf("counting the slots of tag %q: %w", tag, err)
	}
	used := 0
	for _, p := range processes {
		if p != "" && alive(p) {
			used++
		}
	}
	return used, nil
}
