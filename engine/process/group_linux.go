package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Group makes cmd lead a process group of its own, and end when the thread that starts it ends:
// the caller keeps that thread (runtime.LockOSThread) until the process is over, or it would be
// killed early (golang/go#27505).
func Group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// AdoptOrphans makes this process the parent of descendants whose own parent ends, so that a
// double fork can't hide a process from Terminate and Kill.
func AdoptOrphans() { _ = unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

func signalTree(pid int, sig syscall.Signal) {
	_ = syscall.Kill(-pid, sig)
	for _, p := range descendants(os.Getpid()) {
		_ = syscall.Kill(p, sig)
	}
}

// descendants returns the live processes below pid. A process that starts another while it is
// being listed can be missed, so killing is repeated until nothing is left.
func descendants(pid int) []int { return below(pid, 0) }

// below is descendants without one of them and what is below that.
func below(pid, except int) []int {
	children := map[int][]int{}
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		p, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil {
			continue
		}
		fields, err := statFields(p)
		if err != nil || string(fields[0]) == "Z" {
			continue
		}
		if parent, err := strconv.Atoi(string(fields[1])); err == nil && p != except {
			children[parent] = append(children[parent], p)
		}
	}
	var all []int
	for todo := children[pid]; len(todo) > 0; todo = todo[1:] {
		all = append(all, todo[0])
		todo = append(todo, children[todo[0]]...)
	}
	return all
}

// Survivors counts the live processes below this one.
func Survivors() int { return len(descendants(os.Getpid())) }
