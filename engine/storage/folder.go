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
	name  string
	root  *os.Root
	p     *Package
	temp  string // folder below root
	fresh bool   // there was nothing at the destination
	same  []bool // what is there already
	done  func()
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
	f := &folderUpload{name: l.Folder, root: root, p: p, temp: stagingPrefix + rand.Text(), same: make([]bool, len(p.Files))}
	f.fresh = removeStale(root) == 0
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
	if err := parallelWith(ctx, len(p.Files), workers(), f.begin); err != nil {
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

// removeStale takes away what uploads that were killed have left, and tells how much there is at
// the destination.
func removeStale(root *os.Root) int {
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return -1
	}
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), stagingPrefix) && time.Since(info.ModTime()) > stagingAge {
			root.RemoveAll(e.Name())
		}
	}
	return len(entries)
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

// A stager is one goroutine of an upload.
type stager struct {
	*folderUpload
	from, to *folders
}

func (f *folderUpload) begin() (func(i int) error, func()) {
	s := &stager{f, &folders{root: f.p.root}, &folders{root: f.root}}
	return func(i int) error {
		defer f.done()
		return f.failed(f.p.Files[i].Path, s.stage(i))
	}, func() { s.from.close(); s.to.close() }
}

// stage writes one entry below the staging folder unless it is at its place already.
func (s *stager) stage(i int) error {
	file := s.p.Files[i]
	there, err := s.there(file.Path)
	switch {
	case err != nil:
		return err
	case there != nil && there.IsDir():
		return errors.New("there is a folder in its place; remove that first")
	case file.Link != "":
		return s.stageLink(i, there)
	case there != nil && there.Mode().IsRegular() && there.Size() == file.Size && there.Mode()&0o111 != 0 == file.Exec:
		if s.same[i], err = s.equal(i); s.same[i] || err != nil {
			return err
		}
	}
	content, err := s.p.openFrom(s.from, i)
	if err != nil {
		return err
	}
	defer content.Close()
	return create(s.root, s.staged(i), file.Exec, content)
}

func (s *stager) stageLink(i int, there fs.FileInfo) error {
	link := s.p.Files[i]
	if there != nil && there.Mode()&fs.ModeSymlink != 0 {
		old, err := s.root.Readlink(filepath.FromSlash(link.Path))
		s.same[i] = err == nil && filepath.ToSlash(old) == link.Link
	}
	if s.same[i] {
		return nil
	}
	return s.root.Symlink(filepath.FromSlash(link.Link), s.staged(i))
}

// there gives what is at a path of the destination, nil for nothing.
func (s *stager) there(path string) (fs.FileInfo, error) {
	if s.fresh {
		return nil, nil
	}
	folder, name, err := s.to.of(path)
	if err == nil {
		var info fs.FileInfo
		if info, err = folder.Lstat(name); err == nil {
			return info, nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return nil, err
}

// equal compares an entry with what is at its place.
func (s *stager) equal(i int) (bool, error) {
	old, err := s.to.open(s.p.Files[i].Path)
	if err != nil {
		return false, nil // not to be read, but perhaps to be replaced
	}
	defer old.Close()
	content, err := s.p.openFrom(s.from, i)
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

// failed words an error of the destination; one of the package names its file already.
func (f *folderUpload) failed(name string, err error) error {
	var changed *changedError
	var unreadable *readError
	if err == nil || errors.As(err, &changed) || errors.As(err, &unreadable) {
		return err
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
