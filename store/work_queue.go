package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	sqlite3 "modernc.org/sqlite/lib"
)

// ErrExists is returned where something of that name is there already.
var ErrExists = errors.New("exists already")

// WorkQueue holds back or lets through the runs of the deployments that name it.
type WorkQueue struct {
	ID               string
	Created          time.Time
	Updated          time.Time
	Name             string
	Description      *string
	IsPaused         bool
	ConcurrencyLimit *int // runs at once; nil is no limit
}

const workQueueColumns = "id, created, updated, name, description, is_paused, concurrency_limit"

func scanWorkQueue(rows *sql.Rows) (q WorkQueue, err error) {
	err = rows.Scan(&q.ID, inTime{&q.Created}, inTime{&q.Updated}, &q.Name, &q.Description, &q.IsPaused, &q.ConcurrencyLimit)
	return q, err
}

// WorkQueues returns all work queues, newest first.
func (db *DB) WorkQueues(ctx context.Context) ([]WorkQueue, error) {
	rows, err := db.db.QueryContext(ctx, "select "+workQueueColumns+" from work_queue order by created desc, id")
	return collect(rows, err, scanWorkQueue)
}

// WorkQueue returns the queue with that name or id, or ErrNotFound.
func (db *DB) WorkQueue(ctx context.Context, nameOrID string) (WorkQueue, error) {
	rows, err := db.db.QueryContext(ctx, "select "+workQueueColumns+" from work_queue where name = ?1 or id = ?1 order by name = ?1 desc limit 1", nameOrID)
	all, err := collect(rows, err, scanWorkQueue)
	if err != nil {
		return WorkQueue{}, err
	}
	if len(all) == 0 {
		return WorkQueue{}, ErrNotFound
	}
	return all[0], nil
}

// CreateWorkQueue makes a queue. It returns ErrExists if there is one of that name.
func (db *DB) CreateWorkQueue(ctx context.Context, name string, limit *int) (WorkQueue, error) {
	now := db.Now()
	_, err := db.db.ExecContext(ctx, "insert into work_queue (id, created, updated, name, concurrency_limit) values (?, ?, ?, ?, ?)",
		uuid.NewString(), micros(now), micros(now), name, limit)
	if sqliteCode(err) == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return WorkQueue{}, ErrExists
	}
	if err != nil {
		return WorkQueue{}, fmt.Errorf("creating work queue %q: %w", name, err)
	}
	return db.WorkQueue(ctx, name)
}

// EnsureWorkQueues makes those of the queues that are not there and returns their names.
func (db *DB) EnsureWorkQueues(ctx context.Context, names []string) (created []string, err error) {
	err = db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, name := range names {
			made, err := db.ensureWorkQueue(ctx, tx, name)
			if err != nil {
				return err
			}
			if made {
				created = append(created, name)
			}
		}
		return nil
	})
	return created, err
}

func (db *DB) ensureWorkQueue(ctx context.Context, tx *sql.Tx, name string) (made bool, err error) {
	now := micros(db.Now())
	res, err := tx.ExecContext(ctx, "insert into work_queue (id, created, updated, name) values (?, ?, ?, ?) on conflict (name) do nothing",
		uuid.NewString(), now, now, name)
	if err != nil {
		return false, fmt.Errorf("creating work queue %q: %w", name, err)
	}
	n, err := res.RowsAffected()
	return n == 1, err
}

// SetWorkQueuePaused pauses or resumes a queue (by name or id), or returns ErrNotFound.
func (db *DB) SetWorkQueuePaused(ctx context.Context, nameOrID string, paused bool) error {
	return db.updateWorkQueue(ctx, nameOrID, "is_paused", paused)
}

// SetWorkQueueLimit sets how many runs of a queue may be going at once; nil takes the limit away.
func (db *DB) SetWorkQueueLimit(ctx context.Context, nameOrID string, limit *int) error {
	return db.updateWorkQueue(ctx, nameOrID, "concurrency_limit", limit)
}

func (db *DB) updateWorkQueue(ctx context.Context, nameOrID, column string, value any) error {
	return db.changeOne(ctx, "update work_queue set "+column+" = ?2, updated = ?3 where name = ?1 or id = ?1", nameOrID, value, micros(db.Now()))
}

// DeleteWorkQueue deletes a queue (by name or id), or returns ErrNotFound. Its runs stay, and wait
// for a queue of that name.
func (db *DB) DeleteWorkQueue(ctx context.Context, nameOrID string) error {
	return db.changeOne(ctx, "delete from work_queue where name = ?1 or id = ?1", nameOrID)
}

// changeOne runs a statement that has to change a row, and returns ErrNotFound if it changed none.
func (db *DB) changeOne(ctx context.Context, query string, args ...any) error {
	res, err := db.db.ExecContext(ctx, query, args...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return ErrNotFound
}
