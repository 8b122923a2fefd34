package store

import (
	"context"
	"database/sql"
	"time"
)

// DueQueue is how many runs of a queue are due and unclaimed.
type DueQueue struct {
	Queue           string // empty for runs without a queue
	FlowRuns        int
	Paused, Missing bool // the queue
}

// DueByQueue returns the queues with unclaimed runs that were due at a time.
func (db *DB) DueByQueue(ctx context.Context, at time.Time) ([]DueQueue, error) {
	rows, err := db.db.QueryContext(ctx, `
		select coalesce(r.work_queue_name, ''), count(*), coalesce(q.is_paused, 0), q.name is null
		from flow_run r left join work_queue q on q.name = r.work_queue_name
		where r.state_type = 'SCHEDULED' and r.claim is null and r.next_scheduled_start_time <= ? group by r.work_queue_name`, micros(at))
	return collect(rows, err, func(rows *sql.Rows) (d DueQueue, err error) {
		err = rows.Scan(&d.Queue, &d.FlowRuns, &d.Paused, &d.Missing)
		return d, err
	})
}

// LastStateTime returns when the newest state of a flow run was entered, by the clock of then; the
// zero time if there is none.
func (db *DB) LastStateTime(ctx context.Context) (t time.Time, err error) {
	var at *time.Time
	err = db.db.QueryRowContext(ctx, "select (select timestamp from flow_run_state order by seq desc limit 1)").Scan(inNullTime{&at})
	if at != nil {
		t = *at
	}
	return t, err
}
