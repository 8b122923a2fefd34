//go:build linux

package agent_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/store"
)

// TestFaultsAcknowledgementsAreOnDisk: what a person is told was done has been synced to the disk
// before. It needs strace.
func TestFaultsAcknowledgementsAreOnDisk(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not there")
	}
	together(t)
	w := newWorld(t)
	w.shell("short", "true")
	for _, args := range [][]string{
		{"deployment", "run", "flow-short/short"},
		{"work-queue", "create", "another"},
		{"work-queue", "pause", "another"},
		{"work-queue", "set-concurrency-limit", "another", "3"},
		{"deployment", "delete", "flow-short/short"},
	} {
		name := strings.Join(args, " ")
		trace := w.file("trace")
		cmd := exec.Command(strace, append([]string{"-f", "-y", "-o", trace, "-e", "trace=pwrite64,write,fsync,fdatasync", program}, args...)...)
		cmd.Env, cmd.Dir = w.environ(), w.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			if strings.Contains(string(out), "ptrace") {
				t.Skip("processes can't be traced here")
			}
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		written, synced, told := lastCalls(w.read("trace"))
		if written < 0 || told < 0 {
			t.Errorf("%s: has written nothing (%d) or said nothing (%d)", name, written, told)
		} else if synced < written || synced > told {
			t.Errorf("%s: the log was written in line %d of the trace, synced in %d, and it was said in %d", name, written, synced, told)
		}
	}
}

// lastCalls finds the last write to the database's log before something is said, the last sync of
// it until then, and where it is said; -1 stands for never.
func lastCalls(trace string) (written, synced, told int) {
	written, synced, told = -1, -1, -1
	for i, line := range strings.Split(trace, "\n") {
		switch {
		case strings.Contains(line, "pwrite64(") && strings.Contains(line, "prefect.db-wal>"):
			written = i
		case strings.Contains(line, "sync(") && strings.Contains(line, "prefect.db-wal>"):
			synced = i
		case strings.Contains(line, "write(1<") || strings.Contains(line, "write(2<"):
			return written, synced, i
		}
	}
	return written, synced, told
}

// smallDisk mounts a file system of that many bytes, which is unmounted after the test.
func smallDisk(t *testing.T, size int) string {
	t.Helper()
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%d,mode=0700", size)); err != nil {
		t.Skipf("no file system can be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill leaves only so many bytes of the disk, and returns what makes room again.
func (w *world) fill(left int64) (free func()) {
	w.Helper()
	name := filepath.Join(w.home, "filler")
	f, err := os.Create(name)
	w.ok(err)
	defer f.Close()
	for full := false; !full; { // others write meanwhile
		var disk unix.Statfs_t
		w.ok(unix.Statfs(w.home, &disk))
		size := int64(disk.Bavail)*disk.Bsize - left
		full = size <= 0 || unix.Fallocate(int(f.Fd()), 0, 0, size) == nil
	}
	return func() { w.ok(os.Remove(name)) }
}

// TestFaultsFullDisk fills the disk at many points of what an agent and its runs write. While it
// is full commands say so, and when there is room again everything goes on.
func TestFaultsFullDisk(t *testing.T) {
	size := 24 << 20
	if long() {
		size *= 8 // all that the runs print stays there
	}
	dir := smallDisk(t, size)
	together(t)
	w := worldIn(t, t.TempDir(), filepath.Join(dir, "home"))
	d := w.shell("talks", fmt.Sprintf(`i=0; while [ $i -lt 300 ]; do echo "$i %0200d"; i=$((i+1)); done; echo $PREFECT__FLOW_RUN_ID >> ran`, 0))
	p := w.start("sdk", "path") // extracts the package
	if code := p.code(); code != 0 {
		t.Fatalf("sdk path ended with code %d", code)
	}
	random := newRand(t)
	agent := w.agent("--limit", "3")
	var ids []string
	refused := 0
	for trial := range scale(8, 100) {
		left := random.Int64N(96) * 4096
		ids = append(ids, w.run(d, 2)...)
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
		if trial%4 != 0 { // a log that is long already is written over, which needs no room
			_, err := w.sql.Exec("pragma wal_checkpoint(truncate)")
			w.ok(err)
		}
		free := w.fill(left)
		for range 2 {
			if c := w.command("deployment", "run", "flow-talks/talks", "-o", "name"); c.err == nil {
				ids = append(ids, strings.TrimSpace(c.text))
			} else if refused++; !strings.Contains(c.text, "the disk is full") && !strings.Contains(c.text, "cannot be read or written") {
				t.Fatalf("trial %d: with %d bytes left a command says: %v %s", trial, left, c.err, c.text)
			}
		}
		time.Sleep(time.Duration(random.IntN(300)) * time.Millisecond)
		free()
		start := time.Now()
		w.wait("all runs are over", func() bool { return w.unfinished() == 0 })
		if took := time.Since(start); took > bound(10*time.Second) {
			t.Errorf("trial %d: it took %v to go on once there was room", trial, took)
		}
	}
	t.Logf("%d runs; %d commands were refused", len(ids), refused)
	if long() && refused == 0 {
		t.Error("no command has met the full disk")
	}
	agent.signal(unix.SIGTERM)
	if code := agent.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	w.judgeTalks(ids)
	var rows int
	w.ok(w.sql.QueryRow("select count(*) from flow_run").Scan(&rows))
	if rows != len(ids) {
		t.Errorf("%d runs were promised and %d are there", len(ids), rows)
	}
	w.check()
}

// judgeTalks: every run that was promised was executed once, is Completed and has all its output.
func (w *world) judgeTalks(ids []string) {
	w.Helper()
	times := map[string]int{}
	for _, id := range strings.Fields(w.read("ran")) {
		times[id]++
	}
	for _, id := range ids {
		run := w.get(id)
		lines, err := w.db.Logs(context.Background(), id, 0, 0)
		w.ok(err)
		printed := 0
		for _, l := range lines {
			if l.Source == store.FromStdout {
				printed++
			}
		}
		if run.State.Name != "Completed" || times[id] != 1 || printed != 300 {
			w.Errorf("run %s is %v, was executed %d times and has %d of 300 lines", id, run.State, times[id], printed)
		}
	}
}
