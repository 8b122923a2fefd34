package cli

import (
	"prefect/engine/settings"

	"github.com/urfave/cli/v2"
)

// The commands of this file are those of Prefect 2.1 that need a server, the
// cloud or a cluster. Each says in one line what to do here instead.

func newOrionCmd(e *env) *cli.Command {
	start := silentCommand("start", func(*cli.Context) error {
		s, err := settings.Locate(e.environ)
		if err != nil {
			return err
		}
		// Not an error: a script that starts the server and goes on works.
		e.printf("No server is needed: everything is in %s. Type 'prefect agent start -q QUEUE' to run deployments.\n", s.DBPath)
		return nil
	})
	start.Usage = "Say why no server has to be started."
	start.UsageText = "prefect orion start"
	database := silentCommand("database", func(*cli.Context) error {
		s, err := settings.Locate(e.environ)
		if err != nil {
			return err
		}
		return errorf("there is no server database to manage: the local one, %s, is kept up to date by every command", s.DBPath)
	})
	return &cli.Command{
		Name:        "orion",
		Usage:       "Where Prefect has a server, no command is needed here.",
		UsageText:   "prefect orion start",
		Hidden:      true,
		Subcommands: []*cli.Command{start, database},
	}
}

func newCloudCmd(e *env) *cli.Command {
	return silentCommand("cloud", func(*cli.Context) error {
		return errorf("Prefect Cloud is not used here: deployments and runs stay on this machine")
	})
}

func newKubernetesCmd(e *env) *cli.Command {
	return silentCommand("kubernetes", func(*cli.Context) error {
		return errorf("Kubernetes is not supported: flow runs are processes on this machine, started by 'prefect agent start'")
	})
}

func newStorageCmd(e *env) *cli.Command {
	return silentCommand("storage", func(*cli.Context) error {
		return errorf("no storage has to be set up: flows run from the folder they are in, or from a block made with 'prefect block create'")
	})
}

func newDevCmd(e *env) *cli.Command {
	return silentCommand("dev", func(*cli.Context) error {
		return errorf("'prefect dev' is for the development of Prefect itself and does nothing here")
	})
}

// silentCommand stands in no list and takes whatever arguments it is given.
func silentCommand(name string, action cli.ActionFunc) *cli.Command {
	return &cli.Command{
		Name:            name,
		Usage:           "Not available on a single machine.",
		UsageText:       "prefect help",
		ArgsUsage:       "[ARGS...]",
		Hidden:          true,
		SkipFlagParsing: true,
		Action:          action,
	}
}
