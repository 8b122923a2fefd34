package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Flow is a flow by name: what its runs and deployments have in common.
type Flow struct {
	ID      string
	Created time.Time
	Updated time.Time
	Name    string
}

// Flows returns the flows, newest first, at most limit (all if limit is 0).
func (db *DB) Flows(ctx context.Context, limit int) ([]Flow, error) {
	rows, err := db.db.QueryContext(ctx, "select id, created, updated, name from flow order by created desc, id limit ?", noLimit(limit))
	return collect(rows, err, func(rows *sql.Rows) (f Flow, err error) {
		err = rows.Scan(&f.ID, inTime{&f.Created}, inTime{&f.Updated}, &f.Name)
		return f, err
	})
}

// noLimit turns 0 into SQLite's "no limit".
func noLimit(limit int) int {
	if limit <= 0 {
		return -1
	}
	return limit
}

// ensureFlow returns the id of the flow with that name, made if there is none.
func (db *DB) ensureFlow(ctx context.Context, tx *sql.Tx, name string) (string, error) {
	var id string
	err := tx.QueryRowContext(ctx, "select id from flow where name = ?", name).Scan(&id)
	if err == nil {
		return id, nil
	}
	if oneRow(err) != ErrNotFound {
		return "", err
	}
	id = uuid.NewString()
	now := micros(db.Now())
	if _, err := tx.ExecContext(ctx, "insert into flow (id, created, updated, name) values (?, ?, ?, ?)", id, now, now, name); err != nil {
		return "", fmt.Errorf("keeping flow %q: %w", name, err)
	}
	return id, nil
}
