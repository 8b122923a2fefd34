package storage

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	// s3Workers is how many requests are under way at once: most of the time of each is waiting.
	s3Workers = 8
	// maxKey is the longest name of an object, in bytes.
	maxKey = 1024
)

// s3Upload sends a package to S3.
type s3Upload struct {
	*bucket
	p     *Package
	there map[string]object
	known map[string]indexEntry
	done  func()

	mu   sync.Mutex
	sent Uploaded
}

func (l Location) uploadToS3(ctx context.Context, p *Package, o Options) (Uploaded, error) {
	b, err := l.connect(ctx)
	if err != nil {
		return Uploaded{}, err
	}
	if err := b.checkNames(p); err != nil {
		return Uploaded{}, err
	}
	// Sums are needed to know what has changed, so every file is read before anything is sent.
	if err := parallel(ctx, len(p.Files), workers(), p.sum); err != nil {
		return Uploaded{}, err
	}
	up := &s3Upload{bucket: b, p: p, done: counter(o, len(p.Files))}
	if up.there, up.known, err = b.look(ctx); err != nil {
		return Uploaded{}, err
	}
	before := maps.Clone(up.known)
	if up.known == nil {
		up.known = map[string]indexEntry{}
	}
	if err := up.clear(); err != nil {
		return Uploaded{}, err
	}
	err = parallel(ctx, len(p.Files), s3Workers, func(i int) error {
		defer up.done()
		return up.file(ctx, i)
	})
	if maps.Equal(before, up.known) || err != nil && up.sent.Sent == 0 {
		return up.sent, err
	}
	// After an error too: what was sent need not be sent again.
	if e := b.writeIndex(context.WithoutCancel(ctx), up.entries()); err == nil {
		err = e
	}
	return up.sent, err
}

// clear refuses a package that can't stand beside what is there: a file below a file. An old link in
// the place of a folder is only a line of the index, and is taken out.
func (u *s3Upload) clear() error {
	folders := map[string]string{}
	for there := range u.there {
		for dir := path.Dir(there); dir != "."; dir = path.Dir(dir) {
			folders[dir] = there
		}
	}
	for _, f := range u.p.Files {
		if there, ok := folders[f.Path]; ok {
			return fmt.Errorf("upload %s to %s: there is %s in its place; remove that first", f.Path, u.Location, there)
		}
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if _, ok := u.there[dir]; ok {
				return fmt.Errorf("upload %s to %s: there is a file %s in the place of its folder; remove that first", f.Path, u.Location, dir)
			}
			if u.known[dir].Link != "" {
				delete(u.known, dir)
			}
		}
	}
	return nil
}

// checkNames refuses what S3 can't hold, before anything is sent.
func (b *bucket) checkNames(p *Package) error {
	for _, f := range p.Files {
		key := b.key(f.Path)
		switch {
		case !utf8.ValidString(key):
			return fmt.Errorf("the name of the file %q is not UTF-8, and S3 takes no other; rename it, or leave it out with a line in .prefectignore", f.Path)
		case len(key) > maxKey:
			return fmt.Errorf("the path %s is longer than the %d bytes that S3 takes; leave it out with a line in .prefectignore", key, maxKey)
		case f.Path == indexName:
			return fmt.Errorf("the name %s is needed for the list of the files; rename the file, or leave it out with a line in .prefectignore", f.Path)
		}
	}
	return nil
}

// sum reads a file and notes its sum.
func (p *Package) sum(i int) error {
	f := &p.Files[i]
	if f.Link != "" {
		return nil
	}
	content, err := p.open(i)
	if err != nil {
		return err
	}
	defer content.Close()
	f.Sum, err = sumOf(content)
	return err
}

// file sends one entry unless it is there already.
func (u *s3Upload) file(ctx context.Context, i int) error {
	f := u.p.Files[i]
	entry := indexEntry{Path: f.Path, Size: f.Size, Exec: f.Exec, Link: f.Link}
	if f.Link != "" {
		if _, there := u.there[f.Path]; there {
			// An object of the link's name would be taken for the file.
			if err := u.remove(ctx, f.Path); err != nil {
				return u.failed("replace "+f.Path+" in", err)
			}
		}
		u.note(entry, 0)
		return nil
	}
	entry.Sum = f.Sum.String()
	if old, ok := u.knows(f.Path); ok && old.Sum == entry.Sum {
		entry.ETag = old.ETag
		u.note(entry, -1)
		return nil
	}
	var err error
	if entry.ETag, err = u.send(ctx, i); err != nil {
		return err
	}
	u.note(entry, f.Size)
	return nil
}

func (u *s3Upload) knows(path string) (indexEntry, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	e, ok := u.known[path]
	return e, ok
}

// note puts an entry into the index; sent is how many bytes were sent, -1 if it was there.
func (u *s3Upload) note(e indexEntry, sent int64) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if sent >= 0 && u.known[e.Path] != e {
		u.sent.Sent++
		u.sent.Bytes += sent
	}
	u.known[e.Path] = e
}

// send sends one file and returns its ETag. Small ones are checked before the first byte goes out; of
// large ones the last part is not sent, and so nothing is to be seen, if they have changed.
func (u *s3Upload) send(ctx context.Context, i int) (string, error) {
	f := u.p.Files[i]
	content, err := u.p.open(i)
	if err != nil {
		return "", err
	}
	defer content.Close()
	etag, err := u.put(ctx, f.Path, verify(content, f.Sum, f.Size), f.Size, "application/octet-stream")
	if err != nil {
		return "", u.unlessChanged(f, err)
	}
	return etag, nil
}

// unlessChanged words an error of sending: the file's own if it was one.
func (u *s3Upload) unlessChanged(f File, err error) error {
	var changed *changedError
	switch {
	case errors.Is(err, errDamaged):
		return u.p.changed(f.Path)
	case errors.As(err, &changed):
		return changed
	}
	return u.failed("upload "+f.Path+" to", err)
}

// entries gives the index in the order of its paths.
func (u *s3Upload) entries() []indexEntry {
	return slices.SortedFunc(maps.Values(u.known), func(a, b indexEntry) int { return strings.Compare(a.Path, b.Path) })
}
