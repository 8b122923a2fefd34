package process

import (
	"errors"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

func lead(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// awaitEnd waits for a child's end and leaves it to be waited for, so that its number stays its own.
func awaitEnd(pid int) {
	queue, err := unix.Kqueue()
	if err != nil {
		return
	}
	defer unix.Close(queue)
	exit := unix.Kevent_t{Ident: uint64(pid), Filter: unix.EVFILT_PROC, Flags: unix.EV_ADD | unix.EV_ONESHOT, Fflags: unix.NOTE_EXIT}
	for {
		n, err := unix.Kevent(queue, []unix.Kevent_t{exit}, make([]unix.Kevent_t, 1), nil)
		if n > 0 || !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// Adopt has nothing to do on macOS, where a process is not made the parent of its descendants.
func (c *Child) Adopt() {}

// AdoptOrphans has no counterpart on macOS: a child that starts a session of its own is not found.
func AdoptOrphans() {}

func (c *Child) signal(kill bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return
	}
	sig := syscall.SIGTERM
	if kill {
		sig = syscall.SIGKILL
	}
	_ = syscall.Kill(-c.cmd.Process.Pid, sig)
}

// Survivors can't be counted on macOS.
func Survivors() int { return 0 }

// KillMarked has no counterpart on macOS, where the flow's own process ends with its channel.
func KillMarked(name, value string) {}
