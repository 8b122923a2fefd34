package storage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// Open opens the file at a path below a location. Where there is none the cause of the error, and
// the last words of its text, are fs.ErrNotExist, on every system and for every place.
func Open(ctx context.Context, l Location, p string) (io.ReadCloser, error) {
	if err := checkPath(p); err != nil {
		return nil, err
	}
	if l.Folder != "" {
		f, err := os.OpenInRoot(l.Folder, filepath.FromSlash(p))
		if errors.Is(err, fs.ErrNotExist) {
			err = fs.ErrNotExist
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", filepath.Join(l.Folder, p), plain(err))
		}
		return f, nil
	}
	b, err := l.connect(ctx)
	if err != nil {
		return nil, err
	}
	o, err := b.get(ctx, p, "")
	switch {
	case isGone(err):
		return nil, fmt.Errorf("read %s/%s: %w", l, p, fs.ErrNotExist)
	case err != nil:
		return nil, b.failed("read "+p+" from", err)
	}
	return o, nil
}

// Write puts content at a path below a location, in place of what is there.
func Write(ctx context.Context, l Location, p string, content []byte) error {
	if err := checkPath(p); err != nil {
		return err
	}
	if l.Folder != "" {
		return l.writeFile(p, content)
	}
	b, err := l.connect(ctx)
	if err != nil {
		return err
	}
	_, err = b.put(ctx, p, bytes.NewReader(content), int64(len(content)), "application/octet-stream")
	if err != nil {
		return b.failed("write "+p+" to", err)
	}
	return nil
}

func (l Location) writeFile(p string, content []byte) error {
	err := os.MkdirAll(l.Folder, 0o777)
	if err != nil {
		return fmt.Errorf("create the folder %s: %w", l.Folder, plain(err))
	}
	root, err := os.OpenRoot(l.Folder)
	if err == nil {
		defer root.Close()
		err = root.MkdirAll(filepath.FromSlash(path.Dir(p)), 0o777)
	}
	if err == nil {
		err = root.WriteFile(filepath.FromSlash(p), content, 0o666)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", filepath.Join(l.Folder, p), plain(err))
	}
	return nil
}
