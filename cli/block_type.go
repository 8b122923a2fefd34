package cli

import (
	"slices"
	"strings"

	"prefect/cli/render"
	"prefect/engine/block"
	"prefect/engine/suggest"

	"github.com/urfave/cli/v2"
)

func newBlockTypeCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "type",
		Usage:     "Show the types of blocks.",
		UsageText: "prefect block type ls",
		Subcommands: []*cli.Command{
			{
				Name:      "inspect",
				Usage:     "Show a block type.",
				ArgsUsage: "TYPE",
				UsageText: "prefect block type inspect s3",
				Flags:     []cli.Flag{newOutputFlag()},
				Action:    func(c *cli.Context) error { return blockTypeInspect(e, c.Args().First(), c.String("output")) },
			},
			{
				Name:      "ls",
				Usage:     "List the block types: those that are built in, and those of saved blocks.",
				UsageText: "prefect block type ls",
				Flags:     []cli.Flag{newOutputFlag()},
				Action:    func(c *cli.Context) error { return blockTypeLs(e, c.String("output")) },
			},
		},
	}
}

// blockTypes are the types that are known, by name: the built in ones, and those of flows that have
// saved a block.
func (e *env) blockTypes() ([]block.Type, error) {
	home, err := e.home()
	if err != nil {
		return nil, err
	}
	types := block.Types()
	all, err := block.List(home)
	for _, b := range all {
		if !slices.ContainsFunc(types, func(t block.Type) bool { return t.Slug == b.Type }) {
			t := block.Type{Slug: b.Type, Name: b.TypeName}
			for _, item := range b.Values {
				t.Fields = append(t.Fields, item.Key.(string))
			}
			types = append(types, t)
		}
	}
	slices.SortStableFunc(types, func(a, b block.Type) int { return strings.Compare(a.Name, b.Name) })
	return types, err
}

func blockTypeValue(t block.Type) render.Dict {
	return render.Dict{{Key: "slug", Value: t.Slug}, {Key: "name", Value: t.Name}, {Key: "description", Value: t.Description},
		{Key: "is_storage", Value: t.Storage}, {Key: "fields", Value: t.Fields}}
}

func blockTypeLs(e *env, output string) error {
	types, err := e.blockTypes()
	if err != nil {
		return err
	}
	values, slugs := []any{}, []string{}
	t := render.Table{Title: "Block Types", RuleAfter: func(int) bool { return true }, Columns: []render.Column{
		{Header: "Name", Style: render.Blue, Keep: true}, {Header: "Slug", Style: render.Cyan, Keep: true}, {Header: "Description", Style: render.Blue}}}
	for _, typ := range types {
		values, slugs = append(values, blockTypeValue(typ)), append(slugs, typ.Slug)
		t.Rows = append(t.Rows, []render.Cell{render.Text(typ.Name), render.Text(typ.Slug), render.Text(typ.Description)})
	}
	return e.showTable(output, values, slugs, t)
}

func blockTypeInspect(e *env, slug, output string) error {
	types, err := e.blockTypes()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(types, func(t block.Type) bool { return t.Slug == slug })
	if i < 0 {
		err := errorf("Block Type '%s' not found!", slug)
		var slugs []string
		for _, t := range types {
			slugs = append(slugs, t.Slug)
		}
		if near := suggest.Nearest(slug, slugs); near != "" {
			return withHint(err, "Did you mean '%s'?", near)
		}
		return withHint(err, "All types are shown by 'prefect block type ls'.")
	}
	t := types[i]
	return e.show(output, blockTypeValue(t), []string{t.Slug}, func(out *render.Console) error {
		return out.Table(bareTable(t.Name, 2, [2]string{"Slug", t.Slug}, [2]string{"Description", t.Description},
			[2]string{"Fields", strings.Join(t.Fields, ", ")}))
	})
}
