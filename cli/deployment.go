package cli

import (
	"context"
	"errors"
	"strings"

	"prefect/engine/suggest"
	"prefect/store"

	"github.com/google/uuid"
	"github.com/urfave/cli/v2"
)

func newDeploymentCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "deployment",
		Aliases:   []string{"deployments"},
		Usage:     "Build, apply, show, run and delete deployments.",
		UsageText: "prefect deployment build ./log_flow.py:log_flow -n log-simple -q test",
		Subcommands: []*cli.Command{
			newDeploymentApplyCmd(e),
			newDeploymentBuildCmd(e),
			newDeploymentDeleteCmd(e),
			newDeploymentFilesCmd(e),
			newDeploymentInspectCmd(e),
			newDeploymentLsCmd(e),
			newDeploymentNextRunsCmd(e),
			newDeploymentPauseScheduleCmd(e),
			newDeploymentResumeScheduleCmd(e),
			newDeploymentRunCmd(e),
			newDeploymentSetScheduleCmd(e),
		},
	}
}

// findDeployment returns the deployment that a person names as FLOW/DEPLOYMENT or by its id.
func (e *env) findDeployment(ctx context.Context, name, id string) (*store.DB, store.Deployment, error) {
	db, err := e.db(ctx)
	if err != nil {
		return nil, store.Deployment{}, err
	}
	var dep store.Deployment
	if id != "" {
		name = id
		if _, bad := uuid.Parse(id); bad != nil {
			return nil, dep, withHint(errorf("'%s' is not a deployment's id", id), "Ids are shown by 'prefect deployment ls'.")
		}
		dep, err = db.DeploymentByID(ctx, strings.ToLower(id))
	} else {
		// A flow's name can't contain a slash, so the first one parts the two.
		flow, deployment, ok := strings.Cut(name, "/")
		if !ok {
			return nil, dep, e.noSlash(ctx, db, name)
		}
		dep, err = db.DeploymentByName(ctx, flow, deployment)
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil, dep, e.noDeployment(ctx, db, name)
	}
	return db, dep, databaseError(err)
}

func (e *env) noSlash(ctx context.Context, db *store.DB, name string) error {
	err := errorf("Invalid deployment name '%s'. Expected '<flow-name>/<deployment-name>'", name)
	all, listErr := db.Deployments(ctx, store.DeploymentFilter{})
	if listErr != nil {
		return databaseError(listErr)
	}
	for _, d := range all {
		if d.Name == name || d.FlowName == name {
			return withHint(err, "Did you mean '%s'?", d.FullName())
		}
	}
	return err
}

func (e *env) noDeployment(ctx context.Context, db *store.DB, name string) error {
	err := errorf("Deployment '%s' not found!", name)
	all, listErr := db.Deployments(ctx, store.DeploymentFilter{})
	if listErr != nil {
		return databaseError(listErr)
	}
	var names []string
	for _, d := range all {
		names = append(names, d.FullName())
	}
	if near := suggest.Nearest(name, names); near != "" {
		return withHint(err, "Did you mean '%s'?", near)
	}
	return withHint(err, "All deployments are shown by 'prefect deployment ls'.")
}
