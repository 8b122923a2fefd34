package storage

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"prefect/ignore"
)

// stagingPrefix begins the name of the folder that an upload makes at its destination while it is
// under way. Fetching passes it over.
const stagingPrefix = ".prefect-upload-"

// stagingAge is how old a staging folder is that a killed upload has left.
const stagingAge = 24 * time.Hour

// folderUpload puts a package into a folder. All that is new is written beside its place first and
// moved there when everything is written, so an upload that is killed changes nothing.
type folderUpload struct {
	name string
	root *os.Root
	p    *Package
	temp string // folder below root
	same []bool // what is there already
	done func()
}

func (l Location) uploadToFolder(ctx context.Context, p *Package, o Options) (u Uploaded, err error) {
	if err := os.MkdirAll(l.Folder, 0o777); err != nil {
		return u, fmt.Errorf("create the folder %s: %w", l.Folder, plain(err))
	}
	root, err := os.OpenRoot(l.Folder)
	if err != nil {
		return u, fmt.Errorf("upload to %s: %w", l.Folder, plain(err))
	}
	defer root.Close()
	removeStale(root)
	f := &folderUpload{name: l.Folder, root: root, p: p, temp: stagingPrefix + rand.Text(), same: make([]bool, len(p.Files))}
	f.done = counter(o, len(p.Files))
	if err := root.Mkdir(f.temp, 0o700); err != nil {
		return u, fmt.Errorf("upload to %s: %w", l.Folder, plain(err))
	}
	defer func() {
		if e := root.RemoveAll(f.temp); err == nil && e != nil {
			err = fmt.Errorf("remove %s: %w", filepath.Join(l.Folder, f.temp), plain(e))
		}
	}()
	if err := f.clear(); err != nil {
		return u, err
	}
	if err := parallel(ctx, len(p.Files), workers(), f.stage); err != nil {
		return u, err
	}
	if err := makeFolders(root, p.Files); err != nil {
		return u, fmt.Errorf("upload to %s: %w", l.Folder, err)
	}
	for i, file := range p.Files {
		if f.same[i] {
			continue
		}
		if err := root.Rename(f.staged(i), filepath.FromSlash(file.Path)); err != nil {
			return u, f.failed(file.Path, err)
		}
		u.Sent++
		u.Bytes += file.Size
	}
	return u, nil
}

// removeStale takes away what uploads that were killed have left.
func removeStale(root *os.Root) {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), stagingPrefix) && time.Since(info.ModTime()) > stagingAge {
			root.RemoveAll(e.Name())
		}
	}
}

// clear refuses a destination where a link or a file is in the place of a folder: files would land
// where the link leads to.
func (f *folderUpload) clear() error {
	checked := map[string]bool{}
	for _, file := range f.p.Files {
		for dir := path.Dir(file.Path); dir != "." && !checked[dir]; dir = path.Dir(dir) {
			checked[dir] = true
			if info, err := f.root.Lstat(filepath.FromSlash(dir)); err == nil && !info.IsDir() {
				return f.failed(file.Path, fmt.Errorf("there is a file or link %s in the place of its folder; remove that first", dir))
			}
		}
	}
	return nil
}

func (f *folderUpload) staged(i int) string { return filepath.Join(f.temp, strconv.Itoa(i)) }

// stage writes one entry below the staging folder unless it is at its place already.
func (f *folderUpload) stage(i int) error {
	defer f.done()
	file := f.p.Files[i]
	there, err := f.root.Lstat(filepath.FromSlash(file.Path))
	if err == nil && there.IsDir() {
		return f.failed(file.Path, errors.New("there is a folder in its place; remove that first"))
	}
	if file.Link != "" {
		if err == nil && there.Mode()&fs.ModeSymlink != 0 {
			old, err := f.root.Readlink(filepath.FromSlash(file.Path))
			f.same[i] = err == nil && filepath.ToSlash(old) == file.Link
		}
		if f.same[i] {
			return nil
		}
		return f.failed(file.Path, f.root.Symlink(filepath.FromSlash(file.Link), f.staged(i)))
	}
	if err == nil && there.Mode().IsRegular() && there.Size() == file.Size && there.Mode()&0o111 != 0 == file.Exec {
		if f.same[i], err = f.equal(i); f.same[i] || err != nil {
			return err
		}
	}
	content, err := f.p.open(i)
	if err != nil {
		return err
	}
	defer content.Close()
	return f.failed(file.Path, create(f.root, f.staged(i), file.Exec, content))
}

// equal compares an entry with what is at its place.
func (f *folderUpload) equal(i int) (bool, error) {
	old, err := f.root.Open(filepath.FromSlash(f.p.Files[i].Path))
	if err != nil {
		return false, nil // not to be read, but perhaps to be replaced
	}
	defer old.Close()
	content, err := f.p.open(i)
	if err != nil {
		return false, err
	}
	defer content.Close()
	return equalContent(content, old)
}

// equalContent gives only the first reader's errors.
func equalContent(a, b io.Reader) (bool, error) {
	one, two := buffers.Get().(*[256 << 10]byte), buffers.Get().(*[256 << 10]byte)
	defer buffers.Put(one)
	defer buffers.Put(two)
	for {
		n, err := io.ReadFull(a, one[:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return false, err
		}
		m, _ := io.ReadFull(b, two[:])
		if !bytes.Equal(one[:n], two[:m]) {
			return false, nil
		}
		if err != nil {
			return true, nil
		}
	}
}

func (f *folderUpload) failed(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("upload %s to %s: %w", name, f.name, plain(err))
}

// fetched is what is fetched of a folder: all but what an upload is writing.
var fetched = Options{Matcher: ignore.Parse("", []byte("/"+stagingPrefix+"*/\n")), All: true}

// fetchFromFolder copies what is in a folder into an empty one.
func (l Location) fetchFromFolder(ctx context.Context, dir string) (Fetched, error) {
	if _, err := os.Stat(l.Folder); errors.Is(err, fs.ErrNotExist) {
		return Fetched{}, fmt.Errorf("the folder %s is not there", l.Folder)
	}
	p, err := Gather(ctx, l.Folder, fetched)
	if err != nil {
		return Fetched{}, err
	}
	defer p.Close()
	err = fill(ctx, dir, p.Files, func(i int) (io.ReadCloser, error) { return p.open(i) })
	return Fetched{Files: len(p.Files), Bytes: p.Bytes, Notes: p.Notes}, err
}
