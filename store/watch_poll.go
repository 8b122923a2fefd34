package store

import (
	"context"
	"io/fs"
	"os"
	"time"
)

// pollEvery is how often the write-ahead log is looked at where the system doesn't tell of writes.
const pollEvery = 50 * time.Millisecond

// poll looks at the size and the time of the write-ahead log: one call to the system, and no file
// of the database is opened (closing it again would drop SQLite's locks on it).
func poll(ctx context.Context, path string, within time.Duration, tell func()) {
	ticker := time.NewTicker(max(pollEvery, within))
	defer ticker.Stop()
	var last fs.FileInfo
	for {
		info, err := os.Stat(path + "-wal")
		if err == nil && (last == nil || info.Size() != last.Size() || !info.ModTime().Equal(last.ModTime())) {
			last = info
			tell()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
