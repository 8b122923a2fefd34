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

// Stop asks one process to end, as Ctrl+C or `kill` would.
func Stop(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
