package process

import (
	"os/exec"
	"syscall"
)

// Group makes cmd lead a process group of its own.
func Group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// AdoptOrphans has no counterpart on macOS: a child that starts a session of its own is not found.
func AdoptOrphans() {}

func signalTree(pid int, sig syscall.Signal) { _ = syscall.Kill(-pid, sig) }

// Survivors can't be counted on macOS.
func Survivors() int { return 0 }

// below: what a process has started is not listed on macOS.
func below(int, int) []int { return nil }
