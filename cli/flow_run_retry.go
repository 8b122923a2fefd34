package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type flowRunRetryOptions struct {
	failed    bool
	since     time.Duration
	flowNames []string
	output    string
}

func newFlowRunRetryCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "retry",
		Usage:     "Create a new run with the deployment and parameters of one that is over.",
		ArgsUsage: "[ID...]",
		Description: "A final state never changes, so the retry is a run of its own; its tag 'retry-of:ID' and its description name the one before. " +
			"--failed retries every failed and crashed run that was not retried yet.",
		UsageText: "prefect flow-run retry calm-otter\nprefect flow-run retry --failed --since 1d",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "failed", Usage: "Retry the failed and crashed runs that were not retried yet, instead of naming runs."},
			newSpan("since", "With --failed, only runs that ended within the last `DURATION`, such as 12h or 7d; 1d if not given."),
			&cli.StringSliceFlag{Name: "flow-name", Usage: "With --failed, only runs of the flow `NAME`; may be given again."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			o := flowRunRetryOptions{c.Bool("failed"), spanOf(c, "since"), c.StringSlice("flow-name"), c.String("output")}
			switch {
			case o.failed && c.Args().Len() > 0:
				return usagef(c, "name runs or use --failed, not both")
			case !o.failed && c.Args().Len() == 0:
				return usagef(c, "missing argument ID; or use --failed")
			case !o.failed && (c.IsSet("since") || c.IsSet("flow-name")):
				return usagef(c, "--since and --flow-name go with --failed")
			case o.since == 0:
				o.since = 24 * time.Hour
			}
			return flowRunRetry(c.Context, e, c.Args().Slice(), o)
		},
	}
}

func flowRunRetry(ctx context.Context, e *env, words []string, o flowRunRetryOptions) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	runs, failed := e.runsNamed(ctx, db, words)
	if o.failed {
		runs, failed = e.runsThatFailed(ctx, db, o)
	}
	var made []store.FlowRun
	text := ""
	for _, old := range runs {
		run, err := e.retry(ctx, db, old, o.failed)
		switch {
		case errors.Is(err, errRetried):
		case err != nil:
			failed = e.reportOneOf(max(len(runs), len(words)), err)
		default:
			made = append(made, run)
			text += render.Sprintf("Created flow run '%s' (%s), a retry of '%s'\n", run.Name, run.ID, old.Name)
		}
	}
	if len(made) == 0 && failed != nil {
		return failed
	}
	if err := e.showRetries(ctx, db, o.output, made, text, len(words) != 1); err != nil {
		return err
	}
	if len(made) == 1 {
		if err := e.warnUnattended(ctx, db, made[0]); err != nil {
			return err
		}
	}
	if o.failed && len(made) == 0 && !forScripts(o.output) {
		e.note("No run has failed since %s that was not retried.\n", localTime(e.now().Add(-o.since)))
	}
	return failed
}

// showRetries shows the new runs: for people the text that says so, for scripts the one of a run
// that was named alone, or a list.
func (e *env) showRetries(ctx context.Context, db *store.DB, output string, made []store.FlowRun, text string, list bool) error {
	view := e.newFlowRunView(db)
	values, ids := []any{}, []string{}
	for _, run := range made {
		value, err := view.value(ctx, run)
		if err != nil {
			return err
		}
		values, ids = append(values, value), append(ids, run.ID)
	}
	var value any = values
	if !list {
		value = values[0]
	}
	return e.show(output, value, ids, func(out *render.Console) error {
		_, err := out.Write([]byte(text))
		return err
	})
}

// runsNamed finds runs. What is wrong with one of several is reported, and the others are returned
// with the error of the command.
func (e *env) runsNamed(ctx context.Context, db *store.DB, words []string) (runs []store.FlowRun, failed error) {
	for _, word := range words {
		run, err := findFlowRun(ctx, db, word)
		if err != nil {
			failed = e.reportOneOf(len(words), err)
			continue
		}
		runs = append(runs, run)
	}
	return runs, failed
}

func (e *env) runsThatFailed(ctx context.Context, db *store.DB, o flowRunRetryOptions) ([]store.FlowRun, error) {
	// A run may start long after it was expected to; what ended lately was expected at most so
	// much earlier.
	const longest = 30 * 24 * time.Hour
	since := e.now().Add(-o.since)
	runs, err := db.FlowRuns(ctx, store.FlowRunFilter{FlowNames: o.flowNames, StateTypes: []store.StateType{store.Failed, store.Crashed},
		From: since.Add(-longest), EarliestFirst: true})
	if err != nil {
		return nil, databaseError(err)
	}
	return slices.DeleteFunc(runs, func(r store.FlowRun) bool {
		return r.EndTime == nil || r.EndTime.Before(since) || r.ParentTaskRunID != nil || r.DeploymentID == nil
	}), nil
}

var errRetried = errors.New("the run was retried already")

// retry creates the run that repeats another. once leaves alone a run that was retried before.
func (e *env) retry(ctx context.Context, db *store.DB, old store.FlowRun, once bool) (store.FlowRun, error) {
	if !old.State.Type.Final() {
		return old, withHint(errorf("flow run '%s' is %s, so there is nothing to retry yet", old.Name, old.ShownState(e.now()).Name),
			"What it waits for is said by: prefect flow-run why %s", old.ID)
	}
	if old.ParentTaskRunID != nil {
		return old, subflowRetryError(ctx, db, old)
	}
	d, err := deploymentOf(ctx, db, old)
	if err != nil {
		return old, err
	}
	if d.ID == "" {
		return old, withHint(errorf("flow run '%s' belongs to no deployment, so it can't be started again from here", old.Name),
			"Run its script again, or make a deployment with 'prefect deployment build'.")
	}
	description := fmt.Sprintf("Retry of flow run '%s' (%s)", old.Name, old.ID)
	for n := 1; ; n++ {
		// The key makes the first retry of a run one, whoever asks for it at the same time.
		key := fmt.Sprintf("retry-of:%s:%d", old.ID, n)
		run, existed, err := db.CreateFlowRun(ctx, d, store.NewRun{Name: newRunName(), Parameters: old.Parameters,
			Tags: retryTags(old), Description: &description, At: e.now(), IdempotencyKey: &key})
		switch {
		case err != nil:
			return run, databaseError(err)
		case existed && once:
			return run, errRetried
		case !existed:
			return run, nil
		}
	}
}

// retryTags are the run's own tags and the one that names it.
func retryTags(old store.FlowRun) []string {
	var tags []string
	for _, t := range tagList(old.Tags) {
		if !isRetryTag(t) && t != "auto-scheduled" {
			tags = append(tags, t)
		}
	}
	return append(tags, retryTag+old.ID)
}

const retryTag = "retry-of:"

func isRetryTag(t string) bool { return len(t) > len(retryTag) && t[:len(retryTag)] == retryTag }

func subflowRetryError(ctx context.Context, db *store.DB, run store.FlowRun) error {
	err := errorf("flow run '%s' is a subflow and runs only within its parent", run.Name)
	task, e := db.TaskRun(ctx, *run.ParentTaskRunID)
	if e != nil {
		return err
	}
	return withHint(err, "Retry its parent: prefect flow-run retry %s", task.FlowRunID)
}
