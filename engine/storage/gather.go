package storage

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"prefect/ignore"
)

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

// workers is how many files are worked on at once where the disk is what is waited for.
func workers() int { return min(runtime.GOMAXPROCS(0), 8) }

// sortFiles puts files in the order of their paths.
func sortFiles(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
}
