package runner

import (
	"context"
	"fmt"

	"github.com/dustin/go-humanize"

	"prefect/engine/storage"
	"prefect/store"
)

// fetch brings the files of a deployment that are in a storage block or a snapshot into a folder of
// this run's own, which becomes the deployment's path. remove takes it away. Other deployments run
// where they are.
func (s *supervisor) fetch(ctx context.Context, dep *store.Deployment) (remove func(), err error) {
	if dep.Storage == nil && dep.Snapshot == nil {
		return func() {}, nil
	}
	folder, err := storage.NewRunFolder(s.Home, s.run.ID)
	if err != nil {
		return nil, err
	}
	remove = func() {
		if err := folder.Remove(); err != nil {
			s.log(30, "prefect.engine", "The folder of the run was not removed: "+err.Error())
		}
	}
	if dep.Snapshot != nil {
		err = storage.Materialise(ctx, s.Home, *dep.Snapshot, folder.Dir)
	} else {
		err = s.fetchFromBlock(ctx, dep, folder.Dir)
	}
	if err != nil {
		remove()
		return nil, err
	}
	dep.Path = &folder.Dir
	return remove, nil
}

func (s *supervisor) fetchFromBlock(ctx context.Context, dep *store.Deployment, dir string) error {
	l, err := storage.LocateDeployment(*dep)
	if err != nil {
		return err
	}
	got, err := storage.Fetch(ctx, l, s.Home, dir)
	if err != nil {
		return err
	}
	for _, note := range got.Notes {
		s.log(30, "prefect.engine", note)
	}
	if s.LogLevel > 10 { // only for who asks for it, also in what is kept: those who watch the run see all of that
		return nil
	}
	s.log(10, "prefect.engine", fmt.Sprintf("Fetched %d files from %s (%s new)", got.Files, l, humanize.Bytes(uint64(got.Bytes))))
	return nil
}
