//go:build unix

package doctor

import (
	"io/fs"

	"golang.org/x/sys/unix"
)

// loose reports whether other users can read or write a file.
func loose(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }

func freeBytes(path string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return 0, err
	}
	return int64(s.Bavail) * int64(s.Bsize), nil
}
