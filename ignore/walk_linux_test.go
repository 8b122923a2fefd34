package ignore

import (
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// The kernel itself tells whether an ignored folder was opened.
func TestWalkNeverOpensAnIgnoredFolder(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "logs/deep/f", "")
	write(t, dir, ".git/config", "")
	write(t, dir, "src/f.py", "")
	m := Parse(FileName, []byte("logs/\n!logs/deep/f\n"))

	if opened(t, dir, []string{"src"}, func() {
		if got := packaged(t, m, dir); !slices.Equal(got, []string{"src/f.py"}) {
			t.Errorf("packaged %q", got)
		}
	}) == 0 {
		t.Fatal("the kernel doesn't report opened folders here")
	}
	if n := opened(t, dir, []string{"logs", "logs/deep", ".git"}, func() { packaged(t, m, dir) }); n != 0 {
		t.Errorf("ignored folders were opened: %d bytes of events", n)
	}
}

// opened runs f and returns how many bytes of open events the folders had.
func opened(t *testing.T, dir string, folders []string, f func()) int {
	t.Helper()
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		t.Skipf("no inotify here: %v", err)
	}
	defer syscall.Close(fd)
	for _, folder := range folders {
		if _, err := syscall.InotifyAddWatch(fd, filepath.Join(dir, folder), syscall.IN_OPEN|syscall.IN_ACCESS); err != nil {
			t.Skipf("no inotify here: %v", err)
		}
	}
	f()
	buf := make([]byte, 4096)
	n, err := syscall.Read(fd, buf)
	if err == syscall.EAGAIN {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return n
}
