package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"math/big"
	"os"

	"prefect/engine/process"
	"prefect/engine/python"
	"prefect/engine/sdk"
	"prefect/store"
)

// db opens the database on first use; it is closed when the command is over.
func (e *env) db(ctx context.Context) (*store.DB, error) {
	if e.opened != nil {
		return e.opened, nil
	}
	s, err := e.settings()
	if err != nil {
		return nil, err
	}
	db, err := store.Open(ctx, s.DBPath)
	if err != nil {
		return nil, databaseError(err)
	}
	db.Now = e.now
	process.MeetAt(db.LockPath())
	e.opened = db
	e.onClose(func() { db.Close() })
	return db, nil
}

// databaseError adds what to do to an error about the database's file.
func databaseError(err error) error {
	var open *store.OpenError
	if errors.As(err, &open) && open.Hint != "" {
		return withHint(err, "%s", open.Hint)
	}
	return err
}

// choosePython returns the interpreter that --python names, which has to be one that runs flows, or
// without it the one that is found.
func (e *env) choosePython(ctx context.Context, explicit string) (string, error) {
	path, err := e.findPython(explicit)
	if err == nil && explicit != "" {
		err = python.Check(ctx, path)
	}
	return path, err
}

// findPython returns the interpreter for flows.
func (e *env) findPython(explicit string) (string, error) {
	s, err := e.settings()
	if err != nil {
		return "", err
	}
	program, err := os.Executable()
	if err != nil {
		return "", err
	}
	return python.Find(python.Search{Explicit: explicit, Setting: s.Get("PREFECT_PYTHON"), Program: program, Getenv: e.getenv})
}

// sdkDir returns the folder of the embedded Python package, extracted if it is not there yet.
func (e *env) sdkDir() (string, error) {
	s, err := e.settings()
	if err != nil {
		return "", err
	}
	return sdk.Ensure(s.Home, release)
}

// newRunName makes the name of a flow run, such as "calm-otter".
func newRunName() string {
	adjectives, animals := sdk.Words()
	return pick(adjectives) + "-" + pick(animals)
}

func pick(words []string) string {
	n, err := rand.Int(rand.Reader, big.NewInt(int64(len(words))))
	if err != nil {
		panic(err) // the system's random source never fails
	}
	return words[n.Int64()]
}
