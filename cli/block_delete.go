package cli

import (
	"prefect/engine/block"

	"github.com/urfave/cli/v2"
)

func newBlockDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "delete",
		Usage:       "Delete a block.",
		ArgsUsage:   "[TYPE/NAME]",
		Description: "The files that are stored there stay, and so do deployments that use it: each keeps the place it was built with.",
		UsageText:   "prefect block delete s3/prod",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "id", Usage: "The block with the id `ID`, instead of a name."}},
		Action:      func(c *cli.Context) error { return blockDelete(e, c.Args().First(), c.String("id")) },
	}
}

func blockDelete(e *env, slug, id string) error {
	b, err := e.findBlock(slug, id)
	if err != nil {
		return err
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	if err := block.Delete(home, b.Type, b.Name); err != nil {
		return err
	}
	if slug == "" {
		slug = id
	}
	e.success("Deleted Block '%s'.\n", slug)
	return nil
}
