package cli

import (
	"prefect/cli/render"
	"prefect/store"
)

// flowRunValue is a flow run for scripts, under the keys of Prefect's API.
func flowRunValue(r store.FlowRun) render.Dict {
	return render.Dict{
		{Key: "id", Value: r.ID}, {Key: "created", Value: r.Created}, {Key: "updated", Value: r.Updated}, {Key: "name", Value: r.Name},
		{Key: "flow_id", Value: r.FlowID}, {Key: "flow_name", Value: r.FlowName}, {Key: "deployment_id", Value: r.DeploymentID},
		{Key: "work_queue_name", Value: r.WorkQueueName}, {Key: "flow_version", Value: r.FlowVersion},
		{Key: "parent_task_run_id", Value: r.ParentTaskRunID}, {Key: "description", Value: r.Description},
		{Key: "parameters", Value: r.Parameters}, {Key: "tags", Value: r.Tags}, {Key: "idempotency_key", Value: r.IdempotencyKey},
		{Key: "auto_scheduled", Value: r.AutoScheduled}, {Key: "expected_start_time", Value: r.ExpectedStartTime},
		{Key: "next_scheduled_start_time", Value: r.NextScheduledStartTime}, {Key: "start_time", Value: r.StartTime},
		{Key: "end_time", Value: r.EndTime}, {Key: "total_run_time", Value: r.TotalRunTime}, {Key: "run_count", Value: r.RunCount},
		{Key: "state_id", Value: r.State.ID}, {Key: "state_type", Value: string(r.State.Type)}, {Key: "state_name", Value: r.State.Name},
		{Key: "state", Value: stateValue(r.State)},
	}
}

func stateValue(s store.State) render.Dict {
	return render.Dict{{Key: "id", Value: s.ID}, {Key: "type", Value: string(s.Type)}, {Key: "name", Value: s.Name},
		{Key: "message", Value: s.Message}, {Key: "timestamp", Value: s.Timestamp}}
}
