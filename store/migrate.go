package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// applicationID marks the file as ours in SQLite's header ("PRFG").
const applicationID = 0x50524647

// migrations returns the texts of migrations/*.sql in their order. `pragma user_version` in the
// file is how many of them it has had.
func migrations() ([]string, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	texts := make([]string, 0, len(names))
	for _, name := range names { // fs.Glob sorts them
		text, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		texts = append(texts, string(text))
	}
	return texts, nil
}

// migrate brings the schema up to date: nothing to do in nearly every start, and that costs one
// read of the file's header.
func (db *DB) migrate(ctx context.Context) error {
	wanted, err := migrations()
	if err != nil {
		return err
	}
	has, err := db.schemaVersion(ctx, db.db, len(wanted))
	if err != nil || has == len(wanted) {
		return err
	}
	if has > 0 {
		if err := db.backup(ctx, has); err != nil {
			return err
		}
	}
	return db.inTx(ctx, func(tx *sql.Tx) error {
		// Another process may have been first while this one waited for the lock.
		has, err := db.schemaVersion(ctx, tx, len(wanted))
		if err != nil {
			return err
		}
		for i := has; i < len(wanted); i++ {
			if _, err := tx.ExecContext(ctx, wanted[i]); err != nil {
				return fmt.Errorf("migration %d: %w", i+1, err)
			}
		}
		_, err = tx.ExecContext(ctx, fmt.Sprintf("pragma application_id = %d; pragma user_version = %d", applicationID, len(wanted)))
		return err
	})
}

// schemaVersion returns how many migrations the file has had, and refuses a file that isn't ours
// or is newer than this binary.
func (db *DB) schemaVersion(ctx context.Context, q querier, known int) (int, error) {
	var id, version, tables int
	err := q.QueryRowContext(ctx, `select a.application_id, u.user_version, (select count(*) from sqlite_schema)
		from pragma_application_id a, pragma_user_version u`).Scan(&id, &version, &tables)
	switch {
	case err != nil:
		return 0, err
	case id != applicationID && tables > 0:
		return 0, &OpenError{Path: db.path, Problem: "belongs to another program",
			Hint: "set PREFECT_HOME to another folder"}
	case version > known:
		return 0, &OpenError{Path: db.path,
			Problem: fmt.Sprintf("was written by a newer prefect (its schema is %d, this binary knows %d)", version, known),
			Hint:    "use the newer binary, or set PREFECT_HOME to another folder"}
	}
	return version, nil
}

// backup copies the database beside itself before it is changed. VACUUM INTO gives a whole copy
// also while other processes write.
func (db *DB) backup(ctx context.Context, version int) error {
	name := fmt.Sprintf("%s.schema-%d.%s.bak", db.path, version, db.Now().UTC().Format("20060102T150405.000000"))
	if f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600); err != nil {
		return fmt.Errorf("making a backup before the upgrade: %w", err)
	} else if err := f.Close(); err != nil {
		return err
	}
	if _, err := db.db.ExecContext(ctx, "vacuum into ?", name); err != nil {
		os.Remove(name)
		return fmt.Errorf("making a backup before the upgrade: %w", err)
	}
	return nil
}

// querier is what *sql.DB and *sql.Tx share for reading.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// inTx runs do in one IMMEDIATE transaction. An error, also of a panic's unwinding, takes all of
// it back.
func (db *DB) inTx(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := db.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// micros is how times are stored.
func micros(t time.Time) int64 { return t.UnixMicro() }

func nullMicros(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UnixMicro()
}

// inTime and inNullTime scan a stored time into a time.Time (UTC).
type inTime struct{ t *time.Time }

func (s inTime) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("stored time is a %T, not an integer", v)
	}
	*s.t = time.UnixMicro(n).UTC()
	return nil
}

type inNullTime struct{ t **time.Time }

func (s inNullTime) Scan(v any) error {
	if v == nil {
		*s.t = nil
		return nil
	}
	*s.t = new(time.Time)
	return inTime{*s.t}.Scan(v)
}

// oneRow turns "no rows" into ErrNotFound.
func oneRow(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

// collect reads all rows and closes them.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
