package storage

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncAll writes out what the file system of a folder holds back.
func syncAll(dir *os.Root) error {
	f, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
