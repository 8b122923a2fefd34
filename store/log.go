package store

import (
	"context"
	"database/sql"
	"math"
	"time"
)

// Where a line of a run's log came from: a logger, or what the process printed.
const (
	FromLog    = "log"
	FromStdout = "stdout"
	FromStderr = "stderr"
)

// LogLine is one line of a run's log: a log record, or what the run printed.
type LogLine struct {
	ID        int64 // grows in the order in which lines came; 0 before it is kept
	FlowRunID string
	TaskRunID string // empty if it is the flow's own
	Source    string // FromLog, FromStdout or FromStderr
	Level     int    // as Python's logging has it: 20 is INFO
	Logger    string
	Label     string // who speaks, as it is printed: Flow run 'calm-otter'
	Message   string
	At        time.Time
}

// Logs returns lines of a flow run's log, in order, with an ID above after, at most limit (0 is all).
func (db *DB) Logs(ctx context.Context, flowRunID string, after int64, limit int) ([]LogLine, error) {
	rows, err := db.db.QueryContext(ctx, "select "+logColumns+" from log where flow_run_id = ? and id > ? order by id limit ?",
		flowRunID, after, noLimit(limit))
	return collect(rows, err, scanLogLine)
}

// LogsBackwards returns lines of a flow run's log, the last first, with an ID below before (0 is
// no bound), at most limit (0 is all).
func (db *DB) LogsBackwards(ctx context.Context, flowRunID string, before int64, limit int) ([]LogLine, error) {
	if before <= 0 {
		before = math.MaxInt64
	}
	rows, err := db.db.QueryContext(ctx, "select "+logColumns+" from log where flow_run_id = ? and id < ? order by id desc limit ?",
		flowRunID, before, noLimit(limit))
	return collect(rows, err, scanLogLine)
}

const logColumns = "id, flow_run_id, coalesce(task_run_id, ''), source, level, logger, label, message, timestamp"

func scanLogLine(rows *sql.Rows) (l LogLine, err error) {
	err = rows.Scan(&l.ID, &l.FlowRunID, &l.TaskRunID, &l.Source, &l.Level, &l.Logger, &l.Label, &l.Message, inTime{&l.At})
	return l, err
}
