package cli

import "github.com/urfave/cli/v2"

// commands is the whole tree, one line a group, in the order help shows it.
func commands(e *env) []*cli.Command {
	return []*cli.Command{
		newDeploymentCmd(e),
		newAgentCmd(e),
		newSDKCmd(e),
		newFlowCmd(e),
		newFlowRunCmd(e),
		newWorkQueueCmd(e),
		newConcurrencyLimitCmd(e),
		newBlockCmd(e),
		newPruneCmd(e),
		newDoctorCmd(e),
		newQuickstartCmd(e),
		newConfigCmd(e),
		newProfileCmd(e),
		newCompletionCmd(e),
		newManCmd(e),
		newVersionCmd(e),

		// What 2.1 has and a single machine has no use for.
		newOrionCmd(e),
		newCloudCmd(e),
		newKubernetesCmd(e),
		newStorageCmd(e),
		newDevCmd(e),

		newCompleteCmd(e),
	}
}
