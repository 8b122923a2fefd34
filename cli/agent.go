package cli

import "github.com/urfave/cli/v2"

func newAgentCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "agent",
		Usage:       "Start an agent, which runs what is due.",
		UsageText:   "prefect agent start -q test",
		Subcommands: []*cli.Command{newAgentStartCmd(e)},
	}
}
