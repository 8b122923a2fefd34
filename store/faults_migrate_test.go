package store

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// long is set for the long forms; see engine/agent/faults_test.go.
func long() bool { return os.Getenv("PREFECT_FAULTS") == "long" }

// upgraded has two migrations more than this binary, of the kinds that there will be.
func upgraded(t *testing.T) fstest.MapFS {
	t.Helper()
	files := fstest.MapFS{
		"migrations/9001_column.sql": {Data: []byte(`
			alter table flow_run add column extra text;
			update flow_run set extra = name || ' extra';
			create index flow_run_by_extra on flow_run (extra);`)},
		"migrations/9002_rebuild.sql": {Data: []byte(`
			create table log_2 (id integer primary key, flow_run_id text not null references flow_run (id) on delete cascade, text text not null) strict;
			insert into log_2 select id, flow_run_id, message from log;
			drop table log;
			alter table log_2 rename to log;`)},
	}
	names, err := embedded.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		text, err := embedded.ReadFile("migrations/" + name.Name())
		if err != nil {
			t.Fatal(err)
		}
		files["migrations/"+name.Name()] = &fstest.MapFile{Data: text}
	}
	return files
}

// oldFile is a database as this binary writes it, with rows.
func oldFile(t *testing.T) string {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "prefect.db")
	db, err := Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for i := range rowsOfOldFile {
		id := fmt.Sprintf("run-%d", i)
		err := db.Record(ctx, []Event{
			FlowRunStarted{At: time.Now(), Claim: "c", ClaimProcess: "1/1/b", Run: FlowRun{ID: id, Name: id, FlowName: "f", Parameters: []byte("{}"), Tags: []byte("[]")}},
			LogLine{FlowRunID: id, Source: FromLog, Logger: "l", Label: "l", Message: strings.Repeat("text ", 100), At: time.Now()},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const rowsOfOldFile = 40

// The numbers of migrations before and after.
var oldSchema, newSchema = func() (int, int) {
	known, err := migrations()
	if err != nil {
		panic(err)
	}
	return len(known), len(known) + 2
}()

// TestFaultsMigration is also the process that upgrades a file and is killed meanwhile.
func TestFaultsMigration(t *testing.T) {
	if path := os.Getenv("FAULTS_UPGRADE"); path != "" {
		migrationFiles = upgraded(t)
		db, err := Open(context.Background(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return
	}
	old := oldFile(t)
	t.Run("killed", func(t *testing.T) { testMigrationKilled(t, old) })
	t.Run("several at once", func(t *testing.T) { testMigrationAtOnce(t, old) })
	t.Run("refused later", func(t *testing.T) { testUpgradedIsRefused(t, old) })
}

func upgrade(path string, before ...string) *exec.Cmd {
	args := append(before, os.Args[0], "-test.run", "^TestFaultsMigration$")
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "FAULTS_UPGRADE="+path)
	return cmd
}

// testMigrationKilled kills the process at its first, second, third... call of each kind that
// changes a file. strace does that; without it the moments are random.
func testMigrationKilled(t *testing.T, old string) {
	killed := 0
	for _, point := range killPoints(t, old) {
		path := copyOf(t, old)
		cmd := upgrade(path, point.before...)
		if point.after > 0 {
			time.AfterFunc(point.after, func() { _ = cmd.Process.Kill() })
		}
		out, err := cmd.CombinedOutput()
		if err == nil {
			continue // it was through before
		}
		if cmd.ProcessState.ExitCode() >= 0 && point.after == 0 && !strings.Contains(err.Error(), "137") {
			t.Fatalf("%v: %v\n%s", point, err, out)
		}
		killed++
		version := whole(t, path)
		if out, err := upgrade(path).CombinedOutput(); err != nil {
			t.Fatalf("%v: a second attempt failed: %v\n%s", point, err, out)
		}
		if after := whole(t, path); after != newSchema {
			t.Errorf("%v: the schema was %d, and is %d after a second attempt", point, version, after)
		}
		backups(t, path, 1)
	}
	t.Logf("killed at %d points", killed)
	if killed == 0 {
		t.Error("no attempt was killed")
	}
}

// A killPoint is what stands before the command line of a process that is to be killed, or when
// it is killed from outside.
type killPoint struct {
	before []string
	after  time.Duration
}

func killPoints(t *testing.T, old string) (points []killPoint) {
	calls := []string{"pwrite64", "fdatasync", "fsync", "renameat,renameat2,rename", "ftruncate"}
	strace, err := exec.LookPath("strace")
	if err == nil {
		trace := filepath.Join(t.TempDir(), "trace")
		if out, runErr := upgrade(copyOf(t, old), strace, "-f", "-o", trace, "-e", "trace="+strings.Join(calls, ",")).CombinedOutput(); runErr != nil {
			t.Logf("no process can be traced here: %v %s", runErr, out)
			err = runErr
		} else {
			text, err := os.ReadFile(trace)
			if err != nil {
				t.Fatal(err)
			}
			for _, call := range calls {
				n := 0
				for _, name := range strings.Split(call, ",") {
					n += strings.Count(string(text), " "+name+"(")
				}
				step := max(1, n/atMost())
				for i := 1; i <= n; i += step {
					points = append(points, killPoint{before: []string{strace, "-f", "-o", os.DevNull, "-e", "inject=" + call + ":signal=KILL:when=" + strconv.Itoa(i)}})
				}
			}
			return points
		}
	}
	for i := range atMost() {
		points = append(points, killPoint{after: time.Duration(5+3*i) * time.Millisecond})
	}
	return points
}

// atMost is how many points of each kind are tried.
func atMost() int {
	if long() {
		return 200
	}
	return 3
}

// testMigrationAtOnce lets several processes upgrade the same file.
func testMigrationAtOnce(t *testing.T, old string) {
	path := copyOf(t, old)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if out, err := upgrade(path).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	all.Wait()
	if version := whole(t, path); version != newSchema {
		t.Errorf("the schema is %d", version)
	}
	backups(t, path, 1)
}

// testUpgradedIsRefused: the binary that knows fewer migrations leaves the file alone.
func testUpgradedIsRefused(t *testing.T, old string) {
	path := copyOf(t, old)
	if out, err := upgrade(path).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(context.Background(), path)
	says := fmt.Sprintf("was written by a newer prefect (its schema is %d, this binary knows %d)", newSchema, oldSchema)
	if err == nil || !strings.Contains(err.Error(), says) {
		t.Errorf("opening it: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed (%v)", err)
	}
}

func copyOf(t *testing.T, old string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prefect.db")
	from, err := os.Open(old)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// whole returns how many migrations a file has had, and makes sure that it has had each of them
// entirely or not at all.
func whole(t *testing.T, path string) (version int) {
	t.Helper()
	conn, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(60000)")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	ask := func(query string) (n int) {
		t.Helper()
		if err := conn.QueryRow(query).Scan(&n); err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		return n
	}
	var sound string
	if err := conn.QueryRow("pragma integrity_check").Scan(&sound); err != nil || sound != "ok" {
		t.Fatalf("the file is damaged: %s %v", sound, err)
	}
	version = ask("pragma user_version")
	extra := ask("select count(*) from pragma_table_info('flow_run') where name = 'extra'")
	rebuilt := ask("select count(*) from pragma_table_info('log') where name = 'text'")
	if want := map[int]int{oldSchema: 0, newSchema: 1}[version]; extra != want || rebuilt != want || (version != oldSchema && version != newSchema) {
		t.Fatalf("the file is of schema %d, with %d and %d of the new columns", version, extra, rebuilt)
	}
	if runs, lines := ask("select count(*) from flow_run"), ask("select count(*) from log"); runs != rowsOfOldFile || lines != rowsOfOldFile {
		t.Fatalf("the file has %d runs and %d lines of log", runs, lines)
	}
	if version == newSchema && ask("select count(*) from flow_run where extra is null or extra <> name || ' extra'") > 0 {
		t.Fatal("not all rows are upgraded")
	}
	return version
}

// backups makes sure that there are at least so many copies, and that each of them is whole.
func backups(t *testing.T, path string, least int) {
	t.Helper()
	names, err := filepath.Glob(path + ".*.bak")
	if err != nil || len(names) < least {
		t.Fatalf("there are the backups %v, %v", names, err)
	}
	for _, name := range names {
		if version := whole(t, name); version != oldSchema {
			t.Errorf("the backup %s is of schema %d", name, version)
		}
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the backup is %v, %v", info.Mode(), err)
		}
	}
}
