package cli

import (
	"prefect/cli/render"
	"prefect/engine/block"

	"github.com/urfave/cli/v2"
)

func newBlockLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the blocks.",
		UsageText: "prefect block ls\nprefect block ls -o name",
		Flags:     []cli.Flag{newOutputFlag()},
		Action:    func(c *cli.Context) error { return blockLs(e, c.String("output")) },
	}
}

func blockLs(e *env, output string) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	all, err := block.List(home)
	if err != nil {
		return err
	}
	values, names := []any{}, []string{}
	t := render.Table{Title: "Blocks", Caption: "List Block Types using `prefect block type ls`", CaptionStyle: render.DimItalic,
		Columns: []render.Column{{Header: "ID", Keep: true, Style: render.Cyan}, {Header: "Type", Style: render.Blue, Spare: 2},
			{Header: "Name", Style: render.Blue, Spare: 1}, {Header: "Slug", Style: render.Blue}}}
	for _, b := range all {
		if b.Anonymous {
			continue
		}
		value, err := blockValue(b)
		if err != nil {
			return err
		}
		values, names = append(values, value), append(names, b.Slug())
		t.Rows = append(t.Rows, []render.Cell{render.Text(b.ID), render.Text(b.TypeName), render.Text(b.Name), render.Text(b.Slug())})
	}
	return e.showTable(output, values, names, t)
}
