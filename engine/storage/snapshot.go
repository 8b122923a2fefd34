package storage

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Snapshotted says what Snapshot did.
type Snapshotted struct {
	Digest string   // the snapshot's name: SHA-256, in hex digits, of the list of its files
	Files  int      // in the snapshot
	Added  int      // of them not in the store before
	Bytes  int64    // of all files
	Notes  []string // what was left out, and why
}

// Snapshot packages a folder into the store below home. The same files give the same digest, on
// every machine. The snapshot is there when all of it is; a call that is killed leaves none.
func Snapshot(ctx context.Context, home, root string, o Options) (Snapshotted, error) {
	o.Leave = append([]string{filepath.Join(home, "snapshots")}, o.Leave...)
	p, err := Gather(ctx, root, o)
	if err != nil {
		return Snapshotted{}, err
	}
	defer p.Close()
	store, err := openObjects(home, false)
	if err != nil {
		return Snapshotted{}, err
	}
	defer store.close()
	isNew := make([]bool, len(p.Files))
	done := counter(o, len(p.Files))
	err = parallel(ctx, len(p.Files), workers(), func(i int) error {
		defer done()
		added, err := store.add(p, i)
		isNew[i] = added
		return err
	})
	if err != nil {
		return Snapshotted{}, err
	}
	list := formatList(p.Files)
	s := Snapshotted{Digest: digest(list), Files: len(p.Files), Bytes: p.Bytes, Notes: p.Notes}
	var added []string
	for i, f := range p.Files {
		if isNew[i] {
			added = append(added, objectName(f.Sum))
		}
	}
	s.Added = len(added)
	if err := store.sync(added); err != nil {
		return s, err
	}
	return s, store.publish(s.Digest, list)
}

// fewFiles is how many files are made safe from a loss of power one by one. For more it is faster
// to write out all that the file system holds back, whoever wrote it.
const fewFiles = 50

// sync makes files of the store safe, so that no snapshot is to be seen that would lack them.
func (o *objects) sync(names []string) error {
	if len(names) > fewFiles && syncAll(o.root) == nil {
		return nil
	}
	for _, name := range names {
		f, err := o.root.OpenFile(name, os.O_RDWR, 0)
		if err == nil {
			err = errors.Join(f.Sync(), f.Close())
		}
		if err != nil {
			return fmt.Errorf("write to the store of snapshots: %w", plain(err))
		}
	}
	return nil
}

// small is how large a file may be that is read into memory at once, in bytes.
const small = 1 << 20

// add keeps a file of a package and notes its sum.
func (o *objects) add(p *Package, i int) (isNew bool, err error) {
	f := &p.Files[i]
	if f.Link != "" {
		return false, nil
	}
	content, err := p.open(i)
	if err != nil {
		return false, err
	}
	defer content.Close()
	if f.Size > small {
		return o.addLarge(p, i, content)
	}
	var b bytes.Buffer
	if err := copyAll(&b, content); err != nil {
		return false, err
	}
	f.Sum = sha256.Sum256(b.Bytes())
	if o.has(f.Sum, f.Size) {
		return false, nil
	}
	return true, o.put(&b, f.Sum)
}

// addLarge reads a file twice rather than write one that is there already.
func (o *objects) addLarge(p *Package, i int, content io.Reader) (isNew bool, err error) {
	f := &p.Files[i]
	if f.Sum, err = sumOf(content); err != nil || o.has(f.Sum, f.Size) {
		return false, err
	}
	again, err := p.open(i)
	if err != nil {
		return false, err
	}
	defer again.Close()
	if err := o.put(again, f.Sum); err != nil {
		if errors.Is(err, errDamaged) {
			err = p.changed(f.Path)
		}
		return false, err
	}
	return true, nil
}

func sumOf(r io.Reader) (s Sum, err error) {
	h := sha256.New()
	err = copyAll(h, r)
	h.Sum(s[:0])
	return s, err
}

// publish makes a snapshot visible, when all its files are safe.
func (o *objects) publish(digest string, list []byte) error {
	name := filepath.Join("trees", digest)
	if there, err := o.root.ReadFile(name); err == nil && bytes.Equal(there, list) {
		return o.touch(name)
	}
	return o.write(name, list)
}

// touch notes that something is used, for prune.
func (o *objects) touch(name string) error {
	now := time.Now()
	if err := o.root.Chtimes(name, now, now); err != nil {
		return fmt.Errorf("write to the store of snapshots: %w", plain(err))
	}
	return nil
}

// ErrNoSnapshot is the cause where there is no snapshot of a digest.
var ErrNoSnapshot = errors.New("snapshot not found")

// CheckSnapshot tells whether the store below home has a snapshot, by an error that says what to do.
func CheckSnapshot(home, digest string) error {
	if _, err := parseSum(digest); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(home, "snapshots", "trees", digest)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("the snapshot %s is not in %s; build the deployment again: %w", digest, filepath.Join(home, "snapshots"), ErrNoSnapshot)
	} else if err != nil {
		return fmt.Errorf("look for the snapshot %s: %w", digest, err)
	}
	return nil
}

// Materialise writes the files of a snapshot into dir, an empty folder.
func Materialise(ctx context.Context, home, digest, dir string) error {
	if err := CheckSnapshot(home, digest); err != nil {
		return err
	}
	store, err := openObjects(home, false)
	if err != nil {
		return err
	}
	defer store.close()
	name := filepath.Join("trees", digest)
	files, err := store.tree(digest)
	if err != nil {
		return fmt.Errorf("the snapshot %s is damaged: %w; build the deployment again", digest, err)
	}
	if err := store.touch(name); err != nil {
		return err
	}
	return fill(ctx, dir, files, func(i int) (io.ReadCloser, error) {
		r, err := store.open(files[i].Sum, files[i].Size)
		if err != nil {
			return nil, store.damaged(digest, files[i])
		}
		return &reworded{r, func(error) error { return store.damaged(digest, files[i]) }}, nil
	})
}

// damaged takes a file away that isn't what it should be, so that the next build writes it anew.
func (o *objects) damaged(digest string, f File) error {
	o.root.Remove(objectName(f.Sum))
	o.root.Remove(filepath.Join("trees", digest))
	return fmt.Errorf("the snapshot %s is damaged in the file %s; build the deployment again", digest, f.Path)
}

// tree reads the list of a snapshot, which its name must fit.
func (o *objects) tree(name string) ([]File, error) {
	text, err := o.root.ReadFile(filepath.Join("trees", name))
	if err != nil {
		return nil, plain(err)
	}
	if digest(text) != name {
		return nil, errDamaged
	}
	return parseList(text)
}

// reworded gives a reader's errors other words.
type reworded struct {
	io.ReadCloser
	word func(error) error
}

func (r *reworded) Read(b []byte) (int, error) {
	n, err := r.ReadCloser.Read(b)
	if err != nil && err != io.EOF {
		err = r.word(err)
	}
	return n, err
}
