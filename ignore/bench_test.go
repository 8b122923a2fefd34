package ignore

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// makeFiles puts n empty files into a new folder dir/name.
func makeFiles(b *testing.B, dir, name, ending string, n int) {
	b.Helper()
	full := filepath.Join(dir, name)
	if err := os.Mkdir(full, 0o777); err != nil {
		b.Fatal(err)
	}
	for i := range n {
		f, err := os.Create(filepath.Join(full, fmt.Sprintf("file-%06d%s", i, ending)))
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

// BenchmarkWalk packages 50 files: alone, beside 100,000 in an ignored folder,
// and beside 100,000 that are ignored one by one. Reading the patterns counts.
func BenchmarkWalk(b *testing.B) {
	for _, c := range []struct{ name, folder, ending string }{
		{"50Alone", "", ""},
		{"100kInIgnoredFolder", "node_modules", ".js"},
		{"100kIgnoredByEnding", "data", ".pyc"},
		{"100kIgnoredByPath", "cache", ".bin"},
	} {
		b.Run(c.name, func(b *testing.B) {
			dir := b.TempDir()
			write(b, dir, FileName, Default()+"cache/*.bin\n")
			makeFiles(b, dir, "flows", ".py", 50)
			if c.folder != "" {
				makeFiles(b, dir, c.folder, c.ending, 100_000)
			}
			b.ReportAllocs()
			for b.Loop() {
				m, err := Read(dir)
				if err != nil {
					b.Fatal(err)
				}
				if got := len(packaged(b, m, dir)); got != 50 {
					b.Fatalf("packaged %d files", got)
				}
			}
		})
	}
}

func BenchmarkWalk10kPackaged(b *testing.B) {
	dir := b.TempDir()
	for i := range 10 {
		makeFiles(b, dir, fmt.Sprint("sub", i), ".py", 1000)
	}
	m := Parse(FileName, []byte(Default()))
	b.ReportAllocs()
	for b.Loop() {
		if got := len(packaged(b, m, dir)); got != 10_000 {
			b.Fatalf("packaged %d files", got)
		}
	}
}

// BenchmarkMatch decides about one path under the default patterns.
func BenchmarkMatch(b *testing.B) {
	m := Parse(FileName, []byte(Default()))
	for _, path := range []string{"flows/etl/load.py", "flows/etl/__pycache__/load.cpython-311.pyc", "flows/été/load.py"} {
		b.Run(strings.ReplaceAll(path, "/", "_"), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				m.Match(path, false)
			}
		})
	}
}

func BenchmarkParseDefault(b *testing.B) {
	for b.Loop() {
		Parse(FileName, defaultText)
	}
}
