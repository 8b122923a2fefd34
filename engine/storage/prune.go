package storage

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Pruned says what Prune removed, or would remove.
type Pruned struct {
	Snapshots int   // snapshots that no deployment uses
	Fetched   int   // places in S3 that no run has fetched from lately
	Files     int   // files of the store that neither needs any more
	Bytes     int64 // of these files
}

// Prune removes from the store below home what nothing refers to: snapshots that are not in use
// and were neither built nor run since before, what was fetched from places that no run has used
// since then, and files that are in neither. It waits until nobody uses the store. dryRun only
// counts.
func Prune(home string, inUse []string, before time.Time, dryRun bool) (p Pruned, err error) {
	if _, err := os.Stat(filepath.Join(home, "snapshots")); errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	o, err := openObjects(home, true)
	if err != nil {
		return p, err
	}
	defer o.close()
	s := &sweep{o: o, before: before, dryRun: dryRun, used: map[string]bool{}, needed: map[Sum]bool{}}
	for _, digest := range inUse {
		s.used[digest] = true
	}
	for _, step := range []func() error{s.trees, s.memories, s.files} {
		if err := step(); err != nil {
			return s.pruned, fmt.Errorf("prune the store of snapshots: %w", plain(err))
		}
	}
	return s.pruned, s.drafts()
}

type sweep struct {
	o      *objects
	before time.Time
	dryRun bool
	used   map[string]bool
	needed map[Sum]bool
	pruned Pruned
}

func (s *sweep) remove(name string) error {
	if s.dryRun {
		return nil
	}
	return s.o.root.Remove(name)
}

// old tells whether something was not used since before.
func (s *sweep) old(e fs.DirEntry) (bool, error) {
	info, err := e.Info()
	return err == nil && info.ModTime().Before(s.before), err
}

func (s *sweep) entries(dir string) ([]fs.DirEntry, error) {
	return fs.ReadDir(s.o.root.FS(), filepath.ToSlash(dir))
}

func (s *sweep) trees() error {
	entries, err := s.entries("trees")
	if err != nil {
		return err
	}
	for _, e := range entries {
		files, broken := s.o.tree(e.Name())
		old, err := s.old(e)
		if err != nil {
			return err
		}
		if broken == nil && (s.used[e.Name()] || !old) {
			for _, f := range files {
				s.needed[f.Sum] = true
			}
			continue
		}
		s.pruned.Snapshots++
		if err := s.remove(filepath.Join("trees", e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func (s *sweep) memories() error {
	entries, err := s.entries("fetched")
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join("fetched", e.Name())
		old, err := s.old(e)
		if err != nil {
			return err
		}
		if !old {
			text, err := s.o.root.ReadFile(name)
			if err != nil {
				return err
			}
			for _, sum := range sumsOf(string(text)) {
				s.needed[sum] = true
			}
			continue
		}
		s.pruned.Fetched++
		if err := s.remove(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *sweep) files() error {
	folders, err := s.entries("objects")
	if err != nil {
		return err
	}
	for _, folder := range folders {
		dir := filepath.Join("objects", folder.Name())
		entries, err := s.entries(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			sum, err := parseSum(folder.Name() + e.Name())
			if err == nil && s.needed[sum] {
				continue
			}
			if info, err := e.Info(); err == nil {
				s.pruned.Bytes += info.Size()
			}
			s.pruned.Files++
			if err := s.remove(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
		if !s.dryRun {
			s.o.root.Remove(dir) // if it is empty now
		}
	}
	return nil
}

// drafts removes what builds that were killed have left; the lock says that none is under way.
func (s *sweep) drafts() error {
	if s.dryRun {
		return nil
	}
	entries, err := s.entries("tmp")
	for _, e := range entries {
		if err == nil {
			err = s.o.root.Remove(filepath.Join("tmp", e.Name()))
		}
	}
	return err
}
