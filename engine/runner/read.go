package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"prefect/store"
)

// read answers the question of kind "read": what the Python client asks about.
func read(ctx context.Context, db *store.DB, m message) (any, error) {
	var filter struct {
		Name        string `json:"name"`
		FlowRunID   string `json:"flow_run_id"`
		FlowName    string `json:"flow_name"`
		TaskRunID   string `json:"task_run_id"`
		Limit       int    `json:"limit"`
		StateType   string `json:"state_type"`
		Deployment  string `json:"deployment_id"`
		ParentTasks []string
	}
	if len(m.Filter) > 0 {
		if err := json.Unmarshal(m.Filter, &filter); err != nil {
			return nil, fmt.Errorf("reading what is asked for: %w", err)
		}
	}
	switch m.What {
	case "flow_run":
		return orNull(db.FlowRun(ctx, m.ID))
	case "task_run":
		return orNull(db.TaskRun(ctx, m.ID))
	case "task_runs":
		return db.TaskRuns(ctx, filter.FlowRunID)
	case "deployment":
		return orNull(db.DeploymentByID(ctx, m.ID))
	case "logs":
		return db.Logs(ctx, filter.FlowRunID, 0, filter.Limit)
	}
	return nil, fmt.Errorf("this prefect can't be asked for %q", m.What)
}

// orNull makes null of what isn't there: the asking side decides whether that is an error.
func orNull[T any](v T, err error) (any, error) {
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return v, err
}
