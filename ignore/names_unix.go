//go:build unix

package ignore

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// openNames opens a folder for its names only. A file opened through an os.Root
// asks the system about each name it lists, most of the time of a walk with
// many ignored files; a second descriptor of the same folder doesn't.
func openNames(folder *os.Root) (*os.File, error) {
	f, err := folder.Open(".")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fd, err := unix.FcntlInt(f.Fd(), unix.F_DUPFD_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open the folder again: %w", err)
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}
