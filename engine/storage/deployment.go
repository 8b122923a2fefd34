package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"prefect/engine/block"
	"prefect/engine/infra"
	"prefect/engine/manifest"
	"prefect/engine/ordered"
	"prefect/store"
)

// LocateDeployment gives the place of the files of a deployment that has a storage block.
func LocateDeployment(d store.Deployment) (Location, error) {
	document, err := ordered.DecodeMap(d.Storage)
	if err != nil {
		return Location{}, fmt.Errorf("reading the deployment's storage block: %w", err)
	}
	path := ""
	if d.Path != nil {
		path = *d.Path
	}
	b := block.FromDocument(document)
	l, err := Locate(b.Type, b.Values, path)
	if err != nil {
		return Location{}, fmt.Errorf("the deployment's storage block: %w", err)
	}
	return l, nil
}

// CheckDeployment tells why the runs of a deployment would not find their flow, as far as this
// machine alone can say: a bucket is not asked.
func CheckDeployment(home string, d store.Deployment) error {
	switch {
	case d.Snapshot != nil:
		return CheckSnapshot(home, *d.Snapshot)
	case d.Storage != nil:
		l, err := LocateDeployment(d)
		if err != nil || l.Folder == "" {
			return err
		}
		return checkFolder(l.Folder, d)
	case d.Path != nil:
		return checkFolder(*d.Path, d)
	}
	return nil
}

func checkFolder(dir string, d store.Deployment) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return fmt.Errorf("the folder %s is not there", dir)
	}
	p, err := infra.Parse(d.Infrastructure, d.InfraOverrides)
	if err != nil {
		return err
	}
	if d.Entrypoint == nil || !infra.RunsEngine(p.Command) {
		return nil // a command of the user's own needs no script
	}
	script := manifest.Script(*d.Entrypoint)
	if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(script))); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the script %s is not in the folder %s", script, dir)
	}
	return nil
}
