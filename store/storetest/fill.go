// Package storetest fills databases for tests that need a long history.
package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"prefect/store"
)

// Size is how much Fill writes.
type Size struct {
	Flows, Deployments, FlowRuns int
	LinesPerRun                  int // of log
}

// Big is the size at which commands must be about as fast as on an empty database.
var Big = Size{Flows: 100, Deployments: 10_000, FlowRuns: 1_000_000, LinesPerRun: 5}

// Fill makes a database at path with a long history: runs of the last year, all over, in final
// states of all kinds, each with a task run and lines of log. It writes around the store and
// without syncing, so it takes a minute where the runs themselves would take days.
func Fill(ctx context.Context, path string, s Size) error {
	db, err := store.Open(ctx, path) // makes the tables
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	conn, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous(0)&_pragma=journal_mode(off)&_pragma=cache_size(-400000)&_pragma=foreign_keys(0)")
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetMaxOpenConns(1)
	now := time.Now().UnixMicro()
	if err := fillNames(ctx, conn, s, now); err != nil {
		return err
	}
	indexes, err := dropIndexes(ctx, conn)
	if err != nil {
		return err
	}
	const portion = 100_000
	for from := 0; from < s.FlowRuns; from += portion {
		if err := fillRuns(ctx, conn, s, from, min(portion, s.FlowRuns-from), now); err != nil {
			return err
		}
	}
	for _, index := range append(indexes, "pragma journal_mode(wal)") {
		if _, err := conn.ExecContext(ctx, index); err != nil {
			return err
		}
	}
	return nil
}

// dropIndexes takes the indexes away, for they are made faster when all is there, and returns the
// statements that make them.
func dropIndexes(ctx context.Context, conn *sql.DB) (statements []string, err error) {
	rows, err := conn.QueryContext(ctx, "select name, sql from sqlite_schema where type = 'index' and sql is not null")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name, statement string
		if err := rows.Scan(&name, &statement); err != nil {
			return nil, err
		}
		names, statements = append(names, name), append(statements, statement)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, name := range names {
		if _, err := conn.ExecContext(ctx, "drop index "+name); err != nil {
			return nil, err
		}
	}
	return statements, nil
}

// numbers is a table of the whole numbers from ?1 on, ?2 of them.
const numbers = "with recursive n (i) as (select ?1 union all select i + 1 from n where i + 1 < ?1 + ?2) "

func fillNames(ctx context.Context, conn *sql.DB, s Size, now int64) error {
	if _, err := conn.ExecContext(ctx, numbers+`insert into flow (id, created, updated, name)
		select printf('%08x-0000-4000-8000-%012x', i, i), ?3 + i, ?3 + i, 'flow-' || i from n`, 0, s.Flows, now); err != nil {
		return fmt.Errorf("filling in flows: %w", err)
	}
	if _, err := conn.ExecContext(ctx, numbers+`insert into work_queue (id, created, updated, name)
		select printf('%08x-0000-4000-8002-%012x', i, i), ?3 + i, ?3 + i, 'queue-' || i from n`, 0, 10, now); err != nil {
		return fmt.Errorf("filling in work queues: %w", err)
	}
	if _, err := conn.ExecContext(ctx, numbers+`insert into deployment (id, created, updated, flow_id, name, work_queue_name, tags, parameters, infra_overrides,
			infrastructure, infrastructure_document_id, path, entrypoint, parameter_openapi_schema)
		select printf('%08x-0000-4000-8001-%012x', i, i), ?3 + i, ?3 + i, printf('%08x-0000-4000-8000-%012x', i % ?4, i % ?4), 'deployment-' || i,
			'queue-' || i % 10, '[]', '{"name": "Marvin"}', '{}', '{"type": "process"}', printf('%08x-0000-4000-8003-%012x', i, i), '/flows', 'flow.py:flow',
			'{"title": "Parameters", "type": "object", "properties": {"name": {"title": "name", "type": "string"}}, "required": ["name"]}' from n`,
		0, s.Deployments, now, s.Flows); err != nil {
		return fmt.Errorf("filling in deployments: %w", err)
	}
	return nil
}

// fillRuns writes n runs, of which one in fifty has failed in one way or another.
func fillRuns(ctx context.Context, conn *sql.DB, s Size, from, n int, now int64) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	const id, state = "printf('%08x-0000-4000-8004-%012x', i * 4096, i)", "printf('%08x-0000-4000-8005-%012x', i * 4096, i)"
	const kind = "case when i % 50 > 0 then 'COMPLETED' when i % 150 = 0 then 'CRASHED' else 'FAILED' end"
	const name = "case when i % 50 > 0 then 'Completed' when i % 150 = 0 then 'Crashed' when i % 100 = 0 then 'TimedOut' else 'Failed' end"
	// One run every half minute, up to now.
	const at = "(?3 - (?4 - i) * 31536000000000 / ?4)"
	for _, query := range []string{
		`insert into flow_run (id, created, updated, name, flow_id, deployment_id, work_queue_name, parameters, tags, expected_start_time, start_time, end_time,
			total_run_time, run_count, state_id, state_type, state_name, state_timestamp)
		select ` + id + `, ` + at + `, ` + at + ` + 1000000, 'run-' || i, printf('%08x-0000-4000-8000-%012x', i % ?5 % ?6, i % ?5 % ?6),
			printf('%08x-0000-4000-8001-%012x', i % ?5, i % ?5), 'queue-' || i % ?5 % 10, '{"name": "Marvin"}', '[]', ` + at + `, ` + at + ` + 500000, ` + at + ` + 1000000,
			500000, 1, ` + state + `, ` + kind + `, ` + name + `, ` + at + ` + 1000000 from n`,
		`insert into flow_run_state (id, flow_run_id, type, name, timestamp)
		select ` + state + `, ` + id + `, ` + kind + `, ` + name + `, ` + at + ` + 1000000 from n where ?5 + ?6 > 0`,
		`insert into task_run (id, created, updated, flow_run_id, name, task_key, dynamic_key, tags, task_inputs)
		select printf('%08x-0000-4000-8006-%012x', i * 4096, i), ` + at + `, ` + at + `, ` + id + `, 'task-0', 'task', '0', '[]', '{}' from n where ?5 + ?6 > 0`,
	} {
		if _, err := tx.ExecContext(ctx, numbers+query, from, n, now, s.FlowRuns, s.Deployments, s.Flows); err != nil {
			return fmt.Errorf("filling in flow runs: %w", err)
		}
	}
	for line := range s.LinesPerRun {
		if _, err := tx.ExecContext(ctx, numbers+`insert into log (flow_run_id, source, level, logger, label, message, timestamp)
			select `+id+`, 'log', 20, 'prefect.flow_runs', 'Flow run ''run-' || i || '''', 'Line ' || ?5 || ' of what the run had to say', `+at+` + ?5 from n`,
			from, n, now, s.FlowRuns, line); err != nil {
			return fmt.Errorf("filling in logs: %w", err)
		}
	}
	return tx.Commit()
}
