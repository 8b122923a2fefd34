package cli

import (
	"prefect/cli/render"
	"prefect/engine/block"

	"github.com/urfave/cli/v2"
)

func newBlockInspectCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "inspect",
		Usage:       "Show a block.",
		ArgsUsage:   "[TYPE/NAME]",
		Description: "What is secret is covered; flows read it with Secret.load.",
		UsageText:   "prefect block inspect s3/prod\nprefect block inspect s3/prod -o json",
		Flags:       []cli.Flag{&cli.StringFlag{Name: "id", Usage: "The block with the id `ID`, instead of a name."}, newOutputFlag()},
		Action: func(c *cli.Context) error {
			b, err := e.findBlock(c.Args().First(), c.String("id"))
			if err != nil {
				return err
			}
			return e.showBlock(c.String("output"), b)
		},
	}
}

func (e *env) showBlock(output string, b block.Block) error {
	value, err := blockValue(b)
	if err != nil {
		return err
	}
	return e.show(output, value, []string{b.Slug()}, func(out *render.Console) error {
		values, err := blockValues(b)
		if err != nil {
			return err
		}
		t := bareTable(b.Slug(), 2, [2]string{"Block Type", b.TypeName}, [2]string{"Block id", b.ID})
		for _, f := range values {
			text, ok := f.Value.(string)
			if !ok {
				text = render.Python(f.Value)
			}
			t.Rows = append(t.Rows, []render.Cell{render.Text(f.Key), render.Text(text)})
		}
		return out.Table(t)
	})
}

// bareTable is how blocks and their types are shown: names and values, with a rule below the first.
func bareTable(title string, rule int, rows ...[2]string) render.Table {
	t := render.Table{Title: title, Bare: true, Columns: []render.Column{{Style: render.Cyan}, {Style: render.Blue}},
		RuleAfter: func(row int) bool { return row == rule-1 }}
	for _, row := range rows {
		t.Rows = append(t.Rows, []render.Cell{render.Text(row[0]), render.Text(row[1])})
	}
	return t
}
