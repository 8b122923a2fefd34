//go:build unix

package storage

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestDevicesAndSocketsAreLeftOut(t *testing.T) {
	root := t.TempDir()
	plant(t, root, map[string]string{"flow.py": "x"})
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o666); err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	// By a relative name: the whole one may be too long for a socket.
	t.Chdir(root)
	if err := syscall.Bind(fd, &syscall.SockaddrUnix{Name: "socket"}); err != nil {
		t.Fatal(err)
	}
	p, err := gather(root)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := strings.Join(p.Notes, "\n"); got != "pipe is left out: it is a named pipe\nsocket is left out: it is a socket" {
		t.Errorf("%q", got)
	}
	if got := names(p.Files); len(got) != 1 {
		t.Errorf("%q", got)
	}
}

// The test runs itself as a user who may not read everything.
func TestUnreadableFilesStopEverything(t *testing.T) {
	if root := os.Getenv("UNREADABLE_ROOT"); root != "" {
		_, err := Upload(context.Background(), Location{Folder: os.Getenv("UNREADABLE_TO")}, root, Options{})
		if err == nil {
			t.Fatal("no error")
		}
		os.Stdout.WriteString("error: " + err.Error() + "\n")
		return
	}
	top, err := os.MkdirTemp("", "prefect-unreadable-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(top)
	root, to := filepath.Join(top, "root"), filepath.Join(top, "to")
	plant(t, root, map[string]string{"a.py": "a", "sub/locked.txt": "x", "z.py": "z"})
	for path, mode := range map[string]os.FileMode{top: 0o777, root: 0o777, filepath.Join(root, "sub"): 0o777, filepath.Join(root, "sub", "locked.txt"): 0} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(top, "program")
	copyProgram(t, program)
	cmd := exec.Command(program, "-test.run=^TestUnreadableFilesStopEverything$", "-test.v")
	cmd.Dir = top
	cmd.Env = append(os.Environ(), "UNREADABLE_ROOT="+root, "UNREADABLE_TO="+to)
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := "error: package the file " + filepath.Join(root, "sub/locked.txt") + ": permission denied\n"; !strings.Contains(string(out), want) {
		t.Errorf("%s", out)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("the destination was made nevertheless")
	}
}

func copyProgram(t *testing.T, to string) {
	t.Helper()
	from, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, content, 0o755); err != nil {
		t.Fatal(err)
	}
}
