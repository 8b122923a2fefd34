package runner

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"
)

// A channel is our end of the talk with a flow's process. Windows hands no socket to a child, so
// the flow's process connects to a port of this machine and shows a token that only it has.
type channel struct {
	listener net.Listener
	token    string
}

func newChannel(cmd *exec.Cmd) (*channel, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("making the channel to the flow: %w", err)
	}
	c := &channel{listener: l, token: rand.Text()}
	cmd.Env = append(cmd.Env, "PREFECT__CHANNEL_ADDR="+l.Addr().String(), "PREFECT__CHANNEL_TOKEN="+c.token)
	return c, nil
}

// accept waits for the process to connect. One that shows another token is turned away.
func (c *channel) accept() (stream, error) {
	return &lateConn{c: c}, nil
}

func (c *channel) close() { c.listener.Close() }

// lateConn is connected at its first use, since a command that isn't Python never connects.
type lateConn struct {
	net.Conn
	c         *channel
	reader    *bufio.Reader
	connected atomic.Pointer[net.Conn]
}

func (l *lateConn) Read(p []byte) (int, error) {
	for l.reader == nil {
		conn, err := l.c.listener.Accept()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return 0, err
		}
		if err != nil {
			return 0, io.EOF
		}
		r := bufio.NewReader(conn)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if line, err := r.ReadString('\n'); err == nil && strings.TrimSpace(line) == l.c.token {
			conn.SetReadDeadline(time.Time{})
			l.Conn, l.reader = conn, r
			l.connected.Store(&conn)
		} else {
			conn.Close()
		}
	}
	return l.reader.Read(p)
}

// SetReadDeadline also holds while nothing has connected.
func (l *lateConn) SetReadDeadline(t time.Time) error {
	if conn := l.connected.Load(); conn != nil {
		return (*conn).SetReadDeadline(t)
	}
	return l.c.listener.(*net.TCPListener).SetDeadline(t)
}

func (l *lateConn) Close() error {
	if l.Conn != nil {
		l.Conn.Close()
	}
	return l.c.listener.Close()
}

// Inherited connects to the process that started this one.
func Inherited(getenv func(string) string) (io.ReadWriteCloser, error) {
	addr := getenv("PREFECT__CHANNEL_ADDR")
	if addr == "" {
		return nil, fmt.Errorf("there is no channel: this command is started by a flow's own process")
	}
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("connecting to the flow's process: %w", err)
	}
	_, err = io.WriteString(conn, getenv("PREFECT__CHANNEL_TOKEN")+"\n")
	return conn, err
}
