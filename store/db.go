// Package store is the database: the domain types, and all of the SQL.
//
// Everything is kept in one SQLite file. A public method opens the transaction (IMMEDIATE, so that
// a lock is waited for and never refused halfway), a private function does the SQL, so that
// compositions share one transaction. Each process uses one connection: a query inside an open
// `for rows.Next()` would wait for itself, so rows are always read to the end first.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// busyTimeout is how long a statement waits for another process's transaction. Ours are short, so
// only a program that holds the lock by hand can use it up.
const busyTimeout = 60 * time.Second

// ErrNotFound is returned where one row was asked for and there is none.
var ErrNotFound = errors.New("not found")

// DB is the open database. It is safe for use by several goroutines.
type DB struct {
	db   *sql.DB
	path string
	file os.FileInfo // as it was opened
	// The statements that record events, by their text, and the transaction they were prepared in.
	// They are used within transactions only, and so by one goroutine at a time.
	prepared   map[string]*sql.Stmt
	preparedTx *sql.Tx
	turn       turn // of this process to write
	// Now is the clock behind every `created`, `updated` and claim; tests set it.
	Now func() time.Time
}

// Open opens the database file at path, making it, its folder and its tables if they are not
// there, and brings an older one up to date. Both are readable by their owner only, since
// parameters can hold secrets. An *OpenError says what is wrong with a file that can't be used.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := createPrivate(path); err != nil {
		return nil, &OpenError{Path: path, Problem: "cannot be created", Err: err}
	}
	db := &DB{path: path, Now: time.Now, turn: turn{path: path + "-line"}}
	conn, err := sql.Open("sqlite", dsn(path, isEmpty(path)))
	if err != nil {
		return nil, openError(path, err)
	}
	conn.SetMaxOpenConns(1)
	db.db = conn
	if err := db.prepare(ctx); err != nil {
		conn.Close()
		return nil, openError(path, err)
	}
	if db.file, err = os.Stat(path); err != nil {
		conn.Close()
		return nil, &OpenError{Path: path, Problem: cannotOpen, Err: err}
	}
	return db, nil
}

// StillThere returns an *OpenError if the file at the database's path is no longer the one that was
// opened: what is written goes to a file then that nobody sees, and what others write is not seen.
func (db *DB) StillThere() error {
	now, err := os.Stat(db.path)
	if err == nil && os.SameFile(now, db.file) {
		return nil
	}
	return &OpenError{Path: db.path, Problem: "was moved, deleted or replaced while it was in use", permanent: true,
		Hint: "start the command again to use the one that is there now"}
}

// Close closes the database.
func (db *DB) Close() error {
	db.turn.close()
	return db.db.Close()
}

// Path is the database's file.
func (db *DB) Path() string { return db.path }

// LockPath is the file by whose locks processes with the same database know of each other. There
// is nothing in it.
func (db *DB) LockPath() string { return db.path + "-lock" }

// SQLiteVersion returns the version of the SQLite library in this binary, as "3.54.1".
func (db *DB) SQLiteVersion(ctx context.Context) (string, error) {
	var v string
	err := db.db.QueryRowContext(ctx, "select sqlite_version()").Scan(&v)
	return v, err
}

// dsn puts the pragmas into the data source name, since they hold for a connection and the pool
// may make a new one. busy_timeout stands first: switching to WAL must already wait for others.
// Whether a file can give room back is settled when it is made, and asking for it takes a lock.
func dsn(path string, fresh bool) string {
	pragmas := []string{fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds())}
	if fresh {
		pragmas = append(pragmas, "auto_vacuum(incremental)")
	}
	pragmas = append(pragmas, "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "journal_size_limit(67108864)")
	return fileURL(path, url.Values{"_txlock": {"immediate"}, "_pragma": pragmas})
}

func fileURL(path string, query url.Values) string {
	name := filepath.ToSlash(path)
	if !strings.HasPrefix(name, "/") {
		name = "/" + name // C:/x has to become file:///C:/x
	}
	return (&url.URL{Scheme: "file", Path: name, RawQuery: query.Encode()}).String()
}

// prepare checks the connection and brings the schema up to date. A first start of two processes
// at once can find the file locked while the other switches it to WAL, which SQLite reports
// without waiting, so that one error is tried again.
func (db *DB) prepare(ctx context.Context) error {
	deadline := time.Now().Add(busyTimeout)
	for {
		err := db.checkConnection(ctx)
		if err == nil {
			err = db.migrate(ctx)
		}
		if !isBusy(err) || time.Now().After(deadline) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// checkConnection reads the pragmas back: SQLite ignores one that it doesn't know or can't apply.
func (db *DB) checkConnection(ctx context.Context) error {
	var version, journal string
	var sync, keys, timeout int64
	err := db.db.QueryRowContext(ctx, `select sqlite_version(), j.journal_mode, s.synchronous, f.foreign_keys, b.timeout
		from pragma_journal_mode j, pragma_synchronous s, pragma_foreign_keys f, pragma_busy_timeout b`).
		Scan(&version, &journal, &sync, &keys, &timeout)
	if err != nil {
		return err
	}
	if journal != "wal" || sync != 2 || keys != 1 || timeout != busyTimeout.Milliseconds() {
		return fmt.Errorf("SQLite did not take the settings it needs (journal_mode %s, synchronous %d, foreign_keys %d, busy_timeout %d)",
			journal, sync, keys, timeout)
	}
	return checkSQLiteVersion(version)
}

// checkSQLiteVersion refuses a SQLite before 3.51.3, whose WAL reset can corrupt a database that
// two processes use at once (https://sqlite.org/releaselog/3_51_3.html).
func checkSQLiteVersion(v string) error {
	var major, minor, patch int
	if _, err := fmt.Sscanf(v, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fmt.Errorf("reading SQLite's version %q: %w", v, err)
	}
	if major*1_000_000+minor*1000+patch < 3_051_003 {
		return fmt.Errorf("this binary was built with SQLite %s, which can corrupt the database; 3.51.3 or newer is needed", v)
	}
	return nil
}

// createPrivate makes the folder and the file with private modes before SQLite sees them (its
// side files take the database's mode), and tightens an existing file. An existing folder keeps
// its mode: it may be anything the user chose.
func createPrivate(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err == nil {
		return f.Close()
	}
	if !errors.Is(err, os.ErrExist) {
		return err
	}
	if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0 {
		// Failing to tighten is no reason to stop: the file may belong to another user.
		_ = os.Chmod(path, 0o600)
	}
	return nil
}

func isEmpty(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0
}

func sqliteCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func isBusy(err error) bool {
	code := sqliteCode(err) & 0xff
	return code == sqlite3.SQLITE_BUSY || code == sqlite3.SQLITE_LOCKED
}
