package cli

import (
	"context"

	"github.com/urfave/cli/v2"
)

func newDeploymentDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "delete",
		Usage:     "Delete a deployment, with its runs that have not started.",
		ArgsUsage: "[NAME]",
		UsageText: "prefect deployment delete log-flow/log-simple",
		Flags:     []cli.Flag{&cli.StringFlag{Name: "id", Usage: "The deployment with the id `ID`, instead of a name."}},
		Action: func(c *cli.Context) error {
			name, id := c.Args().First(), c.String("id")
			if name == "" && id == "" {
				return errorf("Must provide a deployment name or id")
			}
			if name != "" && id != "" {
				return errorf("Only provide a deployment name or id")
			}
			return deploymentDelete(c.Context, e, name, id)
		},
	}
}

func deploymentDelete(ctx context.Context, e *env, name, id string) error {
	db, d, err := e.findDeployment(ctx, name, id)
	if err != nil {
		return err
	}
	if err := db.DeleteDeployment(ctx, d.ID); err != nil {
		return databaseError(err)
	}
	if name == "" {
		name = id
	}
	e.success("Deleted deployment '%s'.\n", name)
	return nil
}
