package storage

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"prefect/ignore"
)

var sample = map[string]string{
	"flow.py": "one", "empty.txt": "", "data/a.csv": "1,2\n", "run.sh": "!x", "link": "->flow.py", "data/up": "->../flow.py",
	"folder": "->data", "gone": "->data/not-there", "circle": "->circle", "through": "->flow.py/x", "bad\xff\xfe.txt": "bytes", "new\nline": "n", "A.txt": "A", "a.txt": "a",
}

func TestFolderThereAndBack(t *testing.T) {
	root, to := t.TempDir(), filepath.Join(t.TempDir(), "made", "anew")
	plant(t, root, sample)
	l := Location{Folder: to}
	if u := upload(t, l, root); u.Files != len(sample) || u.Sent != len(sample) {
		t.Errorf("%+v", u)
	}
	sameTree(t, root, to)
	_, dir := fetch(t, l, t.TempDir())
	sameTree(t, root, dir)

	if u := upload(t, l, root); u.Sent != 0 || u.Bytes != 0 {
		t.Errorf("a build without a change has sent %+v", u)
	}
	plant(t, root, map[string]string{"flow.py": "two"})
	if u := upload(t, l, root); u.Sent != 1 || u.Bytes != 3 {
		t.Errorf("%+v", u)
	}
	sameTree(t, root, to)
	// What is the same in size and time is compared by content.
	plant(t, to, map[string]string{"flow.py": "owt"})
	info, err := os.Stat(filepath.Join(root, "flow.py"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(filepath.Join(to, "flow.py"), info.ModTime(), info.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(root, "a.txt"), 0o777); err != nil {
		t.Fatal(err)
	}
	if u := upload(t, l, root); u.Sent != 2 {
		t.Errorf("%+v", u)
	}
	sameTree(t, root, to)
}

// Prefect never deletes from a block, and other deployments may have files there.
func TestFolderKeepsWhatIsBesides(t *testing.T) {
	root, to := t.TempDir(), t.TempDir()
	plant(t, root, map[string]string{"flow.py": "x"})
	plant(t, to, map[string]string{"other.py": "y", "flow.py": "->other.py"})
	upload(t, Location{Folder: to}, root)
	sameFiles(t, map[string]string{"flow.py": "x", "other.py": "y"}, tree(t, to))
}

func TestFolderDestinationInsideTheFlowsFolder(t *testing.T) {
	root := t.TempDir()
	plant(t, root, map[string]string{"flow.py": "x"})
	l := Location{Folder: filepath.Join(root, "deployed")}
	for range 3 {
		upload(t, l, root)
		sameFiles(t, map[string]string{"flow.py": "x"}, tree(t, l.Folder))
	}
	if u := upload(t, Location{Folder: root}, root); u.Files != 0 || u.Sent != 0 {
		t.Errorf("uploaded onto itself: %+v", u)
	}
}

func TestFolderWithSomethingInTheWay(t *testing.T) {
	for name, c := range map[string]struct {
		there map[string]string
		want  string
	}{
		"folder":      {map[string]string{"flow.py/x": "y"}, "upload flow.py to DEST: there is a folder in its place"},
		"file":        {map[string]string{"data": "y"}, "there is a file or link data in the place of its folder"},
		"link inside": {map[string]string{"data": "->other", "other/y": "y"}, "there is a file or link data in the place of its folder"},
	} {
		root, to := t.TempDir(), t.TempDir()
		plant(t, root, map[string]string{"a.py": "a", "flow.py": "x", "data/a.csv": "1"})
		plant(t, to, c.there)
		before := tree(t, to)
		_, err := Upload(context.Background(), Location{Folder: to}, root, Options{})
		if want := strings.ReplaceAll(c.want, "DEST", to); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		sameFiles(t, before, tree(t, to))
	}
}

func TestFolderCleansUpAfterTheKilled(t *testing.T) {
	root, to := t.TempDir(), t.TempDir()
	plant(t, root, map[string]string{"flow.py": "x"})
	plant(t, to, map[string]string{stagingPrefix + "OLD/7": "half", stagingPrefix + "NEW/7": "half"})
	long := time.Now().Add(-stagingAge - time.Hour)
	if err := os.Chtimes(filepath.Join(to, stagingPrefix+"OLD"), long, long); err != nil {
		t.Fatal(err)
	}
	upload(t, Location{Folder: to}, root)
	_, dir := fetch(t, Location{Folder: to}, t.TempDir())
	sameFiles(t, map[string]string{"flow.py": "x"}, tree(t, dir))
	sameFiles(t, map[string]string{"flow.py": "x", stagingPrefix + "NEW/7": "half"}, tree(t, to))
}

func TestFetchFromNowhere(t *testing.T) {
	l := Location{Folder: filepath.Join(t.TempDir(), "gone")}
	if _, err := Fetch(context.Background(), l, t.TempDir(), t.TempDir()); err == nil || !strings.Contains(err.Error(), l.Folder+" is not there") {
		t.Error(err)
	}
}

func TestFilesLeavesOut(t *testing.T) {
	root := t.TempDir()
	plant(t, root, map[string]string{
		"flow.py": "x", ".git/config": "g", "home/prefect.db": "secret", "a.pyc": "c", "__pycache__/b.pyc": "c",
		"my-deployment.yaml": string(deploymentTitle) + "'x'\n###\nname: x\n", "config.yaml": "###\n", "deployment.txt": string(deploymentTitle),
	})
	var ignored []string
	p, err := Gather(context.Background(), root, Options{
		Matcher: ignore.Parse(".prefectignore", []byte("*.pyc\n__pycache__/\n")), Leave: []string{filepath.Join(root, "home"), root, t.TempDir()},
		Ignored: func(i ignore.Ignored) { ignored = append(ignored, i.Path+" "+i.Rule.String()) },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if got := strings.Join(names(p.Files), " "); got != "config.yaml deployment.txt flow.py" {
		t.Errorf("packaged %s", got)
	}
	want := []string{".git built in:.git", "__pycache__ .prefectignore:2:__pycache__/", "a.pyc .prefectignore:1:*.pyc",
		"home built in:/home/", "my-deployment.yaml built in:deployment file"}
	if strings.Join(ignored, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", ignored)
	}
}
