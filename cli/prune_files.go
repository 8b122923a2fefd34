package cli

import (
	"context"
	"time"

	"prefect/engine/block"
	"prefect/engine/storage"
	"prefect/store"
)

// pruneFiles removes what lies beside the database and nothing needs any more: snapshots that no
// deployment runs from, what was fetched from storage, the folders of runs that were killed, and
// blocks that Python has saved for one deployment, which keeps their values itself.
func (e *env) pruneFiles(ctx context.Context, db *store.DB, before time.Time, dryRun bool) (storage.Pruned, error) {
	home, err := e.home()
	if err != nil {
		return storage.Pruned{}, err
	}
	used, err := db.SnapshotsInUse(ctx)
	if err != nil {
		return storage.Pruned{}, databaseError(err)
	}
	pruned, err := storage.Prune(home, used, before, dryRun)
	if err != nil || dryRun {
		return pruned, err
	}
	storage.RemoveDeadRuns(home)
	blocks, err := block.List(home)
	if err != nil {
		return pruned, err
	}
	for _, b := range blocks {
		if b.Anonymous && b.Updated.Before(before) {
			if err := block.Delete(home, b.Type, b.Name); err != nil {
				return pruned, err
			}
		}
	}
	return pruned, nil
}
