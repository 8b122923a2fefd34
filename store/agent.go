package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"
)

// Agent is a running agent, or one that was killed: its process tells.
type Agent struct {
	ID      string
	Process string // identity of its process
	Queues  []string
	Started time.Time
}

// AddAgent notes that an agent looks for work from its queues.
func (db *DB) AddAgent(ctx context.Context, a Agent) error {
	_, err := db.db.ExecContext(ctx, "insert into agent (id, process, queues, started) values (?, ?, ?, ?)",
		a.ID, a.Process, jsonList(a.Queues), micros(a.Started))
	return err
}

// RemoveAgent forgets an agent; it is no error if it is not there.
func (db *DB) RemoveAgent(ctx context.Context, id string) error {
	_, err := db.db.ExecContext(ctx, "delete from agent where id = ?", id)
	return err
}

// Agents returns all agents that have not said goodbye, the oldest first.
func (db *DB) Agents(ctx context.Context) ([]Agent, error) {
	rows, err := db.db.QueryContext(ctx, "select id, process, queues, started from agent order by started")
	return collect(rows, err, func(rows *sql.Rows) (a Agent, err error) {
		var queues string
		if err := rows.Scan(&a.ID, &a.Process, &queues, inTime{&a.Started}); err != nil {
			return a, err
		}
		return a, json.Unmarshal([]byte(queues), &a.Queues)
	})
}
