package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A RunFolder is the private folder of one run, below PREFECT_HOME/runs. A lock beside it says that
// it is in use, which the system takes back when its process ends in whatever way.
type RunFolder struct {
	Dir    string
	lock   string
	unlock func()
}

// NewRunFolder makes a folder for a run, empty and for its owner only. Remove it when the run is
// over. What runs have left whose process was killed is removed on the way.
func NewRunFolder(home, run string) (*RunFolder, error) {
	parent := filepath.Join(home, "runs")
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the run: %w", err)
	}
	RemoveDeadRuns(home)
	r, err := lockNew(parent, run+"-*.lock")
	if err != nil {
		return nil, fmt.Errorf("make a folder for the run: %w", err)
	}
	if err := os.Mkdir(r.Dir, 0o700); err != nil {
		r.Remove()
		return nil, fmt.Errorf("make a folder for the run: %w", err)
	}
	return r, nil
}

// lockNew makes and takes the lock of a folder that is not there yet. Where another process has
// taken it for one that was left, before it was locked, there is another try.
func lockNew(parent, pattern string) (*RunFolder, error) {
	for {
		f, err := os.CreateTemp(parent, pattern)
		if err != nil {
			return nil, err
		}
		made, err := f.Stat()
		f.Close()
		if err != nil {
			return nil, err
		}
		unlock, err := lock(f.Name(), true, true)
		if err != nil {
			return nil, err
		}
		if is, err := os.Stat(f.Name()); err == nil && os.SameFile(made, is) {
			return &RunFolder{strings.TrimSuffix(f.Name(), ".lock"), f.Name(), unlock}, nil
		}
		unlock()
	}
}

// Remove takes the folder away.
func (r *RunFolder) Remove() error {
	err := removeAll(r.Dir)
	r.unlock() // first, since Windows removes no file that is open
	if e := os.Remove(r.lock); err == nil && !errors.Is(e, fs.ErrNotExist) {
		err = e
	}
	return err
}

// RemoveDeadRuns removes the folders of runs whose process has not lived to do so: those whose lock
// nobody holds. What can't be removed now is tried again the next time.
func RemoveDeadRuns(home string) {
	parent := filepath.Join(home, "runs")
	entries, err := os.ReadDir(parent)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, isLock := strings.CutSuffix(e.Name(), ".lock")
		if !isLock {
			continue
		}
		if unlock, err := lock(filepath.Join(parent, e.Name()), true, false); err == nil {
			gone := removeAll(filepath.Join(parent, name)) == nil
			unlock()
			if gone {
				os.Remove(filepath.Join(parent, e.Name()))
			}
		}
	}
}

// removeAll removes a folder also where a run has taken away its own right to do so.
func removeAll(dir string) error {
	if os.RemoveAll(dir) == nil {
		return nil
	}
	_ = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if e != nil && e.IsDir() {
			_ = os.Chmod(path, 0o700)
		}
		return nil
	})
	return os.RemoveAll(dir)
}
