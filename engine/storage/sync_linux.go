package storage

import (
	"os"

	"golang.org/x/sys/unix"
)

// syncEach: whether each file is to be made safe from a loss of power on its own.
const syncEach = false

// syncAll makes all that was written safe at once, which for ten thousand small files takes a
// fraction of what one after the other takes.
func syncAll(dir *os.Root) error {
	f, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer f.Close()
	return unix.Syncfs(int(f.Fd()))
}
