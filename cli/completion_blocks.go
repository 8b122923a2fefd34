package cli

import (
	"context"

	"prefect/engine/block"
	"prefect/engine/settings"
)

func blockSlugs(_ context.Context, e *env, _ *typing) []candidate {
	var found []candidate
	for _, b := range savedBlocks(e) {
		found = append(found, candidate{b.Slug(), b.TypeName})
	}
	return found
}

func blockIDs(_ context.Context, e *env, _ *typing) []candidate {
	var found []candidate
	for _, b := range savedBlocks(e) {
		found = append(found, candidate{b.ID, b.Slug()})
	}
	return found
}

// storageBlockSlugs are the blocks that flows can be stored in.
func storageBlockSlugs(_ context.Context, e *env, _ *typing) []candidate {
	var found []candidate
	for _, b := range savedBlocks(e) {
		if t, _ := block.FindType(b.Type); t.Storage {
			found = append(found, candidate{b.Slug(), b.TypeName})
		}
	}
	return found
}

func blockTypeSlugs(context.Context, *env, *typing) []candidate {
	var found []candidate
	for _, t := range block.Types() {
		found = append(found, candidate{t.Slug, t.Name})
	}
	return found
}

func savedBlocks(e *env) []block.Block {
	s, err := settings.Locate(e.environ)
	if err != nil {
		return nil
	}
	all, err := block.List(s.Home)
	if err != nil {
		return nil
	}
	var saved []block.Block
	for _, b := range all {
		if !b.Anonymous {
			saved = append(saved, b)
		}
	}
	return saved
}
