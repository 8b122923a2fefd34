//go:build linux

package agent_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"prefect/engine/process"
)

// rules are what must hold in a database whatever happened to it. Each query returns what breaks it.
var rules = []struct{ name, query string }{
	{"the file is sound", "select integrity_check from pragma_integrity_check where integrity_check <> 'ok'"},
	{"rows refer to rows that are there", "select \"table\" || ' ' || rowid from pragma_foreign_key_check"},
	{"a run that is over has an end and no claim", `select id || ' ' || state_name from flow_run where state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')
		and (end_time is null or claim is not null or claim_process is not null or claim_agent is not null or flow_process is not null)`},
	{"a run that is not over has no end", `select id || ' ' || state_name from flow_run where state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') and end_time is not null`},
	{"the tasks of a run that is over are over", `select t.id || ' ' || coalesce(t.state_name, 'no state') || ' in ' || r.state_name from task_run t join flow_run r on r.id = t.flow_run_id
		where r.state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') and (t.end_time is null or coalesce(t.state_type, '') not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED'))`},
	{"the subflows of a run that is over are over", `select s.id || ' ' || s.state_name from flow_run s join task_run t on t.id = s.parent_task_run_id join flow_run r on r.id = t.flow_run_id
		where r.state_type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') and s.state_type not in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED')`},
	{"the state of a run is the last of its history", `select r.id from flow_run r where r.state_id is not (select id from flow_run_state where flow_run_id = r.id order by seq desc limit 1)
		or r.state_name is not (select name from flow_run_state where flow_run_id = r.id order by seq desc limit 1)`},
	{"the state of a task run is the last of its history", `select t.id from task_run t where t.state_id is not null
		and t.state_id is not (select id from task_run_state where task_run_id = t.id order by seq desc limit 1)`},
	{"nothing comes after a final state", `select s.flow_run_id || ' ' || s.name from flow_run_state s join flow_run r on r.id = s.flow_run_id where r.parent_task_run_id is null
		and s.type in ('COMPLETED', 'FAILED', 'CRASHED', 'CANCELLED') and s.seq <> (select max(seq) from flow_run_state where flow_run_id = r.id)`},
	{"a run is started once", `select r.id || ' ' || r.run_count from flow_run r where r.run_count > 1
		and not exists (select 1 from flow_run_state s where s.flow_run_id = r.id and s.name in ('AwaitingRetry', 'Retrying'))`},
	{"a slot belongs to a task that runs", `select s.task_run_id from concurrency_slot s join task_run t on t.id = s.task_run_id where t.state_type <> 'RUNNING'`},
}

// check looks whether all rules hold. Nothing may be going on meanwhile.
func (w *world) check() {
	w.Helper()
	for _, rule := range rules {
		rows, err := w.sql.Query(rule.query)
		if err != nil {
			w.Fatalf("%s: %v", rule.name, err)
		}
		for rows.Next() {
			var what string
			w.ok(rows.Scan(&what))
			w.Errorf("it is no longer so that %s: %s", rule.name, what)
		}
		w.ok(rows.Err())
		rows.Close()
	}
	for _, run := range w.dead() {
		w.Errorf("run %s is %s and no process is responsible for it", run.Name, run.State.Name)
	}
	agents, err := w.db.Agents(context.Background())
	w.ok(err)
	for _, a := range agents {
		if !process.Alive(a.Process) {
			w.Errorf("agent %s is still there, its process is not", a.ID)
		}
	}
}

// marked returns the processes that carry NAME=value in their environment.
func marked(name, value string) (pids []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, f := range files {
		env, err := os.ReadFile(f)
		if err == nil && strings.Contains("\x00"+string(env), "\x00"+name+"="+value+"\x00") {
			pids = append(pids, filepath.Base(filepath.Dir(f)))
		}
	}
	return pids
}
