package cli

import (
	"context"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type deploymentLsOptions struct {
	filter store.DeploymentFilter
	output string
}

func newDeploymentLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the deployments.",
		UsageText: "prefect deployment ls\nprefect deployment ls --flow-name log-flow -o name",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "flow-name", Usage: "Only deployments of the flow `NAME`; may be given again."},
			&cli.BoolFlag{Name: "by-created", Usage: "Newest first, instead of by name."},
			&cli.IntFlag{Name: "limit", Usage: "At most `N` deployments."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return deploymentLs(c.Context, e, deploymentLsOptions{store.DeploymentFilter{FlowNames: c.StringSlice("flow-name"),
				ByCreated: c.Bool("by-created"), Limit: c.Int("limit")}, c.String("output")})
		},
	}
}

func deploymentLs(ctx context.Context, e *env, o deploymentLsOptions) error {
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	all, err := db.Deployments(ctx, o.filter)
	if err != nil {
		return databaseError(err)
	}
	values, names := []any{}, []string{}
	t := render.Table{Title: "Deployments", Columns: []render.Column{{Header: "Name"}, {Header: "ID", Keep: true, Style: render.Cyan}}}
	for _, d := range all {
		values, names = append(values, deploymentValue(d)), append(names, d.FullName())
		t.Rows = append(t.Rows, []render.Cell{
			{{Style: render.Blue, Text: d.FlowName + "/"}, {Style: render.BoldBlue, Text: d.Name}},
			render.Text(d.ID)})
	}
	return e.show(o.output, values, names, func(out *render.Console) error { return out.Table(t) })
}
