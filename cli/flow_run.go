package cli

import "github.com/urfave/cli/v2"

func newFlowRunCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "flow-run",
		Aliases:   []string{"flow-runs"},
		Usage:     "Show, follow, cancel, retry and delete flow runs.",
		UsageText: "prefect flow-run ls\nprefect flow-run logs calm-otter -f\nprefect flow-run why calm-otter",
		Subcommands: []*cli.Command{
			newFlowRunCancelCmd(e),
			newFlowRunDeleteCmd(e),
			newFlowRunInspectCmd(e),
			newFlowRunLsCmd(e),
			newFlowRunLogsCmd(e),
			newFlowRunRetryCmd(e),
			newFlowRunWatchCmd(e),
			newFlowRunWhyCmd(e),
			newFlowRunExecuteCmd(e),
			newFlowRunRecordCmd(e),
		},
	}
}
