package process

import (
	"hash/fnv"
	"os"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// The numbers of processes in another container mean nothing here, but locks on a file that both
// see do: the kernel drops them with the process, however it ends.
var announced struct {
	mu   sync.Mutex
	path string
	held *os.File // its lock goes when it is closed
}

// MeetAt names the file by whose locks processes of several containers know of each other.
func MeetAt(path string) {
	announced.mu.Lock()
	defer announced.mu.Unlock()
	announced.path = path
}

// Announce returns the identity of this process, and shows until its end, in the file that MeetAt
// has named, that it lives.
func Announce() (Identity, error) {
	id, err := Self()
	if err != nil {
		return id, err
	}
	announced.mu.Lock()
	defer announced.mu.Unlock()
	if announced.path == "" || announced.held != nil {
		return id, nil
	}
	f, err := os.OpenFile(announced.path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return id, err
	}
	// A file system without locks is no reason not to work: there, none is seen to have gone.
	_ = unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, id.lock(unix.F_WRLCK))
	announced.held = f
	return id, nil
}

// isAnnounced reports whether the process holds its lock. One that can't be asked for counts as
// held: what may live is never called dead.
func isAnnounced(id Identity) bool {
	announced.mu.Lock()
	defer announced.mu.Unlock()
	f, err := os.Open(announced.path)
	if err != nil {
		return true
	}
	defer f.Close()
	lock := id.lock(unix.F_WRLCK)
	err = unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, lock)
	return err != nil || lock.Type != unix.F_UNLCK
}

// lock is the byte of the file that stands for the process.
func (id Identity) lock(kind int16) *unix.Flock_t {
	h := fnv.New64a()
	h.Write([]byte(id.String()))
	return &unix.Flock_t{Type: kind, Whence: 0, Start: int64(h.Sum64() >> 2), Len: 1}
}

// hostSpace is the inode of the machine's own PID name space (PROC_PID_INIT_INO of the kernel).
const hostSpace = "4026531836"

// space names the PID name space of this process.
var space = sync.OnceValue(func() string {
	link, err := os.Readlink("/proc/self/ns/pid") // pid:[4026531836]
	inode := strings.Trim(strings.TrimPrefix(link, "pid:"), "[]")
	if err != nil || inode == hostSpace {
		return ""
	}
	return inode
})
