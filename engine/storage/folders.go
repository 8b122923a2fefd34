package storage

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

// folders gives the folder of a path below root, and keeps the last one open: files come in the
// order of their paths, and going down from the root for each costs more than a small file.
type folders struct {
	root *os.Root
	path string
	last *os.Root
}

// of returns the folder that p is in, and the name that p has there.
func (f *folders) of(p string) (folder *os.Root, name string, err error) {
	dir, name := path.Split(p)
	if dir == "" {
		return f.root, name, nil
	}
	if f.last == nil || dir != f.path {
		f.close()
		if f.last, err = f.root.OpenRoot(filepath.FromSlash(dir)); err != nil {
			f.last = nil
			return nil, "", err
		}
		f.path = dir
	}
	return f.last, name, nil
}

// make is of, and makes the folder if it isn't there.
func (f *folders) make(p string) (folder *os.Root, name string, err error) {
	folder, name, err = f.of(p)
	if errors.Is(err, fs.ErrNotExist) {
		if err = f.root.MkdirAll(filepath.FromSlash(path.Dir(p)), 0o777); err == nil {
			folder, name, err = f.of(p)
		}
	}
	return folder, name, err
}

// open opens a file for reading. A pipe that has taken its place since doesn't block.
func (f *folders) open(p string) (*os.File, error) {
	folder, name, err := f.of(p)
	if err != nil {
		return nil, err
	}
	return folder.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

func (f *folders) close() {
	if f.last != nil {
		f.last.Close()
		f.last = nil
	}
}
