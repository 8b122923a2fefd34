package ignore

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// packaged walks dir and returns the paths, which have to come without errors.
func packaged(t testing.TB, m *Matcher, dir string) []string {
	t.Helper()
	var paths []string
	for e, err := range m.Walk(dir, nil) {
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, e.Path)
	}
	return paths
}

func TestWalkOrderSizeAndMode(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/x", "a.txt", "a-b", "a/b/c", "z", "b", "é"} {
		write(t, dir, name, name)
	}
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o777); err != nil {
		t.Fatal(err)
	}
	var got []string
	for e, err := range new(Matcher).Walk(dir, nil) {
		if err != nil {
			t.Fatal(err)
		}
		if e.Size != int64(len(e.Path)) || !e.Mode.IsRegular() {
			t.Errorf("%s has size %d and mode %v", e.Path, e.Size, e.Mode)
		}
		got = append(got, e.Path)
	}
	want := []string{"a-b", "a.txt", "a/b/c", "a/x", "b", "z", "é"}
	if !slices.Equal(got, want) {
		t.Errorf("walked %q, want %q", got, want)
	}
}

func TestWalkNeverPackagesGit(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, ".git/config", "")
	write(t, dir, "sub/.git", "gitdir: elsewhere") // as in a submodule
	write(t, dir, "sub/f", "")
	write(t, dir, ".gitignore", "")
	m := Parse(FileName, []byte("!.git\n!.git/\n"))
	if got, want := packaged(t, m, dir), []string{".gitignore", "sub/f"}; !slices.Equal(got, want) {
		t.Errorf("packaged %q, want %q", got, want)
	}
}

func TestWalkReportsIgnored(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".git/config", "a.pyc", "keep.pyc", "logs/1", "logs/2", "sub/b.pyc", "sub/f.py"} {
		write(t, dir, name, "")
	}
	m := Parse(FileName, []byte("*.pyc\n!keep.pyc\nlogs/\n"))
	var got []string
	for _, err := range m.Walk(dir, func(i Ignored) {
		mark := ""
		if i.IsDir {
			mark = "/"
		}
		got = append(got, i.Rule.String()+" "+i.Path+mark)
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"built in:.git .git/", ".prefectignore:1:*.pyc a.pyc", ".prefectignore:3:logs/ logs/", ".prefectignore:1:*.pyc sub/b.pyc",
	}
	if !slices.Equal(got, want) {
		t.Errorf("ignored %q, want %q", got, want)
	}
}

func TestWalkReadsOnlyTheRootsPatterns(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, FileName, "*.log\n")
	write(t, dir, "sub/"+FileName, "*\n")
	write(t, dir, "sub/f.py", "")
	m, err := Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{FileName, "sub/" + FileName, "sub/f.py"}
	if got := packaged(t, m, dir); !slices.Equal(got, want) {
		t.Errorf("packaged %q, want %q", got, want)
	}
}

func TestWalkReportsLinksAndDoesNotFollowThem(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "d/f", "")
	link(t, dir, filepath.Join(dir, "d", "loop"))
	link(t, "d", filepath.Join(dir, "logs"))
	link(t, "nowhere", filepath.Join(dir, "dangling"))
	modes := map[string]fs.FileMode{}
	for e, err := range Parse(FileName, []byte("logs/\n")).Walk(dir, nil) {
		if err != nil {
			t.Fatal(err)
		}
		modes[e.Path] = e.Mode.Type()
	}
	want := map[string]fs.FileMode{"d/f": 0, "d/loop": fs.ModeSymlink, "logs": fs.ModeSymlink, "dangling": fs.ModeSymlink}
	if len(modes) != len(want) {
		t.Errorf("walked %v, want %v", modes, want)
	}
	for path, mode := range want {
		if got, ok := modes[path]; !ok || got != mode {
			t.Errorf("%s has type %v, want %v", path, got, mode)
		}
	}
}

// The names of a folder come in batches; a large folder is whole and in order.
func TestWalkLargeFolder(t *testing.T) {
	dir := t.TempDir()
	var want []string
	for i := range 3*batch + 7 {
		name := "f" + string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		write(t, dir, name, "")
		want = append(want, name)
	}
	slices.Sort(want)
	if got := packaged(t, new(Matcher), dir); !slices.Equal(got, want) {
		t.Errorf("walked %d files, want %d in order", len(got), len(want))
	}
}

func TestWalkStopsWhenAsked(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a/1", "a/2", "b"} {
		write(t, dir, name, "")
	}
	n := 0
	for range new(Matcher).Walk(dir, nil) {
		n++
		break
	}
	if n != 1 {
		t.Errorf("walked %d entries after the first", n)
	}
}

func TestWalkNamesWhatItCannotRead(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "closed/f", "")
	write(t, dir, "open/f", "")
	closed := filepath.Join(dir, "closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Chmod(closed, 0o777) })
	if _, err := os.ReadDir(closed); err == nil {
		t.Skip("this user reads every folder")
	}
	var got []string
	for e, err := range new(Matcher).Walk(dir, nil) {
		if err != nil {
			got = append(got, err.Error())
		} else {
			got = append(got, e.Path)
		}
	}
	want := []string{"list the files to package: closed: permission denied", "open/f"}
	if !slices.Equal(got, want) {
		t.Errorf("walk gave %q, want %q", got, want)
	}
	// Ignored, the same folder is no error: nobody looks inside.
	m := Parse(FileName, []byte("closed/\n"))
	if got := packaged(t, m, dir); !slices.Equal(got, []string{"open/f"}) {
		t.Errorf("packaged %q beside an ignored folder", got)
	}
}

func TestWalkMissingRoot(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	for _, err := range new(Matcher).Walk(dir, nil) {
		if err == nil || !strings.Contains(err.Error(), dir) {
			t.Errorf("error is %v, want one that names the folder", err)
		}
		return
	}
	t.Error("no error for a missing root")
}
