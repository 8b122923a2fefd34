package storage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

const killedFiles = 120

// TestKilled kills packaging again and again, and looks at what is left: of a snapshot all or
// nothing, and at a destination only whole files.
func TestKilled(t *testing.T) {
	if mode := os.Getenv("KILLED_MODE"); mode != "" {
		packageForever(t, mode, os.Getenv("KILLED_ROOT"), os.Getenv("KILLED_TO"))
		return
	}
	if testing.Short() {
		t.Skip("takes some seconds")
	}
	root := t.TempDir()
	for i := range killedFiles {
		plant(t, root, map[string]string{fmt.Sprintf("dir%d/file%d.py", i%7, i): version(i, 0)})
	}
	for _, mode := range []string{"snapshot", "folder"} {
		to, seen := t.TempDir(), map[string]bool{}
		// How long one packaging takes here and now, so that the kills fall into it.
		begin := time.Now()
		killOne(t, mode, root, to, "done", 0)
		whole := time.Since(begin)
		for i := range 12 {
			killOne(t, mode, root, to, "started", whole*time.Duration(i)/9)
			if mode == "snapshot" {
				wholeSnapshots(t, to, seen)
			} else {
				wholeFiles(t, to)
			}
		}
		if mode == "folder" {
			continue
		}
		if left, err := Prune(to, nil, time.Now().Add(time.Hour), false); err != nil || left.Snapshots == 0 {
			t.Errorf("nothing was ever finished, so nothing was tested: %+v, %v", left, err)
		}
		if left := tree(t, to); len(left) != 1 {
			t.Errorf("prune leaves %d files", len(left))
		}
	}
}

// version is the content of a file; all versions of it have the same size.
func version(file, n int) string {
	return fmt.Sprintf("%05d %05d ", file, n) + string(bytes.Repeat([]byte{byte('a' + n%26)}, 5000))
}

// packageForever is the child: it writes some of the files anew and packages all, over and over.
func packageForever(t *testing.T, mode, root, to string) {
	fmt.Println("started")
	for n := os.Getpid() % 1000; ; n++ {
		for i := n % 8; i < killedFiles; i += 8 {
			// Whole, as the killed leaves it for the next.
			if err := os.WriteFile(root+".new", []byte(version(i, n)), 0o666); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(root+".new", filepath.Join(root, fmt.Sprintf("dir%d/file%d.py", i%7, i))); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if mode == "snapshot" {
			_, err = Snapshot(context.Background(), to, root, Options{})
		} else {
			_, err = Upload(context.Background(), Location{Folder: to}, root, Options{})
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("done")
	}
}

// killOne starts a child, waits for a word of its, and a while, and kills it.
func killOne(t *testing.T, mode, root, to, word string, after time.Duration) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilled$", "-test.v")
	cmd.Env = append(os.Environ(), "KILLED_MODE="+mode, "KILLED_ROOT="+root, "KILLED_TO="+to)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []byte
	for buffer := make([]byte, 100); !bytes.Contains(said, []byte(word)); {
		n, err := out.Read(buffer)
		if err != nil {
			t.Fatalf("the child has ended: %s", said)
		}
		said = append(said, buffer[:n]...)
	}
	time.Sleep(after) // somewhere in the middle; every place must do
	cmd.Process.Kill()
	cmd.Wait()
}

// wholeSnapshots materialises every snapshot that has come since the last call.
func wholeSnapshots(t *testing.T, home string, seen map[string]bool) {
	t.Helper()
	trees, err := filepath.Glob(filepath.Join(home, "snapshots", "trees", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range trees {
		if seen[name] {
			continue
		}
		seen[name] = true
		dir := t.TempDir()
		if err := Materialise(context.Background(), home, filepath.Base(name), dir); err != nil {
			t.Fatal(err)
		}
		files := tree(t, dir)
		if len(files) != killedFiles {
			t.Errorf("a snapshot of %d files", len(files))
		}
		wholeFiles(t, dir)
	}
}

func wholeFiles(t *testing.T, dir string) {
	t.Helper()
	for path, content := range tree(t, dir) {
		if len(path) > len(stagingPrefix) && path[:len(stagingPrefix)] == stagingPrefix {
			continue
		}
		var file, n int
		if _, err := fmt.Sscanf(content, "%d %d", &file, &n); err != nil || content != version(file, n) {
			t.Errorf("%s is half of a file: %.30q", path, content)
		}
	}
}
