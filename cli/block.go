package cli

import (
	"errors"

	"prefect/cli/render"
	"prefect/engine/block"
	"prefect/engine/ordered"
	"prefect/engine/suggest"

	"github.com/google/uuid"
	"github.com/urfave/cli/v2"
)

func newBlockCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "block",
		Aliases:   []string{"blocks"},
		Usage:     "Save and show blocks: named configuration, such as where flows are stored.",
		UsageText: "prefect block create s3/prod --bucket flows\nprefect block ls",
		Subcommands: []*cli.Command{
			newBlockCreateCmd(e),
			newBlockDeleteCmd(e),
			newBlockFSCmd(e),
			newBlockInspectCmd(e),
			newBlockLsCmd(e),
			newBlockRegisterCmd(e),
			newBlockTypeCmd(e),
		},
	}
}

// home is PREFECT_HOME.
func (e *env) home() (string, error) {
	s, err := e.settings()
	if err != nil {
		return "", err
	}
	return s.Home, nil
}

// findBlock returns the block that a person names as TYPE/NAME or by its id.
func (e *env) findBlock(slug, id string) (block.Block, error) {
	var b block.Block
	home, err := e.home()
	switch {
	case err != nil:
		return b, err
	case slug == "" && id == "":
		return b, errorf("Must provide a Block slug or id")
	case slug != "" && id != "":
		return b, errorf("Only provide a Block slug or id")
	case id != "":
		if _, bad := uuid.Parse(id); bad != nil {
			return b, withHint(errorf("'%s' is not a block's id", id), "Ids are shown by 'prefect block ls'.")
		}
		b, err = block.ByID(home, id)
		slug = id
	default:
		typ, name, bad := block.ParseSlug(slug)
		if bad != nil {
			return b, errorf("%w", bad)
		}
		b, err = block.Load(home, typ, name)
	}
	if errors.Is(err, block.ErrNotFound) {
		return b, noBlock(home, slug)
	}
	return b, err
}

func noBlock(home, slug string) error {
	err := errorf("Block '%s' not found!", slug)
	all, listErr := block.List(home)
	if listErr != nil {
		return listErr
	}
	var slugs []string
	for _, b := range all {
		if !b.Anonymous {
			slugs = append(slugs, b.Slug())
		}
	}
	if near := suggest.Nearest(slug, slugs); near != "" {
		return withHint(err, "Did you mean '%s'?", near)
	}
	return withHint(err, "All blocks are shown by 'prefect block ls'; 'prefect block create' makes one.")
}

// blockValues are a block's values as they may be shown: what is secret is covered.
func blockValues(b block.Block) (render.Dict, error) {
	raw, err := ordered.Encode(b.Shown())
	if err != nil {
		return nil, err
	}
	values, _ := render.NewSecrets(nil).Values(raw).(render.Dict)
	return values, nil
}

// blockValue is a block as scripts see it.
func blockValue(b block.Block) (render.Dict, error) {
	values, err := blockValues(b)
	return render.Dict{
		{Key: "id", Value: b.ID}, {Key: "created", Value: b.Created}, {Key: "updated", Value: b.Updated}, {Key: "name", Value: b.Name},
		{Key: "block_type_slug", Value: b.Type}, {Key: "block_type_name", Value: b.TypeName}, {Key: "is_anonymous", Value: b.Anonymous},
		{Key: "values", Value: values},
	}, err
}
