package process

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func lead(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// awaitEnd waits for a child's end and leaves it to be waited for, so that its number stays its own.
func awaitEnd(pid int) {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return
		}
	}
}

// adoptEvery is how often at most the dead are collected.
const adoptEvery = 100 * time.Millisecond

// Adopt makes this process the parent of descendants whose own parent ends, so that a double fork
// can't hide one from Terminate and Kill, and collects those that have ended. It is for a process
// that starts nothing but c; it returns when c is over.
func (c *Child) Adopt() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGCHLD)
	defer signal.Stop(ended)
	for {
		collectAdopted(c.cmd.Process.Pid)
		select {
		case <-ended:
			time.Sleep(adoptEvery) // one that starts daemons all the time shall not keep us busy
		case <-c.ended:
			return
		}
	}
}

// AdoptOrphans is called before Start; see Adopt.
func AdoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// collectAdopted waits for children that have ended, except for the one that Child.Wait is for.
func collectAdopted(except int) {
	for _, p := range processes() {
		if p.parent == os.Getpid() && p.ended && p.pid != except {
			_, _ = unix.Wait4(p.pid, nil, unix.WNOHANG, nil)
		}
	}
}

func (c *Child) signal(kill bool) {
	sig := unix.SIGTERM
	if kill {
		sig = unix.SIGKILL
	}
	group := c.signalGroup(sig)
	for _, p := range descendants(os.Getpid(), 0) {
		if p.group != group { // the others have it already, and a second SIGTERM can mean "at once"
			signalDescendant(p.pid, sig)
		}
	}
}

// signalGroup reaches all of the group in one go, so that none can get away by forking. It returns
// the group, or 0 once the group's number may be another's.
func (c *Child) signalGroup(sig unix.Signal) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reaped {
		return 0
	}
	_ = unix.Kill(-c.cmd.Process.Pid, sig)
	return c.cmd.Process.Pid
}

// signalDescendant signals a process if it is below this one. The descriptor is taken first: what
// is then found out about the number is about that very process, or the signal goes nowhere.
func signalDescendant(pid int, sig unix.Signal) {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		if errors.Is(err, unix.ENOSYS) && isDescendant(pid) { // Linux before 5.3
			_ = unix.Kill(pid, sig)
		}
		return
	}
	defer unix.Close(fd)
	if isDescendant(pid) {
		_ = unix.PidfdSendSignal(fd, sig, nil, 0)
	}
}

// isDescendant climbs from a process to its parents.
func isDescendant(pid int) bool {
	self := os.Getpid()
	for range 1000 { // numbers given anew on the way could make a circle
		fields, err := statFields(pid)
		if err != nil {
			return false
		}
		if pid, err = strconv.Atoi(string(fields[1])); err != nil || pid <= 1 {
			return pid == self
		}
		if pid == self {
			return true
		}
	}
	return false
}

type proc struct {
	pid, parent, group int
	ended              bool // it only waits for its parent to notice
}

// descendants returns the live processes below one, without the excepted one and what is below
// that. A process that starts another while they are being listed can be missed, so killing is
// repeated until nothing is left.
func descendants(root, except int) []proc {
	children := map[int][]proc{}
	for _, p := range processes() {
		if !p.ended && p.pid != except {
			children[p.parent] = append(children[p.parent], p)
		}
	}
	var all []proc
	for todo := children[root]; len(todo) > 0; todo = todo[1:] {
		all = append(all, todo[0])
		todo = append(todo, children[todo[0].pid]...)
	}
	return all
}

func processes() []proc {
	var all []proc
	for _, pid := range pids() {
		fields, err := statFields(pid)
		if err != nil {
			continue // it has gone meanwhile
		}
		parent, err1 := strconv.Atoi(string(fields[1]))
		group, err2 := strconv.Atoi(string(fields[2]))
		if err1 == nil && err2 == nil {
			all = append(all, proc{pid, parent, group, hasEnded(fields)})
		}
	}
	return all
}

// pids returns the numbers of all processes.
func pids() []int {
	var all []int
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil {
			all = append(all, pid)
		}
	}
	return all
}

// Survivors counts the live processes below this one.
func Survivors() int { return len(descendants(os.Getpid(), 0)) }
