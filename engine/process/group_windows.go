package process

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"

	"golang.org/x/sys/windows"
)

// Detach makes cmd start without the console's Ctrl+C.
func Detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
}

// Group makes cmd lead a process group of its own.
func Group(cmd *exec.Cmd) { Detach(cmd) }

// AdoptOrphans has no counterpart on Windows.
func AdoptOrphans() {}

// Terminate sends Ctrl+Break to a process started with Group and its group.
func Terminate(pid int) {
	_ = windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(pid))
}

// Kill ends a process and all it has started.
func Kill(pid int) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(pid)).Run()
}

// Stop ends one process.
func Stop(pid int) error {
	p, err := os.FindProcess(pid)
	if err != nil {
		return err
	}
	return p.Kill()
}

// Survivors can't be counted on Windows.
func Survivors() int { return 0 }

// end: Windows has no gentle way to end a process of another console.
func end(p *os.Process, _ bool) error { return p.Kill() }

// below: what a process has started can't be listed on Windows.
func below(int, int) []int { return nil }
