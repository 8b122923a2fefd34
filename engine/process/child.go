package process

import (
	"os/exec"
	"sync"
)

// A Child is a process that was started here, with everything it has started in turn.
type Child struct {
	cmd   *exec.Cmd
	ended chan struct{}

	mu     sync.Mutex
	reaped bool // the system may have given its number to another process
}

// Start starts cmd at the head of a process group of its own. On Linux the process is killed when
// the thread that started it ends: the caller keeps that thread (runtime.LockOSThread) until the
// process is over, or it would be killed early (golang/go#27505).
func Start(cmd *exec.Cmd) (*Child, error) {
	lead(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c := &Child{cmd: cmd, ended: make(chan struct{})}
	go func() {
		awaitEnd(cmd.Process.Pid)
		close(c.ended)
	}()
	return c, nil
}

// Ended is closed when the process itself is over; what it has started may go on.
func (c *Child) Ended() <-chan struct{} { return c.ended }

// Wait waits for the process's end and returns what exec.Cmd.Wait does. Terminate and Kill still
// reach what it has left behind, on Linux.
func (c *Child) Wait() error {
	<-c.ended
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reaped = true
	return c.cmd.Wait()
}

// Terminate asks the process and everything it has started to end.
func (c *Child) Terminate() { c.signal(false) }

// Kill ends the process and everything it has started at once.
func (c *Child) Kill() { c.signal(true) }
