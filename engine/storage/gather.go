package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"

	"prefect/ignore"
)

// Options say what of a folder is packaged.
type Options struct {
	Matcher *ignore.Matcher
	Leave   []string              // absolute folders that are never packaged, such as PREFECT_HOME
	Ignored func(ignore.Ignored)  // if not nil, called for all that isn't packaged
	All     bool                  // package deployment files too, and so what is no flow's folder
	Report  func(done, total int) // if not nil, told how many files are done; by one goroutine at a time
}

func (o Options) report(done, total int) {
	if o.Report != nil {
		o.Report(done, total)
	}
}

// Files yields what is packaged of a folder, as ignore.Matcher.Walk does. Besides what the patterns
// name, it leaves out the folders of o.Leave and deployment files: a package that held the file
// that names it would be another one after each build.
func Files(root string, o Options) iter.Seq2[ignore.Entry, error] {
	matcher := o.Matcher
	if matcher == nil {
		matcher = &ignore.Matcher{}
	}
	return func(yield func(ignore.Entry, error) bool) {
		folder, err := os.OpenRoot(root)
		if err != nil {
			yield(ignore.Entry{Path: "."}, fmt.Errorf("list the files of %s: %w", root, plain(err)))
			return
		}
		defer folder.Close()
		for e, err := range matcher.Without(below(root, o.Leave)...).Walk(root, o.Ignored) {
			if err == nil && !o.All && isDeploymentFile(folder, e) {
				if o.Ignored != nil {
					o.Ignored(ignore.Ignored{Path: e.Path, Rule: ignore.Rule{Pattern: "deployment file"}})
				}
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// below gives those of the folders that are below root, relative to it.
func below(root string, folders []string) []string {
	var relative []string
	for _, folder := range folders {
		rel, err := filepath.Rel(real(root), real(folder))
		if err == nil && rel != "." && filepath.IsLocal(rel) {
			relative = append(relative, filepath.ToSlash(rel))
		}
	}
	return relative
}

// real is the path without links and dots, as far as it exists.
func real(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	if dir := filepath.Dir(path); dir != path {
		return filepath.Join(real(dir), filepath.Base(path))
	}
	return path
}

// deploymentTitle is how `prefect deployment build` begins its files.
var deploymentTitle = []byte("###\n### A complete description of a Prefect Deployment for flow ")

func isDeploymentFile(folder *os.Root, e ignore.Entry) bool {
	ext := filepath.Ext(e.Path)
	if ext != ".yaml" && ext != ".yml" || !e.Mode.IsRegular() || e.Size < int64(len(deploymentTitle)) {
		return false
	}
	f, err := folder.OpenFile(e.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false // whoever packages it will say why
	}
	defer f.Close()
	head := make([]byte, len(deploymentTitle))
	_, err = io.ReadFull(f, head)
	return err == nil && bytes.Equal(head, deploymentTitle)
}

// Package is what is packaged of one folder. Every file of it could be opened.
type Package struct {
	Files []File   // in the order of their paths
	Notes []string // what was left out, and why
	Bytes int64

	name string
	root *os.Root
	seen []fs.FileInfo // Files as they were
}

// Gather looks at all that is packaged of a folder. A file that can't be read and a link that
// leaves the folder are errors that name it, before anybody has packaged anything; devices, pipes
// and sockets are left out with a note. Close the package when done.
func Gather(ctx context.Context, root string, o Options) (_ *Package, err error) {
	folder, err := os.OpenRoot(root)
	if err != nil {
		return nil, fmt.Errorf("package the folder %s: %w", root, plain(err))
	}
	p := &Package{name: root, root: folder}
	defer func() {
		if err != nil {
			p.Close()
		}
	}()
	for e, err := range Files(root, o) {
		if err == nil {
			err = p.add(e)
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
	}
	err = parallelWith(ctx, len(p.Files), workers(), func() (func(i int) error, func()) {
		from := &folders{root: p.root}
		return func(i int) error { return p.look(from, i) }, from.close
	})
	if err != nil {
		return nil, err
	}
	for _, f := range p.Files {
		p.Bytes += f.Size
	}
	return p, nil
}

// Close releases the folder.
func (p *Package) Close() error { return p.root.Close() }

func (p *Package) add(e ignore.Entry) error {
	switch {
	case e.Mode.IsRegular():
		p.Files = append(p.Files, File{Path: e.Path, Size: e.Size, Exec: e.Mode&0o111 != 0})
	case e.Mode&fs.ModeSymlink != 0:
		target, err := p.root.Readlink(e.Path)
		if err != nil {
			return p.failed(e.Path, err)
		}
		p.Files = append(p.Files, File{Path: e.Path, Link: filepath.ToSlash(target)})
	default:
		p.Notes = append(p.Notes, fmt.Sprintf("%s is left out: it is a %s", e.Path, kindOf(e.Mode)))
		return nil
	}
	p.seen = append(p.seen, nil)
	return nil
}

func kindOf(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSocket != 0:
		return "socket"
	case mode&fs.ModeNamedPipe != 0:
		return "named pipe"
	case mode&fs.ModeDevice != 0:
		return "device"
	}
	return "special file"
}

// look makes sure that an entry can be packaged.
func (p *Package) look(from *folders, i int) error {
	f := &p.Files[i]
	if f.Link != "" {
		return p.checkLink(f)
	}
	file, err := from.open(f.Path)
	if err != nil {
		return p.failed(f.Path, err)
	}
	defer file.Close()
	if p.seen[i], err = file.Stat(); err != nil {
		return p.failed(f.Path, err)
	}
	if !p.seen[i].Mode().IsRegular() {
		return p.changed(f.Path)
	}
	f.Size = p.seen[i].Size()
	return nil
}

// checkLink refuses links that leave the folder, also by way of other links.
func (p *Package) checkLink(f *File) error {
	err := checkLink(f.Path, f.Link)
	if err == nil {
		err = staysInside(p.root, f.Path)
	}
	if err != nil {
		return fmt.Errorf("package the folder %s: %w; make it a relative link to something inside, or leave it out with a line in %s",
			p.name, err, ignore.FileName)
	}
	return nil
}

// staysInside follows a link, by way of other links too. One that points to something missing, or
// in a circle, stays.
func staysInside(root *os.Root, link string) error {
	_, err := root.Stat(link)
	if _, escapes := root.Stat(".."); err == nil || !errors.Is(err, plain(escapes)) {
		return nil
	}
	target, _ := root.Readlink(link)
	return fmt.Errorf("the link %q points to %s, which is outside of the package", link, target)
}

func (p *Package) failed(path string, err error) error {
	return &readError{filepath.Join(p.name, filepath.FromSlash(path)), plain(err)}
}

// readError: a file could not be read.
type readError struct {
	file string
	err  error
}

func (e *readError) Error() string { return fmt.Sprintf("package the file %s: %v", e.file, e.err) }
func (e *readError) Unwrap() error { return e.err }

func (p *Package) changed(path string) error {
	return &changedError{filepath.Join(p.name, filepath.FromSlash(path))}
}

// changedError: a file was written to while it was packaged.
type changedError struct{ file string }

func (e *changedError) Error() string {
	return fmt.Sprintf("the file %s was changed while it was packaged; try again when nothing writes to it", e.file)
}

// plain is the error without the name of the system call and of the path, which the message has.
func plain(err error) error {
	var call *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &call):
		return call.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// source reads one file of a package and notices if it changes meanwhile.
type source struct {
	p    *Package
	i    int
	file *os.File
	n    int64
}

// open opens a file of the package, which must still be as it was when it was gathered.
func (p *Package) open(i int) (*source, error) {
	from := &folders{root: p.root}
	defer from.close()
	return p.openFrom(from, i)
}

func (p *Package) openFrom(from *folders, i int) (*source, error) {
	f := p.Files[i]
	file, err := from.open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, p.changed(f.Path)
	}
	if err != nil {
		return nil, p.failed(f.Path, err)
	}
	s := &source{p: p, i: i, file: file}
	if err := s.unchanged(); err != nil {
		file.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) unchanged() error {
	was := s.p.seen[s.i]
	is, err := s.file.Stat()
	if err != nil {
		return s.p.failed(s.p.Files[s.i].Path, err)
	}
	if !os.SameFile(was, is) || was.Size() != is.Size() || !was.ModTime().Equal(is.ModTime()) {
		return s.p.changed(s.p.Files[s.i].Path)
	}
	return nil
}

// Read gives the last bytes of a file only if all of it was read as it was when it was gathered.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.file.Read(b)
	s.n += int64(n)
	f := s.p.Files[s.i]
	switch {
	case err != nil && err != io.EOF:
		return n, s.p.failed(f.Path, err)
	case s.n > f.Size || err == io.EOF && s.n < f.Size:
		return n, s.p.changed(f.Path)
	case s.n == f.Size && n > 0:
		if changed := s.unchanged(); changed != nil {
			return 0, changed
		}
	}
	return n, err
}

func (s *source) Close() error { return s.file.Close() }

// workers is how many files are worked on at once where the disk is what is waited for.
func workers() int { return min(runtime.GOMAXPROCS(0), 8) }

// names gives the paths of files, for messages and tests.
func names(files []File) []string {
	all := make([]string, len(files))
	for i, f := range files {
		all[i] = f.Path
	}
	return all
}

// sortFiles puts files in the order of their paths.
func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
