package store

import (
	"context"
	"time"
)

// LiveFlowRuns returns how many runs of a queue some process is responsible for.
func (db *DB) LiveFlowRuns(ctx context.Context, queue string) (n int, err error) {
	err = db.db.QueryRowContext(ctx, "select count(*) from flow_run where work_queue_name = ? and claim is not null", queue).Scan(&n)
	return n, err
}

// WaitingFlowRuns returns how many runs of a queue are scheduled for up to a time, and nobody has
// claimed.
func (db *DB) WaitingFlowRuns(ctx context.Context, queue string, until time.Time) (n int, err error) {
	err = db.db.QueryRowContext(ctx, `select count(*) from flow_run
		where work_queue_name = ? and state_type = 'SCHEDULED' and claim is null and next_scheduled_start_time <= ?`, queue, micros(until)).Scan(&n)
	return n, err
}

// UpcomingFlowRuns returns the runs of a queue that wait and are scheduled for up to a time, in
// the order in which agents take them.
func (db *DB) UpcomingFlowRuns(ctx context.Context, queue string, until time.Time) ([]FlowRun, error) {
	rows, err := db.db.QueryContext(ctx, "select "+flowRunColumns+" from flow_run r indexed by flow_run_due cross join flow f on f.id = r.flow_id "+`
		where r.work_queue_name = ? and r.state_type = 'SCHEDULED' and r.claim is null and r.next_scheduled_start_time <= ?
		order by r.next_scheduled_start_time, r.created`, queue, micros(until))
	return collect(rows, err, scanFlowRun)
}
