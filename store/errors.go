package store

import (
	"errors"
	"fmt"
	"os"

	sqlite3 "modernc.org/sqlite/lib"
)

// OpenError says why the database can't be used and, in Hint, what to do.
type OpenError struct {
	Path    string
	Problem string
	Hint    string
	Err     error

	permanent bool
}

func (e *OpenError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("database %s %s", e.Path, e.Problem)
	}
	return fmt.Sprintf("database %s %s: %v", e.Path, e.Problem, e.Err)
}

func (e *OpenError) Unwrap() error { return e.Err }

// Problem explains a failure of SQLite itself in the user's words: what is wrong with the file or
// the disk, and what to do. ok is false for any other error.
func (db *DB) Problem(err error) (e *OpenError, ok bool) {
	e, ok = openError(db.path, err).(*OpenError)
	return e, ok && e.Problem != cannotOpen
}

const cannotOpen = "cannot be opened"

// openError turns SQLite's result codes into words.
func openError(path string, err error) error {
	var known *OpenError
	if errors.As(err, &known) {
		return err
	}
	e := &OpenError{Path: path, Problem: cannotOpen, Err: err}
	switch sqliteCode(err) & 0xff {
	case sqlite3.SQLITE_NOTADB:
		e.Problem, e.Err = "is not a SQLite file", nil
		e.permanent = true
		e.Hint = "move it away to start with an empty one, or set PREFECT_HOME to another folder"
	case sqlite3.SQLITE_CORRUPT:
		e.Problem, e.Err = "is damaged", nil
		e.permanent = true
		e.Hint = "restore it from a copy (backups made before upgrades stand beside it), or move it away to start with an empty one"
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH:
		e.Problem, e.Err = "cannot be written", nil
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			e.Problem = "is a folder, not a database"
			e.permanent = true
			e.Hint = "move it away to start with an empty one, or set PREFECT_HOME to another folder"
			break
		}
		e.Hint = "check the permissions of the file and its folder, or set PREFECT_HOME to a folder of yours"
	case sqlite3.SQLITE_FULL:
		e.Problem, e.Err = "cannot be written: the disk is full", nil
		e.Hint = "free some space, then type the command again; nothing was half-written"
	case sqlite3.SQLITE_IOERR:
		e.Problem = "cannot be read or written"
		e.Hint = "check the disk; SQLite needs a local one, not a network file system"
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		e.Problem, e.Err = fmt.Sprintf("was locked by another program for %s", busyTimeout), nil
		e.Hint = "close the program that holds it open, then type the command again"
	}
	return e
}

// Permanent reports whether trying again later can't help.
func (e *OpenError) Permanent() bool { return e.permanent }
