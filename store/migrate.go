package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

//go:embed migrations/*.sql
var embedded embed.FS

// migrationFiles is a variable for the tests, which have migrations to come.
var migrationFiles fs.FS = embedded

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
		text, err := fs.ReadFile(migrationFiles, name)
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
	return db.inTx(ctx, func(ctx context.Context, tx *sql.Tx) error {
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
// also while other processes write. The copy has its name only once it is whole, was read back and
// is on the disk.
func (db *DB) backup(ctx context.Context, version int) error {
	name := fmt.Sprintf("%s.schema-%d.%s.bak", db.path, version, db.Now().UTC().Format("20060102T150405.000000"))
	part := fmt.Sprintf("%s.%d.part", name, os.Getpid())
	copied, err := db.copyTo(ctx, part)
	if err == nil && copied != version {
		// Another process was first with the upgrade, and with the backup before it.
		return os.Remove(part)
	}
	if err == nil {
		err = os.Rename(part, name)
	}
	if err != nil {
		os.Remove(part)
		return fmt.Errorf("making a backup before the upgrade: %w", err)
	}
	syncFolder(filepath.Dir(name))
	return nil
}

// copyTo writes a copy of the database to a new file, reads it back and returns its schema's version.
func (db *DB) copyTo(ctx context.Context, path string) (version int, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if _, err := db.db.ExecContext(ctx, "vacuum into ?", path); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil { // SQLite leaves that to the caller
		return 0, err
	}
	return checkCopy(ctx, path)
}

func checkCopy(ctx context.Context, path string) (version int, err error) {
	conn, err := sql.Open("sqlite", fileURL(path, url.Values{"mode": {"ro"}, "immutable": {"1"}}))
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	var sound string
	err = conn.QueryRowContext(ctx, "pragma quick_check(1)").Scan(&sound)
	if err == nil {
		err = conn.QueryRowContext(ctx, "pragma user_version").Scan(&version)
	}
	if err != nil {
		return 0, fmt.Errorf("reading the copy back: %w", err)
	}
	if sound != "ok" {
		return 0, fmt.Errorf("the copy is damaged: %s", sound)
	}
	return version, nil
}

// syncFolder makes a new name in a folder last. Where a folder can't be synced, as on Windows, the
// system sees to that.
func syncFolder(path string) {
	if f, err := os.Open(path); err == nil {
		_ = f.Sync()
		f.Close()
	}
}

// querier is what *sql.DB and *sql.Tx share for reading.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// inTx runs do in one IMMEDIATE transaction. An error, also of a panic's unwinding, takes all of
// it back. ctx can end the wait for the transaction. What is done in it takes milliseconds while
// others wait, so do has a context without an end, which no goroutine has to watch.
func (db *DB) inTx(ctx context.Context, do func(ctx context.Context, tx *sql.Tx) error) error {
	done := db.turn.take(ctx)
	defer done()
	tx, err := db.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if err := do(context.WithoutCancel(ctx), tx); err != nil {
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
