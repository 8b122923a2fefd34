package storage

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

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
