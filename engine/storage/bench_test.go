package storage

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"prefect/ignore"
)

// plantMany writes n files of a size into folders of 200.
func plantMany(b *testing.B, root string, n, size int) {
	b.Helper()
	for i := range n {
		dir := filepath.Join(root, fmt.Sprintf("dir%03d", i/200))
		if i%200 == 0 {
			if err := os.MkdirAll(dir, 0o777); err != nil {
				b.Fatal(err)
			}
		}
		content := append([]byte(fmt.Sprintf("%08d", i)), bytes.Repeat([]byte("x"), size-8)...)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("file%05d.py", i)), content, 0o666); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkFolder uploads 10,000 files of 10 KB to a new folder, and again when one has changed,
// beside what cp -r takes for the same.
func BenchmarkFolder(b *testing.B) {
	root := b.TempDir()
	plantMany(b, root, 10_000, 10_000)
	b.Run("CpR", func(b *testing.B) {
		for b.Loop() {
			to := b.TempDir()
			if out, err := exec.Command("cp", "-r", root, to).CombinedOutput(); err != nil {
				b.Fatalf("%v %s", err, out)
			}
		}
	})
	b.Run("First", func(b *testing.B) {
		for b.Loop() {
			u, err := Upload(context.Background(), Location{Folder: b.TempDir()}, root, Options{})
			if err != nil || u.Sent != 10_000 {
				b.Fatalf("%+v, %v", u, err)
			}
		}
	})
	b.Run("OneChanged", func(b *testing.B) {
		l := Location{Folder: b.TempDir()}
		n := 0
		for b.Loop() {
			n++
			if err := os.WriteFile(filepath.Join(root, "dir000", "file00000.py"), []byte(fmt.Sprint(n)), 0o666); err != nil {
				b.Fatal(err)
			}
			u, err := Upload(context.Background(), l, root, Options{})
			if err != nil || n > 1 && u.Sent != 1 {
				b.Fatalf("%+v, %v", u, err)
			}
		}
	})
}

// BenchmarkSnapshot takes the first snapshot of 10,000 files of 10 KB, takes it again without a
// change, and writes it out.
func BenchmarkSnapshot(b *testing.B) {
	root := b.TempDir()
	plantMany(b, root, 10_000, 10_000)
	take := func(b *testing.B, home string) string {
		b.Helper()
		s, err := Snapshot(context.Background(), home, root, Options{})
		if err != nil {
			b.Fatal(err)
		}
		return s.Digest
	}
	b.Run("First", func(b *testing.B) {
		for b.Loop() {
			take(b, b.TempDir())
		}
	})
	home := b.TempDir()
	digest := take(b, home)
	b.Run("Unchanged", func(b *testing.B) {
		for b.Loop() {
			take(b, home)
		}
	})
	b.Run("Materialise", func(b *testing.B) {
		for b.Loop() {
			if err := Materialise(context.Background(), home, digest, b.TempDir()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkIgnored packages 50 files, alone and beside 100,000 that are ignored.
func BenchmarkIgnored(b *testing.B) {
	for name, ignored := range map[string]int{"50Alone": 0, "100kIgnored": 100_000} {
		b.Run(name, func(b *testing.B) {
			root := b.TempDir()
			plantMany(b, root, 50, 1000)
			if ignored > 0 {
				plantMany(b, filepath.Join(root, "node_modules"), ignored/2, 10)
				plantMany(b, filepath.Join(root, "data"), ignored/2, 10)
			}
			matcher := ignore.Parse(ignore.FileName, []byte(ignore.Default()+"/data/*/file*\n"))
			l := Location{Folder: b.TempDir()}
			b.ReportAllocs()
			for b.Loop() {
				u, err := Upload(context.Background(), l, root, Options{Matcher: matcher})
				if err != nil || u.Files != 50 {
					b.Fatalf("%+v, %v", u, err)
				}
			}
		})
	}
}
