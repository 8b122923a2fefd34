package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// TakeSlots takes a slot of every limited tag among tags for a task run that is about to start,
// all or none. It returns the tag that has no room, or "" when the slots are taken. Slots of runs
// that no living process is responsible for do not count: alive tells.
func (db *DB) TakeSlots(ctx context.Context, taskRunID string, tags []string, alive func(process string) bool) (full string, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
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

// ConcurrencyLimit is how many task runs with a tag may be running at once.
type ConcurrencyLimit struct {
	ID          string
	Created     time.Time
	Updated     time.Time
	Tag         string
	Limit       int
	ActiveSlots []string // ids of the task runs that hold a slot
}

// ConcurrencyLimits returns the limits, those changed last first. Slots count as in TakeSlots.
func (db *DB) ConcurrencyLimits(ctx context.Context, alive func(process string) bool) ([]ConcurrencyLimit, error) {
	return concurrencyLimitsWhere(ctx, db.db, alive, "true")
}

// ConcurrencyLimit returns the limit on a tag, or ErrNotFound.
func (db *DB) ConcurrencyLimit(ctx context.Context, tag string, alive func(process string) bool) (ConcurrencyLimit, error) {
	all, err := concurrencyLimitsWhere(ctx, db.db, alive, "tag = ?", tag)
	if err != nil {
		return ConcurrencyLimit{}, err
	}
	if len(all) == 0 {
		return ConcurrencyLimit{}, ErrNotFound
	}
	return all[0], nil
}

func concurrencyLimitsWhere(ctx context.Context, q querier, alive func(string) bool, where string, args ...any) ([]ConcurrencyLimit, error) {
	rows, err := q.QueryContext(ctx, "select id, created, updated, tag, concurrency_limit from concurrency_limit where "+where+" order by updated desc, tag", args...)
	all, err := collect(rows, err, func(rows *sql.Rows) (l ConcurrencyLimit, err error) {
		err = rows.Scan(&l.ID, inTime{&l.Created}, inTime{&l.Updated}, &l.Tag, &l.Limit)
		return l, err
	})
	for i := range all {
		if err == nil {
			all[i].ActiveSlots, err = activeSlots(ctx, q, all[i].Tag, alive)
		}
	}
	return all, err
}

func activeSlots(ctx context.Context, q querier, tag string, alive func(string) bool) ([]string, error) {
	type slot struct{ task, process string }
	rows, err := q.QueryContext(ctx, `
		select s.task_run_id, coalesce(r.claim_process, '') from concurrency_slot s
		join task_run t on t.id = s.task_run_id join flow_run r on r.id = t.flow_run_id
		where s.tag = ? order by t.start_time, t.id`, tag)
	slots, err := collect(rows, err, func(rows *sql.Rows) (s slot, err error) {
		err = rows.Scan(&s.task, &s.process)
		return s, err
	})
	active := []string{}
	for _, s := range slots {
		if s.process != "" && alive(s.process) {
			active = append(active, s.task)
		}
	}
	return active, err
}

// SetConcurrencyLimit sets the limit on a tag, which need not have one yet.
func (db *DB) SetConcurrencyLimit(ctx context.Context, tag string, limit int) error {
	now := micros(db.Now())
	_, err := db.db.ExecContext(ctx, `insert into concurrency_limit (id, created, updated, tag, concurrency_limit) values (?, ?, ?, ?, ?)
		on conflict (tag) do update set concurrency_limit = excluded.concurrency_limit, updated = excluded.updated`,
		uuid.NewString(), now, now, tag, limit)
	if err != nil {
		return fmt.Errorf("setting the limit on tag %q: %w", tag, err)
	}
	return nil
}

// DeleteConcurrencyLimit takes the limit on a tag away, or returns ErrNotFound.
func (db *DB) DeleteConcurrencyLimit(ctx context.Context, tag string) error {
	return db.changeOne(ctx, "delete from concurrency_limit where tag = ?", tag)
}

// ResetConcurrencyLimit frees all slots of a tag, whoever holds them, or returns ErrNotFound.
func (db *DB) ResetConcurrencyLimit(ctx context.Context, tag string) error {
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		var there bool
		if err := tx.QueryRowContext(ctx, "select exists (select 1 from concurrency_limit where tag = ?)", tag).Scan(&there); err != nil {
			return err
		}
		if !there {
			return ErrNotFound
		}
		_, err := tx.ExecContext(ctx, "delete from concurrency_slot where tag = ?", tag)
		return err
	})
}
