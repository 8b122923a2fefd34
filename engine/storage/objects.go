package storage

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// objects is the content-addressed store, PREFECT_HOME/snapshots: each file is kept once, whatever
// packages hold it.
//
//	objects/ab/cdef...  files by their SHA-256, readable by their owner only
//	trees/DIGEST        snapshots: the lists of their files
//	fetched/NAME        what was last found at a place in S3
//	tmp/                what is being written; it gets its name when it is whole
//	lock                held shared while the store is used, alone by prune
type objects struct {
	dir    string
	root   *os.Root
	unlock func()
}

// openObjects opens the store, which is made if it isn't there.
func openObjects(home string, alone bool) (*objects, error) {
	dir := filepath.Join(home, "snapshots")
	for _, sub := range []string{"objects", "trees", "fetched", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("make the store of snapshots: %w", err)
		}
	}
	unlock, err := lock(filepath.Join(dir, "lock"), alone, true)
	if err != nil {
		return nil, fmt.Errorf("lock the store of snapshots: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		unlock()
		return nil, fmt.Errorf("open the store of snapshots: %w", err)
	}
	return &objects{dir, root, unlock}, nil
}

func (o *objects) close() {
	o.root.Close()
	o.unlock()
}

func objectName(s Sum) string {
	text := s.String()
	return filepath.Join("objects", text[:2], text[2:])
}

// has tells whether the store has a file. One of the wrong size is damaged, and as good as none.
func (o *objects) has(s Sum, size int64) bool {
	info, err := o.root.Lstat(objectName(s))
	return err == nil && info.Mode().IsRegular() && info.Size() == size
}

// draft is a file on its way into the store.
type draft struct {
	o    *objects
	name string
	file *os.File
	hash hash.Hash
	size int64
}

func (o *objects) draft() (*draft, error) {
	name := filepath.Join("tmp", rand.Text())
	f, err := o.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("write to the store of snapshots: %w", plain(err))
	}
	return &draft{o: o, name: name, file: f, hash: sha256.New()}, nil
}

func (d *draft) Write(b []byte) (int, error) {
	d.hash.Write(b)
	d.size += int64(len(b))
	return d.file.Write(b)
}

// keep gives the file its name, which is its sum.
func (d *draft) keep() (s Sum, err error) {
	d.hash.Sum(s[:0])
	if err = d.file.Close(); err == nil {
		err = d.o.rename(d.name, objectName(s))
	}
	if err != nil {
		d.o.root.Remove(d.name)
		return s, fmt.Errorf("write to the store of snapshots: %w", plain(err))
	}
	return s, nil
}

func (d *draft) drop() {
	d.file.Close()
	d.o.root.Remove(d.name)
}

func (o *objects) rename(from, to string) error {
	err := o.root.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		if err = o.root.MkdirAll(filepath.Dir(to), 0o700); err == nil {
			err = o.root.Rename(from, to)
		}
	}
	return err
}

// put keeps a file that must have this sum.
func (o *objects) put(content io.Reader, want Sum) error {
	d, err := o.draft()
	if err != nil {
		return err
	}
	if err := copyAll(d, content); err != nil {
		d.drop()
		return err
	}
	var got Sum
	if d.hash.Sum(got[:0]); got != want {
		d.drop()
		return errDamaged
	}
	_, err = d.keep()
	return err
}

// errDamaged: content hasn't the sum that it should have.
var errDamaged = errors.New("the content is not what it should be")

// open opens a file of the store. Its last bytes are read only if all are as they should be.
func (o *objects) open(s Sum, size int64) (io.ReadCloser, error) {
	f, err := o.root.Open(objectName(s))
	if err != nil {
		return nil, plain(err)
	}
	return struct {
		io.Reader
		io.Closer
	}{verify(f, s, size), f}, nil
}

// verifier checks what goes through it.
type verifier struct {
	r    io.Reader
	hash hash.Hash
	want Sum
	left int64
}

func verify(r io.Reader, want Sum, size int64) io.Reader {
	return &verifier{r, sha256.New(), want, size}
}

func (v *verifier) Read(b []byte) (int, error) {
	n, err := v.r.Read(b)
	v.hash.Write(b[:n])
	v.left -= int64(n)
	if v.left < 0 || v.left > 0 && err == io.EOF {
		return n, errDamaged
	}
	if v.left == 0 && n > 0 || v.left == 0 && err == io.EOF {
		var got Sum
		if v.hash.Sum(got[:0]); got != v.want {
			return 0, errDamaged
		}
	}
	return n, err
}

// write puts a small file in place: a list of files, never half of one.
func (o *objects) write(name string, data []byte) error {
	temp := filepath.Join("tmp", rand.Text())
	f, err := o.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = f.Write(data)
		if err == nil {
			err = f.Sync()
		}
		if err = errors.Join(err, f.Close()); err == nil {
			err = o.root.Rename(temp, name)
		}
		if err != nil {
			o.root.Remove(temp)
		}
	}
	if err != nil {
		return fmt.Errorf("write to the store of snapshots: %w", plain(err))
	}
	return nil
}
