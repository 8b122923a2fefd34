package doctor

import (
	"slices"

	"golang.org/x/sys/unix"
)

func filesystemKind(path string) (kind string, shared bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(path, &s); err != nil {
		return "", false
	}
	kind = unix.ByteSliceToString(s.Fstypename[:])
	return kind, slices.Contains([]string{"nfs", "smbfs", "afpfs", "webdav"}, kind)
}

func isWSL1() bool { return false }
