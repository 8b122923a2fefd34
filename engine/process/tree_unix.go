//go:build unix

package process

import (
	"os"
	"syscall"
)

func end(p *os.Process, kill bool) error {
	if kill {
		return p.Kill()
	}
	return p.Signal(syscall.SIGTERM)
}
