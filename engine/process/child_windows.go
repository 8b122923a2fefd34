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

// Stop ends one process.
func Stop(p *os.Process) error { return p.Kill() }

func lead(cmd *exec.Cmd) { Detach(cmd) }

// awaitEnd waits for a child's end. Its number stays its own as long as cmd holds its handle.
func awaitEnd(pid int) {
	h, err := windows.OpenProcess(windows.SYNCHRONIZE, false, uint32(pid))
	if err != nil {
		return
	}
	defer windows.CloseHandle(h)
	_, _ = windows.WaitForSingleObject(h, windows.INFINITE)
}

// Adopt has nothing to do on Windows, where no process is adopted.
func (c *Child) Adopt() {}

// AdoptOrphans has no counterpart on Windows.
func AdoptOrphans() {}

// signal sends Ctrl+Break to the process's group, or ends the process and all it has started.
func (c *Child) signal(kill bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch pid := c.cmd.Process.Pid; {
	case c.reaped:
	case kill:
		_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(pid)).Run()
	default:
		_ = windows.GenerateConsoleCtrlEvent(windows.CTRL_BREAK_EVENT, uint32(pid))
	}
}

// Survivors can't be counted on Windows.
func Survivors() int { return 0 }

// KillMarked has no counterpart on Windows, where the flow's own process ends with its channel.
func KillMarked(name, value string) {}
