package store

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// watch tells from now on, until ctx ends, of writes to the write-ahead log by inotify, which costs
// nothing while there are none. Where that can't be had (too many watches), it polls.
func watch(ctx context.Context, path string, within time.Duration, tell func()) {
	events, err := openEvents(filepath.Dir(path))
	if err != nil {
		go poll(ctx, path, within, tell)
		return
	}
	context.AfterFunc(ctx, func() { events.Close() })
	go readEvents(events, filepath.Base(path)+"-wal", within, tell)
}

func readEvents(events *os.File, log string, within time.Duration, tell func()) {
	buffer := make([]byte, 64*(unix.SizeofInotifyEvent+unix.NAME_MAX+1))
	for {
		n, err := events.Read(buffer)
		if err != nil {
			return
		}
		if names(buffer[:n], log) {
			tell()
			time.Sleep(within)
		}
	}
}

// openEvents watches the folder, since the file may be made anew.
func openEvents(folder string) (*os.File, error) {
	fd, err := unix.InotifyInit1(unix.IN_CLOEXEC | unix.IN_NONBLOCK)
	if err != nil {
		return nil, err
	}
	if _, err := unix.InotifyAddWatch(fd, folder, unix.IN_MODIFY|unix.IN_CREATE); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "inotify"), nil
}

// names reports whether one of the events is about the file.
func names(events []byte, file string) bool {
	for len(events) >= unix.SizeofInotifyEvent {
		e := (*unix.InotifyEvent)(unsafe.Pointer(&events[0]))
		end := min(unix.SizeofInotifyEvent+int(e.Len), len(events))
		if e.Mask&unix.IN_Q_OVERFLOW != 0 || strings.TrimRight(string(events[unix.SizeofInotifyEvent:end]), "\x00") == file {
			return true
		}
		events = events[end:]
	}
	return false
}
