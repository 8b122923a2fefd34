package cli

import (
	"context"
	"errors"
	"time"

	"prefect/cli/render"
	"prefect/store"
)

// flowRunView is what is needed to show flow runs: when it is now, and what of the parameters of
// each deployment's runs must not be seen.
type flowRunView struct {
	db      *store.DB
	now     time.Time
	secrets map[string]*render.Secrets // by deployment id
}

func (e *env) newFlowRunView(db *store.DB) *flowRunView {
	return &flowRunView{db: db, now: e.now(), secrets: map[string]*render.Secrets{}}
}

// secretsOf returns what hides the secrets of a run; its deployment has the schema.
func (v *flowRunView) secretsOf(ctx context.Context, r store.FlowRun) (*render.Secrets, error) {
	id := ""
	if r.DeploymentID != nil {
		id = *r.DeploymentID
	}
	if s, ok := v.secrets[id]; ok {
		return s.Fresh(), nil
	}
	d, err := v.db.DeploymentByID(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, databaseError(err)
	}
	v.secrets[id] = render.NewSecrets(d.ParameterOpenAPISchema)
	return v.secrets[id].Fresh(), nil
}

// value is a flow run for scripts, under the keys of Prefect's API.
func (v *flowRunView) value(ctx context.Context, r store.FlowRun) (render.Dict, error) {
	secrets, err := v.secretsOf(ctx, r)
	if err != nil {
		return nil, err
	}
	return flowRunValue(r, secrets, v.now), nil
}

// flowRunValue: see flowRunView.value, which is for those who have no secrets at hand.
func flowRunValue(r store.FlowRun, secrets *render.Secrets, now time.Time) render.Dict {
	state := shownState(r, secrets, now)
	return render.Dict{
		{Key: "id", Value: r.ID}, {Key: "created", Value: r.Created}, {Key: "updated", Value: r.Updated}, {Key: "name", Value: r.Name},
		{Key: "flow_id", Value: r.FlowID}, {Key: "flow_name", Value: r.FlowName}, {Key: "deployment_id", Value: r.DeploymentID},
		{Key: "work_queue_name", Value: r.WorkQueueName}, {Key: "flow_version", Value: r.FlowVersion},
		{Key: "parent_task_run_id", Value: r.ParentTaskRunID}, {Key: "description", Value: r.Description},
		{Key: "parameters", Value: secrets.Parameters(r.Parameters)}, {Key: "tags", Value: r.Tags}, {Key: "idempotency_key", Value: r.IdempotencyKey},
		{Key: "auto_scheduled", Value: r.AutoScheduled}, {Key: "expected_start_time", Value: r.ExpectedStartTime},
		{Key: "next_scheduled_start_time", Value: r.NextScheduledStartTime}, {Key: "start_time", Value: r.StartTime},
		{Key: "end_time", Value: r.EndTime}, {Key: "total_run_time", Value: r.TotalRunTime},
		{Key: "estimated_run_time", Value: estimatedRunTime(r, now)}, {Key: "estimated_start_time_delta", Value: startDelta(r, now)},
		{Key: "run_count", Value: r.RunCount},
		{Key: "state_id", Value: state.ID}, {Key: "state_type", Value: string(state.Type)}, {Key: "state_name", Value: state.Name},
		{Key: "state", Value: stateValue(state)},
	}
}

// shownState is the state of a run as it is shown: an exception's text may have a secret in it.
func shownState(r store.FlowRun, secrets *render.Secrets, now time.Time) store.State {
	secrets.Parameters(r.Parameters) // now it knows what to hide
	return withoutSecrets(r.ShownState(now), secrets)
}

func withoutSecrets(s store.State, secrets *render.Secrets) store.State {
	if s.Message != nil {
		text := secrets.Text(*s.Message)
		s.Message = &text
	}
	return s
}

func stateValue(s store.State) render.Dict {
	return render.Dict{{Key: "id", Value: s.ID}, {Key: "type", Value: string(s.Type)}, {Key: "name", Value: s.Name},
		{Key: "message", Value: s.Message}, {Key: "timestamp", Value: s.Timestamp}}
}

// estimatedRunTime is how long a run has been in state Running, up to now.
func estimatedRunTime(r store.FlowRun, now time.Time) time.Duration {
	d := r.TotalRunTime
	if r.State.Type == store.Running {
		d += max(0, now.Sub(r.State.Timestamp))
	}
	return d.Truncate(time.Microsecond)
}

// startDelta is how much later than expected a run has started, or has not started yet.
func startDelta(r store.FlowRun, now time.Time) time.Duration {
	switch {
	case r.StartTime != nil:
		return r.StartTime.Sub(r.ExpectedStartTime)
	case r.EndTime != nil || now.Before(r.ExpectedStartTime):
		return 0
	}
	return now.Sub(r.ExpectedStartTime).Truncate(time.Microsecond)
}

// taskRunValue is a task run for scripts. The secrets are those of its flow run.
func taskRunValue(t store.TaskRun, secrets *render.Secrets, now time.Time) render.Dict {
	v := render.Dict{
		{Key: "id", Value: t.ID}, {Key: "created", Value: t.Created}, {Key: "updated", Value: t.Updated}, {Key: "name", Value: t.Name},
		{Key: "flow_run_id", Value: t.FlowRunID}, {Key: "task_key", Value: t.TaskKey}, {Key: "dynamic_key", Value: t.DynamicKey},
		{Key: "tags", Value: t.Tags}, {Key: "task_inputs", Value: t.Inputs}, {Key: "start_time", Value: t.StartTime},
		{Key: "end_time", Value: t.EndTime}, {Key: "total_run_time", Value: t.TotalRunTime},
		{Key: "estimated_run_time", Value: taskRunTime(t, now)}, {Key: "run_count", Value: t.RunCount},
		{Key: "state_id", Value: nil}, {Key: "state_type", Value: nil}, {Key: "state_name", Value: nil}, {Key: "state", Value: nil},
	}
	if s := t.State; s != nil {
		tail := v[len(v)-4:]
		tail[0].Value, tail[1].Value, tail[2].Value, tail[3].Value = s.ID, string(s.Type), s.Name, stateValue(withoutSecrets(*s, secrets))
	}
	return v
}

func taskRunTime(t store.TaskRun, now time.Time) time.Duration {
	d := t.TotalRunTime
	if t.State != nil && t.State.Type == store.Running {
		d += max(0, now.Sub(t.State.Timestamp))
	}
	return d.Truncate(time.Microsecond)
}
