//go:build unix

package runner

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"

	"golang.org/x/sys/unix"
)

// A channel is our end of the talk with a flow's process.
type channel struct {
	conn net.Conn
	peer *os.File
}

// newChannel makes the two ends, and gives cmd the other as file descriptor 3.
func newChannel(cmd *exec.Cmd) (*channel, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil, fmt.Errorf("making the channel to the flow: %w", err)
	}
	unix.CloseOnExec(fds[0])
	unix.CloseOnExec(fds[1])
	ours, peer := os.NewFile(uintptr(fds[0]), "channel"), os.NewFile(uintptr(fds[1]), "channel")
	conn, err := net.FileConn(ours)
	ours.Close()
	if err != nil {
		peer.Close()
		return nil, fmt.Errorf("making the channel to the flow: %w", err)
	}
	cmd.ExtraFiles = append(cmd.ExtraFiles, peer)
	cmd.Env = append(cmd.Env, "PREFECT__CHANNEL_FD="+strconv.Itoa(2+len(cmd.ExtraFiles)))
	return &channel{conn: conn, peer: peer}, nil
}

// accept returns our end once the process has been started.
func (c *channel) accept() (stream, error) { return c.conn, c.peer.Close() }

func (c *channel) close() {
	c.conn.Close()
	c.peer.Close()
}

// Inherited returns the channel that the process which started this one has handed over.
func Inherited(getenv func(string) string) (io.ReadWriteCloser, error) {
	fd, err := strconv.Atoi(getenv("PREFECT__CHANNEL_FD"))
	if err != nil {
		return nil, fmt.Errorf("there is no channel: this command is started by a flow's own process")
	}
	return os.NewFile(uintptr(fd), "channel"), nil
}
