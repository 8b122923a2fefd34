package cli

import "github.com/urfave/cli/v2"

func newFlowCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "flow",
		Aliases:     []string{"flows"},
		Usage:       "List the flows.",
		UsageText:   "prefect flow ls",
		Subcommands: []*cli.Command{newFlowLsCmd(e)},
	}
}
