package storage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
)

// opener gives the content of a file of a list, by its number.
type opener func(i int) (io.ReadCloser, error)

// fill writes files into an empty folder: regular files first, links when no path can lead through
// them any more.
func fill(ctx context.Context, dir string, files []File, open opener) error {
	if err := checkFiles(files); err != nil {
		return fmt.Errorf("write the package to %s: %w", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("write the package to %s: %w", dir, plain(err))
	}
	defer root.Close()
	w := &filler{dir: dir, root: root, files: files, open: open}
	if err := checkCase(root, dir, files); err != nil {
		return err
	}
	if err := makeFolders(root, files); err != nil {
		return fmt.Errorf("write the package to %s: %w", dir, err)
	}
	err = parallelWith(ctx, len(files), workers(), func() (func(i int) error, func()) {
		to := &folders{root: root}
		return func(i int) error { return w.file(to, i) }, to.close
	})
	if err != nil {
		return err
	}
	return w.links()
}

type filler struct {
	dir   string
	root  *os.Root
	files []File
	open  opener
}

// checkCase refuses files with names that differ only by case where the file system would take them
// for one.
func checkCase(root *os.Root, dir string, files []File) error {
	a, b := sameButForCase(files)
	if a == "" || !ignoresCase(root) {
		return nil
	}
	return fmt.Errorf("write the package to %s: this file system takes %q and %q for the same name; rename one of them", dir, a, b)
}

// ignoresCase asks the file system itself.
func ignoresCase(root *os.Root) bool {
	const name = ".prefect-case"
	if err := root.WriteFile(name, nil, 0o600); err != nil {
		return false
	}
	defer root.Remove(name)
	_, err := root.Lstat(strings.ToUpper(name))
	return err == nil
}

// makeFolders makes each folder that files are in, once.
func makeFolders(root *os.Root, files []File) error {
	last := "."
	for _, f := range files {
		dir := path.Dir(f.Path)
		if dir == last || dir == "." {
			continue
		}
		last = dir
		if err := root.MkdirAll(filepath.FromSlash(dir), 0o777); err != nil {
			return fmt.Errorf("%s: %w", dir, plain(err))
		}
	}
	return nil
}

func (w *filler) file(to *folders, i int) error {
	f := w.files[i]
	if f.Link != "" {
		return nil
	}
	content, err := w.open(i)
	if err != nil {
		return err
	}
	defer content.Close()
	folder, name, err := to.of(f.Path)
	if err == nil {
		err = create(folder, name, f.Exec, content)
	}
	return w.failed(f.Path, err)
}

func (w *filler) links() error {
	for _, f := range w.files {
		if f.Link == "" {
			continue
		}
		if err := w.root.Symlink(filepath.FromSlash(f.Link), filepath.FromSlash(f.Path)); err != nil {
			return w.failed(f.Path, err)
		}
	}
	// Only now is it known where a link leads by way of others.
	for _, f := range w.files {
		if f.Link == "" {
			continue
		}
		if err := staysInside(w.root, filepath.FromSlash(f.Path)); err != nil {
			w.root.Remove(filepath.FromSlash(f.Path))
			return fmt.Errorf("write the package to %s: %w", w.dir, err)
		}
	}
	return nil
}

// failed words an error of writing; one of reading names its file already.
func (w *filler) failed(p string, err error) error {
	var unreadable *readError
	if inner := plain(err); inner != err && !errors.As(err, &unreadable) {
		return fmt.Errorf("write %s: %w", filepath.Join(w.dir, filepath.FromSlash(p)), inner)
	}
	return err
}

// create writes a new file, and removes it again if that fails.
func create(root *os.Root, p string, exec bool, content io.Reader) error {
	mode := fs.FileMode(0o666)
	if exec {
		mode = 0o777
	}
	f, err := root.OpenFile(p, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	err = copyAll(f, content)
	if err = errors.Join(err, f.Close()); err != nil {
		root.Remove(p)
	}
	return err
}

// buffers are shared by all copying; the one that io.Copy makes for each file costs more than the
// copying of a small one.
var buffers = sync.Pool{New: func() any { return new([256 << 10]byte) }}

func copyAll(to io.Writer, from io.Reader) error {
	buffer := buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(buffer)
	_, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, buffer[:])
	return err
}
