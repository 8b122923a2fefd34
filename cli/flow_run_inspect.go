package cli

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newFlowRunInspectCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "Show everything about a flow run.",
		ArgsUsage: "ID",
		Description: "ID is the run's id, the first characters of its id, or its name. On a terminal the run's task runs follow " +
			"as a timeline; -o json has them under task_runs.",
		UsageText: "prefect flow-run inspect calm-otter\nprefect flow-run inspect 17dfd710 -o json",
		Flags:     []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return flowRunInspect(c.Context, e, c.Args().First(), c.String("output"))
		},
	}
}

func flowRunInspect(ctx context.Context, e *env, word, output string) error {
	db, run, err := e.findFlowRun(ctx, word)
	if err != nil {
		return err
	}
	if mended, err := recoverLost(ctx, db, run); err != nil {
		return err
	} else if mended {
		if run, err = db.FlowRun(ctx, run.ID); err != nil {
			return databaseError(err)
		}
	}
	tasks, err := db.TaskRuns(ctx, run.ID)
	if err != nil {
		return databaseError(err)
	}
	d, err := deploymentOf(ctx, db, run)
	if err != nil {
		return err
	}
	secrets, now := render.NewSecrets(d.ParameterOpenAPISchema), e.now()
	value := flowRunValue(run, secrets, now)
	list := []any{}
	for _, t := range tasks {
		list = append(list, taskRunValue(t, secrets, now))
	}
	value = append(value, render.Field{Key: "task_runs", Value: list})
	return e.show(output, value, []string{run.ID}, func(out *render.Console) error {
		if err := out.Inspect(flowRunObject(run, d, secrets, now)); err != nil || !out.IsTerminal() && output != outputWide {
			return err
		}
		return e.timeline(run, tasks, now)
	})
}

// deploymentOf is the deployment of a run, an empty one if it has none or it was deleted.
func deploymentOf(ctx context.Context, db *store.DB, r store.FlowRun) (store.Deployment, error) {
	if r.DeploymentID == nil {
		return store.Deployment{}, nil
	}
	d, err := db.DeploymentByID(ctx, *r.DeploymentID)
	if errors.Is(err, store.ErrNotFound) {
		return store.Deployment{}, nil
	}
	return d, databaseError(err)
}

// flowRunObject is the run as Prefect's client holds it. Fields that are as they are at first are
// left out, as there.
func flowRunObject(r store.FlowRun, d store.Deployment, secrets *render.Secrets, now time.Time) render.Object {
	state := shownState(r, secrets, now)
	o := newObject("FlowRun")
	o.put("id", r.ID)
	o.put("created", r.Created)
	o.put("updated", r.Updated)
	o.put("name", r.Name)
	o.put("flow_id", r.FlowID)
	o.put("state_id", state.ID)
	o.text("deployment_id", r.DeploymentID)
	o.text("work_queue_name", r.WorkQueueName)
	o.text("flow_version", r.FlowVersion)
	o.full("parameters", secrets.Parameters(r.Parameters))
	o.text("idempotency_key", r.IdempotencyKey)
	o.full("tags", r.Tags)
	o.text("parent_task_run_id", r.ParentTaskRunID)
	o.text("description", r.Description)
	o.put("state_type", render.Literal("StateType."+string(state.Type)))
	o.put("state_name", state.Name)
	if r.RunCount > 0 {
		o.put("run_count", r.RunCount)
	}
	o.put("expected_start_time", r.ExpectedStartTime)
	o.time("next_scheduled_start_time", r.NextScheduledStartTime)
	o.time("start_time", r.StartTime)
	o.time("end_time", r.EndTime)
	o.duration("total_run_time", r.TotalRunTime)
	o.duration("estimated_run_time", estimatedRunTime(r, now))
	o.duration("estimated_start_time_delta", startDelta(r, now))
	if r.AutoScheduled {
		o.put("auto_scheduled", true)
	}
	if d.ID != "" {
		o.put("infrastructure_document_id", d.InfrastructureDocumentID)
	}
	o.put("state", stateObject(r, state))
	return o.Object
}

func stateObject(r store.FlowRun, s store.State) render.Object {
	details := newObject("StateDetails")
	details.put("flow_run_id", r.ID)
	details.time("scheduled_time", r.NextScheduledStartTime)
	o := newObject("State")
	o.put("id", s.ID)
	o.put("type", render.Literal("StateType."+string(s.Type)))
	o.put("name", s.Name)
	o.put("timestamp", s.Timestamp)
	o.text("message", s.Message)
	o.put("state_details", details.Object)
	return o.Object
}

// object builds a render.Object without the fields that say nothing.
type object struct{ render.Object }

func newObject(class string) *object { return &object{render.Object{Class: class}} }

func (o *object) put(key string, value any) {
	o.Fields = append(o.Fields, render.Field{Key: key, Value: value})
}

func (o *object) text(key string, value *string) {
	if value != nil {
		o.put(key, *value)
	}
}

func (o *object) time(key string, value *time.Time) {
	if value != nil {
		o.put(key, *value)
	}
}

func (o *object) duration(key string, value time.Duration) {
	if value != 0 {
		o.put(key, value)
	}
}

// full puts a dictionary or a list that isn't empty.
func (o *object) full(key string, value any) {
	if !render.Empty(value) {
		o.put(key, value)
	}
}

// timelineRows is how many task runs the timeline shows before it only counts.
const timelineRows = 40

// timeline draws the task runs: when each started, how long it took and what became of it.
func (e *env) timeline(r store.FlowRun, tasks []store.TaskRun, now time.Time) error {
	if len(tasks) == 0 {
		return nil
	}
	start, end := span(r, tasks, now)
	const bar = 24
	t := render.Table{Title: "Task Runs", Columns: []render.Column{{Header: "Task Run", Style: render.Green},
		{Header: "Start", Right: true}, {Header: "Duration", Right: true}, {Header: "Timeline", Keep: true, Style: render.Blue}, {Header: "State"}}}
	for _, task := range tasks[:min(len(tasks), timelineRows)] {
		state, style, at := "", render.Plain, ""
		if task.State != nil {
			state, style = task.State.Name, stateStyle(*task.State)
		}
		if task.StartTime != nil {
			at = "+" + render.Duration(task.StartTime.Sub(start))
		}
		t.Rows = append(t.Rows, []render.Cell{render.Text(task.Name), render.Text(at), render.Text(render.Duration(taskRunTime(task, now))),
			render.Text(timelineBar(task, start, end, now, bar)), render.Styled(style, state)})
	}
	if n := len(tasks) - timelineRows; n > 0 {
		t.Caption = render.Sprintf("and %d more; -o json has them all", n)
	}
	io.WriteString(e.out, "\n")
	return e.out.Table(t)
}

// span is from when to when the timeline reaches.
func span(r store.FlowRun, tasks []store.TaskRun, now time.Time) (start, end time.Time) {
	start, end = r.Created, now
	if r.StartTime != nil {
		start = *r.StartTime
	}
	if r.EndTime != nil {
		end = *r.EndTime
	}
	for _, t := range tasks {
		if t.StartTime != nil && t.StartTime.Before(start) {
			start = *t.StartTime
		}
		if t.EndTime != nil && t.EndTime.After(end) {
			end = *t.EndTime
		}
	}
	return start, end
}

// timelineBar is the stretch of the run in which a task run was going, as part of width columns.
func timelineBar(t store.TaskRun, start, end, now time.Time, width int) string {
	if t.StartTime == nil || !end.After(start) {
		return strings.Repeat(" ", width)
	}
	last := now
	if t.EndTime != nil {
		last = *t.EndTime
	}
	column := func(at time.Time) int {
		n := int(float64(width) * float64(at.Sub(start)) / float64(end.Sub(start)))
		return min(max(n, 0), width)
	}
	from := min(column(*t.StartTime), width-1)
	to := max(column(last), from+1)
	return strings.Repeat(" ", from) + strings.Repeat("━", to-from) + strings.Repeat(" ", width-to)
}
