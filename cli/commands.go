package cli

import "github.com/urfave/cli/v2"

// commands is the whole tree, one line a group, in the order help shows it.
func commands(e *env) []*cli.Command {
	return []*cli.Command{
		newVersionCmd(e),
	}
}
