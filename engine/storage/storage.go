package storage

import (
	"context"
	"fmt"
	"os"
	"sync"
)

// Uploaded says what an upload did.
type Uploaded struct {
	Files int      // in the package
	Size  int64    // of all of them, in bytes
	Sent  int      // of them new or changed, and therefore sent
	Bytes int64    // sent
	Notes []string // what was left out, and why
}

// Fetched says what a fetch did.
type Fetched struct {
	Files int      // in the package
	Bytes int64    // that had to be fetched
	Notes []string // what was left out, and why
}

// Upload packages a folder and puts the package at a location. What is there already is not sent
// again, and what is there besides stays: Prefect never deletes from a storage block, where other
// deployments may have theirs. Where the location is the folder itself nothing is done.
func Upload(ctx context.Context, l Location, root string, o Options) (Uploaded, error) {
	if l.Folder != "" && real(l.Folder) == real(root) {
		return Uploaded{}, nil
	}
	if l.Folder != "" {
		o.Leave = append([]string{l.Folder}, o.Leave...)
	}
	p, err := Gather(ctx, root, o)
	if err != nil {
		return Uploaded{}, err
	}
	defer p.Close()
	var u Uploaded
	if l.Folder != "" {
		u, err = l.uploadToFolder(ctx, p, o)
	} else {
		u, err = l.uploadToS3(ctx, p, o)
	}
	u.Files, u.Size, u.Notes = len(p.Files), p.Bytes, p.Notes
	return u, err
}

// Fetch copies what is at a location into dir, an empty folder. What comes from S3 is kept below
// home by its content, and not fetched again while it stays as it is.
func Fetch(ctx context.Context, l Location, home, dir string) (Fetched, error) {
	if l.Folder != "" {
		return l.fetchFromFolder(ctx, dir)
	}
	return l.fetchFromS3(ctx, home, dir)
}

// Get copies what is at a location into a folder that need not be empty. As in an upload, what is
// there besides stays.
func Get(ctx context.Context, l Location, home, dir string) (Uploaded, error) {
	if l.Folder != "" {
		if _, err := os.Stat(l.Folder); err != nil {
			return Uploaded{}, fmt.Errorf("get the files of %s: %w", l, plain(err))
		}
		return Upload(ctx, Location{Folder: dir}, l.Folder, fetched)
	}
	temp, err := os.MkdirTemp("", "prefect-get-")
	if err != nil {
		return Uploaded{}, fmt.Errorf("get the files of %s: %w", l, err)
	}
	defer os.RemoveAll(temp)
	if _, err := Fetch(ctx, l, home, temp); err != nil {
		return Uploaded{}, err
	}
	return Upload(ctx, Location{Folder: dir}, temp, Options{All: true})
}

// counter gives a function that reports one more of total.
func counter(o Options, total int) func() {
	var mu sync.Mutex
	done := 0
	return func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		o.report(done, total)
	}
}
