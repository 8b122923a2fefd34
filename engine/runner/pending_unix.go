//go:build unix

package runner

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// pending is how many bytes there are to read.
func pending(s stream) (n int) {
	c, ok := s.(syscall.Conn)
	if !ok {
		return 0
	}
	if raw, err := c.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { n, _ = unix.IoctlGetInt(int(fd), inQueue) })
	}
	return n
}
