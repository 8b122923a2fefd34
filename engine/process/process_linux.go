package process

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"sync"
	"syscall"
)

var bootID = sync.OnceValue(func() string {
	id, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return string(bytes.TrimSpace(id))
})

// Executable returns a path under which this very program can be started, whose own path is given:
// also when another version was installed there meanwhile.
func Executable(string) string { return "/proc/self/exe" }

// errZombie says that a process has ended and only waits for its parent to notice.
var errZombie = errors.New("it has ended")

// startTime is field 22 of /proc/PID/stat, in clock ticks since boot (proc_pid_stat(5)).
func startTime(pid int) (string, error) {
	fields, err := statFields(pid)
	if err != nil {
		return "", err
	}
	if hasEnded(fields) {
		return "", errZombie
	}
	return string(fields[19]), nil
}

// Stopped reports whether the stored identity's process is there and stopped, as by Ctrl+Z.
func Stopped(stored string) bool {
	id, err := Parse(stored)
	if err != nil || !id.isHere() || !Alive(stored) {
		return false
	}
	fields, err := statFields(id.PID)
	return err == nil && fields[0][0] == 'T' && string(fields[19]) == id.Start
}

func hasEnded(fields [][]byte) bool { return fields[0][0] == 'Z' || fields[0][0] == 'X' }

// statFields returns the fields of /proc/PID/stat from the third on. The second is the command in
// parentheses, which may itself hold spaces and parentheses.
func statFields(pid int) ([][]byte, error) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return nil, err
	}
	fields := bytes.Fields(data[bytes.LastIndexByte(data, ')')+1:])
	if len(fields) < 20 {
		return nil, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return fields, nil
}

func exists(pid int) bool {
	if _, err := startTime(pid); errors.Is(err, errZombie) {
		return false
	}
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
