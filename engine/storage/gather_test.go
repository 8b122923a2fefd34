package storage

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func gather(root string) (*Package, error) {
	return Gather(context.Background(), root, Options{})
}

func TestLinksThatLeaveAreErrors(t *testing.T) {
	outside := t.TempDir()
	plant(t, outside, map[string]string{"secret": "s"})
	for name, files := range map[string]map[string]string{
		"absolute":              {"bad": "->" + filepath.Join(outside, "secret")},
		"absolute and broken":   {"bad": "->/not/there"},
		"dots":                  {"bad": "->../x"},
		"dots through a folder": {"sub/bad": "->../../x", "sub/y": ""},
		"dots behind a name":    {"bad": "->sub/../../x", "sub/y": ""},
		"the folder above":      {"bad": "->.."},
		"through a link":        {"here": "->.", "bad": "->here/.."},
		"through two links":     {"sub/up": "->..", "sub/bad": "->up/../x", "sub/y": ""},
	} {
		root := t.TempDir()
		plant(t, root, files)
		p, err := gather(root)
		if err == nil {
			p.Close()
		}
		if err == nil || !strings.Contains(err.Error(), `bad" points to`) || !strings.Contains(err.Error(), "outside of the package") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A file may change after it was looked at, or while it is read.
func TestChangesAreNoticed(t *testing.T) {
	for name, change := range map[string]func(file string) error{
		"grown":    func(file string) error { return appendTo(file, "more") },
		"shrunk":   func(file string) error { return os.Truncate(file, 3) },
		"replaced": func(file string) error { return os.WriteFile(file+".new", []byte("0123456789"), 0o666) },
		"gone":     os.Remove,
		"link":     func(file string) error { os.Remove(file); return os.Symlink("other.py", file) },
	} {
		for _, when := range []string{"before", "during"} {
			root := t.TempDir()
			plant(t, root, map[string]string{"flow.py": "0123456789", "other.py": "0123456789"})
			p, err := gather(root)
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(root, "flow.py")
			act := func() {
				if err := change(file); err != nil {
					t.Fatal(err)
				}
				if name == "replaced" {
					if err := os.Rename(file+".new", file); err != nil {
						t.Fatal(err)
					}
				}
			}
			if when == "before" {
				act()
			}
			s, err := p.open(0)
			if err == nil {
				one := make([]byte, 1)
				s.Read(one)
				if when == "during" {
					act()
				}
				_, err = io.ReadAll(s)
				s.Close()
			}
			p.Close()
			// What was opened stays as it was when another file takes its name.
			fine := when == "during" && (name == "replaced" || name == "gone" || name == "link")
			if fine != (err == nil) || err != nil && !strings.Contains(err.Error(), "flow.py was changed while it was packaged") {
				t.Errorf("%s %s: %v", name, when, err)
			}
		}
	}
}

func appendTo(file, text string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(text)
	return err
}

func TestDeepAndLongNames(t *testing.T) {
	root := t.TempDir()
	deep := strings.Repeat(strings.Repeat("d", 99)+"/", 40) + "flow.py" // 4,007 bytes, beyond what one call takes with the folder's own
	at, err := os.OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	if err := at.MkdirAll(filepath.Dir(deep), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := at.WriteFile(deep, []byte("x"), 0o666); err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	upload(t, Location{Folder: to}, root)
	_, dir := fetch(t, Location{Folder: to}, t.TempDir())
	home := t.TempDir()
	s, err := Snapshot(context.Background(), home, root, Options{})
	if err != nil {
		t.Fatal(err)
	}
	again := t.TempDir()
	if err := Materialise(context.Background(), home, s.Digest, again); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{dir, again} {
		got, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer got.Close()
		if content, err := got.ReadFile(deep); err != nil || string(content) != "x" {
			t.Errorf("%q, %v", content, err)
		}
	}
}
