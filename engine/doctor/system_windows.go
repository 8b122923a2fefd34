package doctor

import (
	"io/fs"
	"path/filepath"

	"golang.org/x/sys/windows"
)

// loose: modes say nothing on Windows, where a user's own folders are private.
func loose(fs.FileInfo) bool { return false }

func freeBytes(path string) (int64, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return 0, err
	}
	var free uint64
	err = windows.GetDiskFreeSpaceEx(name, &free, nil, nil)
	return int64(free), err
}

func filesystemKind(path string) (kind string, shared bool) {
	root, err := windows.UTF16PtrFromString(filepath.VolumeName(path) + `\`)
	if err == nil && windows.GetDriveType(root) == windows.DRIVE_REMOTE {
		return "a network drive", true
	}
	return "", false
}

func isWSL1() bool { return false }
