package cli

import (
	"github.com/urfave/cli/v2"
)

// The version of Prefect whose command line and files these are.
const prefectVersion = "2.1.1"

// release is our own version; a release build sets it with
// -ldflags "-X prefect/cli.release=1.2.3".
var release = "dev"

// Version is what `prefect --version` prints and the embedded Python package
// calls its __version__: Prefect's version, then ours.
func Version() string { return prefectVersion + "+go." + release }

func printVersionNumber(e *env) error {
	e.printf("%s\n", Version())
	return nil
}

func newVersionCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "Show the version, the profile and where the database is.",
		UsageText: "prefect version",
		Action:    func(c *cli.Context) error { return printVersionNumber(e) },
	}
}
