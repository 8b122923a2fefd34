package cli

import "github.com/urfave/cli/v2"

// In 2.1 a type has to be registered before a block of it can be made in the browser.
func newBlockRegisterCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "register",
		Usage:     "Say why no block type has to be registered.",
		UsageText: "prefect block register -f my_blocks.py",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "module", Aliases: []string{"m"}, Usage: "The Python `MODULE` with the types."},
			&cli.StringFlag{Name: "file", Aliases: []string{"f"}, Usage: "The .py `FILE` with the types."},
		},
		Action: func(*cli.Context) error {
			// Not an error: a script that registers first and goes on works.
			e.printf("No block type has to be registered: a class of blocks can be saved and loaded as it is.\n")
			return nil
		},
	}
}
