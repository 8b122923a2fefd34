//go:build unix

package process

import (
	"os"
	"os/exec"
	"syscall"
)

// Detach makes cmd start in a session of its own: what the terminal sends (Ctrl+C, its closing)
// doesn't reach it.
func Detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// Terminate asks a process started with Group, and all it has started, to end.
func Terminate(pid int) { signalTree(pid, syscall.SIGTERM) }

// Kill ends a process started with Group, and all it has started, at once.
func Kill(pid int) { signalTree(pid, syscall.SIGKILL) }

// Stop asks one process to end, as Ctrl+C or `kill` would.
func Stop(pid int) error { return syscall.Kill(pid, syscall.SIGTERM) }

func end(p *os.Process, kill bool) error {
	if kill {
		return p.Kill()
	}
	return p.Signal(syscall.SIGTERM)
}
