package store_test

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"prefect/store"
)

// lived returns the file of a database that was in use, closed.
func lived(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prefect.db")
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	schedule(t, db, 50)
	for n := range 40 {
		ended(t, db, "8a1b2c3d-0000-4000-8000-"+strconv.Itoa(100_000_000_000+n), time.Duration(n)*time.Hour, store.Completed, "Completed", 20)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCheckFileFindsNothingWrongWithAGoodOne(t *testing.T) {
	ctx := context.Background()
	h, err := store.CheckFile(ctx, filepath.Join(t.TempDir(), "none.db"), true)
	if err != nil || h.Exists {
		t.Errorf("a file that isn't there: %+v, %v", h, err)
	}
	path := lived(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, thorough := range []bool{false, true} {
		h, err := store.CheckFile(ctx, path, thorough)
		if err != nil || len(h.Problems) > 0 || h.Schema != h.Known || h.Schema == 0 {
			t.Errorf("a good file: %+v, %v", h, err)
		}
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("looking at the file has changed it (%v)", err)
	}
}

func TestCheckFileTellsOtherFilesApart(t *testing.T) {
	ctx := context.Background()
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte("this is no database, but long enough to be one, were it not for its first bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	var open *store.OpenError
	if h, err := store.CheckFile(ctx, text, true); !errors.As(err, &open) || open.Problem != "is not a SQLite file" {
		t.Errorf("a text: %+v, %v", h, err)
	}
	other := filepath.Join(t.TempDir(), "other.db")
	conn, err := sql.Open("sqlite", other)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Exec("create table t (x)"); err != nil {
		t.Fatal(err)
	}
	if h, err := store.CheckFile(ctx, other, true); !errors.As(err, &open) || open.Problem != "belongs to another program" {
		t.Errorf("another program's: %+v, %v", h, err)
	}
}

// Bytes changed at random places must be found nearly always, and never break the check itself.
func TestCheckFileFindsDamage(t *testing.T) {
	good, err := os.ReadFile(lived(t))
	if err != nil {
		t.Fatal(err)
	}
	trials := 60
	if s := os.Getenv("PREFECT_DAMAGE_TRIALS"); s != "" {
		if trials, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	missed := 0
	path := filepath.Join(t.TempDir(), "prefect.db")
	for range trials {
		bad := append([]byte{}, good...)
		for range 1 + random.IntN(64) {
			bad[random.IntN(len(bad))] ^= byte(1 + random.IntN(255))
		}
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		h, err := store.CheckFile(context.Background(), path, true)
		if err == nil && len(h.Problems) == 0 {
			missed++
		}
		os.Remove(path + "-wal")
		os.Remove(path + "-shm")
	}
	t.Logf("of %d damaged files, %d were found to be damaged", trials, trials-missed)
	if missed*20 > trials {
		t.Errorf("of %d damaged files, %d passed for good ones", trials, missed)
	}
}
