package process

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// bootID is empty on Windows: a process's start time there is an absolute time of 100 ns
// resolution, which no process of another boot shares.
func bootID() string { return "" }

func startTime(pid int) (string, error) {
	h, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return "", err
	}
	defer windows.CloseHandle(h)
	const stillActive = 259
	var code uint32
	if err := windows.GetExitCodeProcess(h, &code); err == nil && code != stillActive {
		return "", fmt.Errorf("it has ended")
	}
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(h, &created, &exited, &kernel, &user); err != nil {
		return "", err
	}
	return fmt.Sprint(created.Nanoseconds()), nil
}

func exists(pid int) bool {
	_, err := startTime(pid)
	return err == nil
}

// Stopped: Windows doesn't stop processes.
func Stopped(string) bool { return false }

// Executable returns a path under which this program can be started, whose own path is given.
func Executable(path string) string { return path }
