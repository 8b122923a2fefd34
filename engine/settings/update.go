package settings

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// UpdateProfiles reads the profiles, lets change alter them and writes them
// back, all under a lock, so that of two commands at once neither loses what
// the other has set. Nothing is written if change returns an error, and a
// reader sees the old file or the new one, never half of it.
func UpdateProfiles(path string, change func(*Profiles) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the folder of the profiles: %w", err)
	}
	unlock, err := lock(path + ".lock")
	if err != nil {
		return fmt.Errorf("lock the profiles: %w", err)
	}
	defer unlock()
	profiles, err := ReadProfiles(path)
	if err != nil {
		return err
	}
	if err := change(profiles); err != nil {
		return err
	}
	if err := replace(path, profiles.encode()); err != nil {
		return fmt.Errorf("write the profiles: %w", err)
	}
	return nil
}

// replace puts data in the place of a file. A symbolic link stays one: some
// people keep their profiles elsewhere.
func replace(path string, data []byte) error {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".profiles-*.toml") // made 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
