package process

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// KillMarked ends all processes that were started with NAME=value in their environment, as those
// of one flow run are. It is for a run whose supervisor is gone: nobody else knows of them. It
// gives up after a second, if they can't be ended.
func KillMarked(name, value string) {
	mark := []byte("\x00" + name + "=" + value + "\x00")
	for range 100 { // one that starts another meanwhile needs more than one round
		if killMarked(mark) == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func killMarked(mark []byte) (n int) {
	for _, pid := range pids() {
		if pid != os.Getpid() && hasMark(pid, mark) && killIfMarked(pid, mark) {
			n++
		}
	}
	return n
}

// killIfMarked looks again once it holds the process's descriptor, since its number could have
// been given to another.
func killIfMarked(pid int, mark []byte) bool {
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return hasMark(pid, mark) && unix.PidfdSendSignal(fd, unix.SIGKILL, nil, 0) == nil
}

// hasMark reads an environment; those of other users can't be read, and are empty once a process
// has ended.
func hasMark(pid int, mark []byte) bool {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return err == nil && bytes.Contains(append([]byte{0}, env...), mark)
}
