package storage

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// attempts is how often a fetch begins anew because somebody is uploading to the place.
const attempts = 3

// s3Fetch brings what is at a place in S3 into the content-addressed store.
type s3Fetch struct {
	*bucket
	store *objects
	seen  map[string]Sum // of an earlier fetch, by etag, size and path
	files []File
	etags []string

	mu    sync.Mutex
	bytes int64
}

func (l Location) fetchFromS3(ctx context.Context, home, dir string) (Fetched, error) {
	b, err := l.connect(ctx)
	if err != nil {
		return Fetched{}, err
	}
	store, err := openObjects(home, false)
	if err != nil {
		return Fetched{}, err
	}
	defer store.close()
	f := &s3Fetch{bucket: b, store: store}
	for n := range attempts {
		if err = f.download(ctx); !isGone(err) || n == attempts-1 {
			break
		}
	}
	if isGone(err) {
		return Fetched{}, fmt.Errorf("fetch %s: its files are being changed; try again when the upload is over", l)
	}
	if err != nil {
		return Fetched{}, err
	}
	err = fill(ctx, dir, f.files, func(i int) (io.ReadCloser, error) {
		r, err := store.open(f.files[i].Sum, f.files[i].Size)
		if err != nil {
			return nil, f.damaged(i)
		}
		return &reworded{r, func(error) error { return f.damaged(i) }}, nil
	})
	return Fetched{Files: len(f.files), Bytes: f.bytes}, err
}

func (f *s3Fetch) damaged(i int) error {
	f.store.root.Remove(objectName(f.files[i].Sum))
	return fmt.Errorf("fetch %s: the copy of %s in %s was damaged, and is removed; try again", f.Location, f.files[i].Path, f.store.dir)
}

// download makes sure that the store has every file.
func (f *s3Fetch) download(ctx context.Context) error {
	there, known, err := f.look(ctx)
	if err != nil {
		return err
	}
	f.files, f.etags = nil, nil
	for path, o := range there {
		e := known[path]
		file := File{Path: path, Size: o.Size, Exec: e.Exec}
		if e.Sum != "" {
			if file.Sum, err = parseSum(e.Sum); err != nil {
				return fmt.Errorf("fetch %s: the entry of %s in its %s: %w", f.Location, path, indexName, err)
			}
		}
		f.files = append(f.files, file)
	}
	for path, e := range known {
		if e.Link != "" {
			f.files = append(f.files, File{Path: path, Link: e.Link})
		}
	}
	sortFiles(f.files)
	if len(f.files) == 0 {
		return fmt.Errorf("fetch %s: there are no files", f.Location)
	}
	if err := checkFiles(f.files); err != nil {
		return fmt.Errorf("fetch %s: %w", f.Location, err)
	}
	for _, file := range f.files {
		f.etags = append(f.etags, there[file.Path].ETag)
	}
	f.seen = f.remembered()
	if err := parallel(ctx, len(f.files), s3Workers, func(i int) error { return f.file(ctx, i) }); err != nil {
		return err
	}
	return f.remember()
}

// file fetches one file unless the store has it.
func (f *s3Fetch) file(ctx context.Context, i int) error {
	file := &f.files[i]
	if file.Link != "" {
		return nil
	}
	expected := file.Sum
	if expected == (Sum{}) {
		file.Sum = f.seen[f.memory(i)]
	}
	if file.Sum != (Sum{}) && f.store.has(file.Sum, file.Size) {
		return nil
	}
	o, err := f.get(ctx, file.Path, f.etags[i])
	if isGone(err) {
		return err
	}
	if err != nil {
		return f.failed("fetch "+file.Path+" from", err)
	}
	defer o.Close()
	d, err := f.store.draft()
	if err != nil {
		return err
	}
	if err := copyAll(d, o); err != nil {
		d.drop()
		return f.failed("fetch "+file.Path+" from", err)
	}
	return f.keep(file, expected, d)
}

// keep takes a download into the store if it is what the index promised.
func (f *s3Fetch) keep(file *File, expected Sum, d *draft) error {
	var got Sum
	d.hash.Sum(got[:0])
	if expected != (Sum{}) && got != expected || d.size != file.Size {
		d.drop()
		return fmt.Errorf("fetch %s from %s: %w; build the deployment again", file.Path, f.Location, errDamaged)
	}
	if _, err := d.keep(); err != nil {
		return err
	}
	file.Sum = got
	f.mu.Lock()
	f.bytes += file.Size
	f.mu.Unlock()
	return nil
}

// memory is how an object is remembered: what has the same ETag, size and name is the same.
func (f *s3Fetch) memory(i int) string {
	return fmt.Sprintf("%s %d %q", f.etags[i], f.files[i].Size, f.files[i].Path)
}

// memoryName is the file in which a place is remembered.
func (f *s3Fetch) memoryName() string {
	sum := Sum(sha256.Sum256([]byte(f.endpoint + " " + f.Location.String())))
	return filepath.Join("fetched", sum.String())
}

// remembered reads what was found at this place the last time: a line "SHA256 ETAG SIZE "PATH"" for
// each file. A line that can't be read costs no more than fetching the file.
func (f *s3Fetch) remembered() map[string]Sum {
	text, err := f.store.root.ReadFile(f.memoryName())
	if err != nil {
		return nil
	}
	seen := map[string]Sum{}
	for line := range strings.Lines(string(text)) {
		sum, memory, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if s, err := parseSum(sum); err == nil {
			seen[memory] = s
		}
	}
	return seen
}

func (f *s3Fetch) remember() error {
	var b strings.Builder
	for i, file := range f.files {
		if file.Link == "" {
			b.WriteString(file.Sum.String() + " " + f.memory(i) + "\n")
		}
	}
	if old, err := f.store.root.ReadFile(f.memoryName()); err == nil && string(old) == b.String() {
		return f.store.touch(f.memoryName())
	} else if err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("read the store of snapshots: %w", plain(err))
	}
	return f.store.write(f.memoryName(), []byte(b.String()))
}

// sumsOf gives the sums that a memory names, for prune.
func sumsOf(memory string) []Sum {
	var sums []Sum
	for line := range strings.Lines(memory) {
		text, _, _ := strings.Cut(line, " ")
		if s, err := parseSum(text); err == nil {
			sums = append(sums, s)
		}
	}
	return sums
}
