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
	name    string
	root    *os.Root
	p       *Package
	temp    string          // folder below root
	staging *os.Root        // this folder
	missing map[string]bool // the folders of the package that are not there
	same    []bool          // what is there already
	done    func()
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
	f := &folderUpload{name: l.Folder, root: root, p: p, same: make([]bool, len(p.Files)), done: counter(o, len(p.Files))}
	if err := checkCase(root, l.Folder, p.Files); err != nil {
		return u, err
	}
	if err := f.clear(); err != nil {
		return u, err
	}
	removeStale(root)
	if err := f.makeStaging(); err != nil {
		return u, fmt.Errorf("upload to %s: %w", l.Folder, plain(err))
	}
	defer func() {
		f.staging.Close()
		if e := root.RemoveAll(f.temp); err == nil && e != nil {
			err = fmt.Errorf("remove %s: %w", filepath.Join(l.Folder, f.temp), plain(e))
		}
	}()
	if err := parallelWith(ctx, len(p.Files), workers(), f.begin); err != nil {
		return u, err
	}
	for i, file := range p.Files {
		if !f.same[i] {
			u.Sent++
			u.Bytes += file.Size
		}
	}
	return u, f.publish()
}

func (f *folderUpload) makeStaging() (err error) {
	f.temp = stagingPrefix + rand.Text()
	if err = f.root.Mkdir(f.temp, 0o700); err == nil {
		f.staging, err = f.root.OpenRoot(f.temp)
	}
	return err
}

// publish moves all that was staged to its place: a folder that isn't there in one go, and file by
// file what belongs into one that is.
func (f *folderUpload) publish() error {
	moved := "" // the last folder that went as a whole, with a slash
	for i, file := range f.p.Files {
		if f.same[i] || moved != "" && strings.HasPrefix(file.Path, moved) {
			continue
		}
		from := file.Path
		for dir := path.Dir(from); dir != "."; dir = path.Dir(dir) {
			if f.missing[dir] {
				from = dir
				moved = dir + "/"
			}
		}
		native := filepath.FromSlash(from)
		if err := f.root.Rename(filepath.Join(f.temp, native), native); err != nil {
			return f.failed(from, err)
		}
	}
	return nil
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

// clear looks which folders of the package are there. It refuses a destination where a link or a
// file is in the place of one: files would land where the link leads to.
func (f *folderUpload) clear() error {
	f.missing = map[string]bool{}
	checked := map[string]bool{}
	for _, file := range f.p.Files {
		for dir := path.Dir(file.Path); dir != "." && !checked[dir]; dir = path.Dir(dir) {
			checked[dir] = true
			info, err := f.root.Lstat(filepath.FromSlash(dir))
			switch {
			case errors.Is(err, fs.ErrNotExist):
				f.missing[dir] = true
			case err == nil && !info.IsDir():
				return f.failed(file.Path, fmt.Errorf("there is a file or link %s in the place of its folder; remove that first", dir))
			}
		}
	}
	return nil
}

// A stager is one goroutine of an upload.
type stager struct {
	*folderUpload
	from, to, staged *folders
}

func (f *folderUpload) begin() (func(i int) error, func()) {
	s := &stager{f, &folders{root: f.p.root}, &folders{root: f.root}, &folders{root: f.staging}}
	return func(i int) error {
		defer f.done()
		return f.failed(f.p.Files[i].Path, s.stage(i))
	}, func() { s.from.close(); s.to.close(); s.staged.close() }
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
	folder, name, err := s.staged.make(file.Path)
	if err != nil {
		return err
	}
	return create(folder, name, file.Exec, content)
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
	folder, name, err := s.staged.make(link.Path)
	if err != nil {
		return err
	}
	return folder.Symlink(filepath.FromSlash(link.Link), name)
}

// there gives what is at a path of the destination, nil for nothing.
func (s *stager) there(p string) (fs.FileInfo, error) {
	if s.missing[path.Dir(p)] {
		return nil, nil
	}
	folder, name, err := s.to.of(p)
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
