package storage

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"prefect/engine/storage/s3test"
)

// hostile are lists of files that try to write outside of the folder they are for, or to lead a
// flow out of it. NAME is a folder outside.
var hostile = map[string][]File{}

func init() {
	one := func(name, path string) { hostile[name] = []File{{Path: path}} }
	for i, path := range []string{
		"../out", "../../out", "a/../../out", "a/b/../../../out", "..", ".", "", "/", "/out", "//out", "NAME/out", "a//b", "a/./b", "./a", "a/", "a/..", "a/../b",
		"a/../", "/../out", "nul\x00byte", "../out\x00.py", "a/\x00/b", ".../../../out", "....//../../out", "a/.../../../../out",
	} {
		one(fmt.Sprintf("path %d", i), path)
	}
	link := func(name, path, target string) { hostile[name] = []File{{Path: path, Link: target}} }
	for i, target := range []string{
		"/", "/etc/passwd", "NAME", "NAME/x", "..", "../", "../out", "../../../../../../etc", "a/../../out", "./../out", "a/b/../../../out", "nul\x00", ".././../out", "//etc",
	} {
		link(fmt.Sprintf("link %d", i), "l", target)
	}
	link("link in a folder", "a/b/l", "../../../out")
	link("link above a folder", "a/b/l", "../../..")
	through := func(name string, files ...File) { hostile[name] = files }
	through("file through a link up", File{Path: "l", Link: ".."}, File{Path: "l/out"})
	through("file through an absolute link", File{Path: "l", Link: "NAME"}, File{Path: "l/out"})
	through("file through a link inside", File{Path: "d", Link: "a"}, File{Path: "a/x"}, File{Path: "d/x"})
	through("file through a link to here", File{Path: "d", Link: "."}, File{Path: "d/out"})
	through("link through a link", File{Path: "here", Link: "."}, File{Path: "l", Link: "here/.."})
	through("link through two links", File{Path: "a/up", Link: ".."}, File{Path: "l", Link: "a/up/.."}, File{Path: "a/x"})
	through("link through a link of links", File{Path: "a/b/up", Link: "../.."}, File{Path: "l", Link: "a/b/up/.."}, File{Path: "a/b/x"})
	through("link that climbs link by link", File{Path: "a/b/c/u", Link: ".."}, File{Path: "a/b/c/v", Link: "u/.."}, File{Path: "l", Link: "a/b/c/v/../.."}, File{Path: "a/b/c/x"})
	through("link below a link", File{Path: "d", Link: "a"}, File{Path: "d/l", Link: "../.."}, File{Path: "a/x"})
	through("file in place of a link", File{Path: "l", Link: "../out"}, File{Path: "l"})
	through("link in place of a file", File{Path: "l"}, File{Path: "l", Link: "../out"})
	through("twice", File{Path: "x"}, File{Path: "x"})
	through("out of order", File{Path: "b"}, File{Path: "a"})
	through("file below a file", File{Path: "x"}, File{Path: "x/y"})
	through("link below a file", File{Path: "x"}, File{Path: "x/y", Link: "../.."})
	through("file far below a file", File{Path: "x"}, File{Path: "x/y/z/out"})
	through("good before bad", File{Path: "a"}, File{Path: "b", Link: "../out"}, File{Path: "c"})
	through("bad behind good", File{Path: "a"}, File{Path: "b"}, File{Path: "c/../../out"})
	through("circle and out", File{Path: "a", Link: "b"}, File{Path: "b", Link: "a"}, File{Path: "c", Link: "a/../.."})
	through("self and out", File{Path: "a", Link: "a"}, File{Path: "b", Link: "../b"})
}

// outsideOf makes a folder with another in it, to be written to, and a look at all around that.
func outsideOf(t *testing.T) (dir string, unharmed func(name string)) {
	t.Helper()
	top := t.TempDir()
	dir = filepath.Join(top, "mid", "dir")
	plant(t, top, map[string]string{"secret": "s", "mid/secret": "s"})
	if err := os.Mkdir(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	return dir, func(name string) {
		t.Helper()
		around := tree(t, top)
		for path := range around {
			if strings.HasPrefix(path, "mid/dir/") {
				delete(around, path)
			}
		}
		if !maps.Equal(around, map[string]string{"secret": "s", "mid/secret": "s"}) {
			t.Errorf("%s: written outside: %v", name, slices.Sorted(maps.Keys(around)))
		}
		for path, content := range tree(t, dir) {
			target, isLink := strings.CutPrefix(content, "->")
			if !isLink {
				continue
			}
			real, err := filepath.EvalSymlinks(filepath.Join(dir, path))
			if err == nil && real != dir && !strings.HasPrefix(real, dir+string(filepath.Separator)) {
				t.Errorf("%s: the link %s to %s leads to %s", name, path, target, real)
			}
		}
	}
}

func TestHostileLists(t *testing.T) {
	if len(hostile) < 60 {
		t.Fatalf("only %d", len(hostile))
	}
	for name, files := range hostile {
		dir, unharmed := outsideOf(t)
		files = slices.Clone(files)
		for i := range files {
			files[i].Path = strings.ReplaceAll(files[i].Path, "NAME", filepath.Dir(dir))
			files[i].Link = strings.ReplaceAll(files[i].Link, "NAME", filepath.Dir(dir))
		}
		err := fill(context.Background(), dir, files, func(int) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("out")), nil })
		if err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
		unharmed(name)
	}
}

// A list on the disk is believed no more than one from elsewhere.
func TestHostileSnapshots(t *testing.T) {
	home := t.TempDir()
	store, err := openObjects(home, false)
	if err != nil {
		t.Fatal(err)
	}
	defer store.close()
	sum := Sum(sha256.Sum256([]byte("out")))
	if err := store.put(strings.NewReader("out"), sum); err != nil {
		t.Fatal(err)
	}
	for name, files := range hostile {
		dir, unharmed := outsideOf(t)
		files = slices.Clone(files)
		for i := range files {
			files[i].Path = strings.ReplaceAll(files[i].Path, "NAME", filepath.Dir(dir))
			files[i].Link = strings.ReplaceAll(files[i].Link, "NAME", filepath.Dir(dir))
			if files[i].Link == "" {
				files[i].Sum, files[i].Size = sum, 3
			}
		}
		list := formatList(files)
		if err := store.publish(digest(list), list); err != nil {
			t.Fatal(err)
		}
		if err := Materialise(context.Background(), home, digest(list), dir); err == nil {
			t.Errorf("%s: no error", name)
		}
		unharmed(name)
	}
}

// Objects of S3 may have any name, and anybody who may write to the bucket may write the index.
func TestHostileBuckets(t *testing.T) {
	l, _, _ := s3Place(t)
	ctx := context.Background()
	n := 0
	for name, files := range hostile {
		n++
		dir, unharmed := outsideOf(t)
		l.Prefix = fmt.Sprint("p", n)
		b, err := l.connect(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := Write(ctx, l, "good.py", []byte("x")); err != nil {
			t.Fatal(err)
		}
		var entries []indexEntry
		for _, f := range files {
			link := strings.ReplaceAll(f.Link, "NAME", filepath.Dir(dir))
			entries = append(entries, indexEntry{Path: f.Path, Link: link})
			if f.Link == "" {
				// As a link the path is taken from the index, whatever S3 makes of such a name.
				entries[len(entries)-1].Link = "good.py"
			}
		}
		if err := b.writeIndex(ctx, entries); err != nil {
			t.Fatal(err)
		}
		_, _ = Fetch(ctx, l, t.TempDir(), dir)
		unharmed(name)
	}
}

// A service of somebody else's may answer anything.
func TestHostileService(t *testing.T) {
	forgetAWS(t)
	t.Setenv("AWS_ACCESS_KEY_ID", "a")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "b")
	t.Setenv("AWS_REGION", "us-east-1")
	for name, files := range hostile {
		if slices.ContainsFunc(files, func(f File) bool { return f.Link != "" }) || strings.Contains(files[0].Path, "\x00") || strings.Contains(files[0].Path, "NAME") {
			continue
		}
		dir, unharmed := outsideOf(t)
		var keys []string
		for _, f := range files {
			keys = append(keys, "flows/"+f.Path)
		}
		service := s3test.NewFake(keys, "out")
		_, err := Fetch(context.Background(), Location{Bucket: "bucket", Prefix: "flows", Endpoint: service.URL}, t.TempDir(), dir)
		service.Close()
		if err == nil && name != "twice" && name != "out of order" {
			t.Errorf("%s: no error", name)
		}
		unharmed(name)
	}
}

func FuzzParseList(f *testing.F) {
	for _, files := range hostile {
		f.Add(formatList(files))
	}
	f.Add(formatList([]File{{Path: "a b\n\xff", Size: 3, Exec: true}, {Path: "b", Link: "a b\n\xff"}}))
	f.Fuzz(func(t *testing.T, text []byte) {
		files, err := parseList(text)
		if err != nil {
			return
		}
		again, err := parseList(formatList(files))
		if err != nil || !slices.Equal(files, again) {
			t.Errorf("%q gives %+v, then %+v, %v", text, files, again, err)
		}
	})
}
