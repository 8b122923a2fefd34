package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Health is what was found about a database's file.
type Health struct {
	Exists   bool
	Bytes    int64
	Schema   int // how many migrations it has had
	Known    int // how many this binary knows
	SQLite   string
	Thorough bool     // everything was read, not only the structure
	Problems []string // what is damaged, at most maxProblems; empty if nothing was found
}

const maxProblems = 20

// thoroughBytes is up to which size a database is read whole without being asked to.
const thoroughBytes = 256 << 20

// CheckFile looks a database over without changing anything. Where the file is large, only its
// structure is checked, unless thorough asks for all that is in it. Damage is told in Problems;
// the error is for a file that can't be looked at: *OpenError.
func CheckFile(ctx context.Context, path string, thorough bool) (h Health, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return h, nil
	}
	if err != nil {
		return h, openError(path, err)
	}
	h.Exists, h.Bytes, h.Thorough = true, info.Size(), thorough || info.Size() <= thoroughBytes
	if h.Bytes == 0 {
		return h, nil
	}
	query := url.Values{"mode": {"rw"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}
	conn, err := sql.Open("sqlite", fileURL(path, query))
	if err != nil {
		return h, openError(path, err)
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	db := &DB{db: conn, path: path, Now: time.Now}
	known, err := migrations()
	if err != nil {
		return h, err
	}
	h.Known = len(known)
	if h.Schema, err = db.schemaVersion(ctx, conn, h.Known); err != nil {
		return h, openError(path, err)
	}
	if h.SQLite, err = db.SQLiteVersion(ctx); err != nil {
		return h, openError(path, err)
	}
	h.Problems, err = db.damage(ctx, h.Thorough)
	return h, err
}

// damage lists what is wrong within the file. An error of SQLite that says so is damage as well.
func (db *DB) damage(ctx context.Context, thorough bool) ([]string, error) {
	checks := []func(context.Context) ([]string, error){db.structure("quick_check"), db.foreignKeys}
	if thorough {
		checks = []func(context.Context) ([]string, error){db.structure("integrity_check"), db.foreignKeys, db.contradictions, db.brokenText}
	}
	var all []string
	for _, check := range checks {
		found, err := check(ctx)
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if err != nil {
			found = append(found, err.Error())
		}
		all = append(all, found...)
		if len(all) > 0 {
			break // what follows would only say the same in other words
		}
	}
	return all[:min(len(all), maxProblems)], nil
}

// structure runs SQLite's own check; integrity_check also compares indexes with their tables and
// looks at the constraints.
func (db *DB) structure(pragma string) func(context.Context) ([]string, error) {
	return func(ctx context.Context) ([]string, error) {
		rows, err := db.db.QueryContext(ctx, fmt.Sprintf("pragma %s(%d)", pragma, maxProblems))
		lines, err := collect(rows, err, scanText)
		if len(lines) == 1 && lines[0] == "ok" {
			lines = nil
		}
		return lines, err
	}
}

func (db *DB) foreignKeys(ctx context.Context) ([]string, error) {
	rows, err := db.db.QueryContext(ctx, `select "table" || ' refers to a row of ' || parent || ' that is not there' from pragma_foreign_key_check limit ?`, maxProblems)
	return collect(rows, err, scanText)
}

// contradictions are rows that no command of ours can have written so.
func (db *DB) contradictions(ctx context.Context) ([]string, error) {
	lastYear := time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) // that a run can be scheduled for
	lastClock := time.Date(2_200, 1, 1, 0, 0, 0, 0, time.UTC) // that a clock can have shown
	var all []string
	for _, query := range []string{
		// A run's state stands in its row and in its history.
		`select 'flow run ' || r.id || ' has a state that is not in its history' from flow_run r left join flow_run_state s on s.id = r.state_id
			where s.id is null or s.type <> r.state_type or s.name <> r.state_name or s.timestamp <> r.state_timestamp or s.flow_run_id <> r.id
				or s.message is not r.state_message`,
		`select 'task run ' || t.id || ' has a state that is not in its history' from task_run t left join task_run_state s on s.id = t.state_id
			where t.state_id is not null and (s.id is null or s.type <> t.state_type or s.name <> t.state_name or s.timestamp <> t.state_timestamp)`,
		`select 'flow run ' || id || ' has an impossible time' from flow_run
			where created not between 0 and ?2 or updated not between 0 and ?2 or expected_start_time not between 0 and ?1 or state_timestamp not between 0 and ?2`,
		`select 'flow run ' || flow_run_id || ' was in an impossible state, ' || type from flow_run_state
			where timestamp not between 0 and ?2 or type not in (` + stateTypes() + `)`,
		`select 'task run ' || task_run_id || ' was in an impossible state, ' || type from task_run_state
			where timestamp not between 0 and ?2 or type not in (` + stateTypes() + `)`,
		`select 'a line of log has an impossible time, ' || timestamp from log where timestamp not between 0 and ?2`,
	} {
		var args []any
		if strings.Contains(query, "?2") {
			args = append(args, micros(lastYear), micros(lastClock))
		}
		rows, err := db.db.QueryContext(ctx, query+fmt.Sprintf(" limit %d", maxProblems), args...)
		found, err := collect(rows, err, scanText)
		all = append(all, found...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// stateTypes lists the types of states as SQL has it.
func stateTypes() string {
	var all []string
	for _, t := range AllStateTypes() {
		all = append(all, "'"+string(t)+"'")
	}
	return strings.Join(all, ", ")
}

// brokenText reads everything. Texts are valid UTF-8 when they are written.
func (db *DB) brokenText(ctx context.Context) ([]string, error) {
	rows, err := db.db.QueryContext(ctx, "select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'")
	tables, err := collect(rows, err, scanText)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, table := range tables {
		broken, err := db.brokenRows(ctx, table)
		if err != nil {
			return all, err
		}
		if broken > 0 {
			all = append(all, fmt.Sprintf("table %s has %d rows with text that is not valid UTF-8", table, broken))
		}
	}
	return all, nil
}

func (db *DB) brokenRows(ctx context.Context, table string) (broken int, err error) {
	rows, err := db.db.QueryContext(ctx, `select * from "`+table+`"`)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	values, targets := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return broken, err
		}
		for _, v := range values {
			if text, ok := v.(string); ok && !utf8.ValidString(text) {
				broken++
				break
			}
		}
	}
	return broken, rows.Err()
}
