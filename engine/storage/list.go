package storage

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

// A list of files is kept as text, one entry a line. Its SHA-256 is what a snapshot is called, so
// the same files always give the same text:
//
//	prefect files 1
//	- SHA256 SIZE "path"
//	x SHA256 SIZE "path"
//	l "target" "path"
//
// Paths are quoted as in Go, which keeps every byte.
const listTitle = "prefect files 1\n"

func formatList(files []File) []byte {
	var b bytes.Buffer
	b.WriteString(listTitle)
	for _, f := range files {
		switch {
		case f.Link != "":
			fmt.Fprintf(&b, "l %q %q\n", f.Link, f.Path)
		case f.Exec:
			fmt.Fprintf(&b, "x %s %d %q\n", f.Sum, f.Size, f.Path)
		default:
			fmt.Fprintf(&b, "- %s %d %q\n", f.Sum, f.Size, f.Path)
		}
	}
	return b.Bytes()
}

// parseList reads a list and refuses one that no folder can hold.
func parseList(text []byte) ([]File, error) {
	rest, ok := strings.CutPrefix(string(text), listTitle)
	if !ok {
		return nil, fmt.Errorf("it is no list of files that this version knows")
	}
	var files []File
	for line := range strings.Lines(rest) {
		f, err := parseEntry(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return nil, fmt.Errorf("the line %q: %w", line, err)
		}
		files = append(files, f)
	}
	return files, checkFiles(files)
}

func parseEntry(line string) (f File, err error) {
	kind, rest, _ := strings.Cut(line, " ")
	switch kind {
	case "l":
		quoted, err := strconv.QuotedPrefix(rest)
		if err != nil {
			return f, err
		}
		if f.Link, err = strconv.Unquote(quoted); err != nil {
			return f, err
		}
		if f.Link == "" {
			return f, fmt.Errorf("a link without a target")
		}
		rest = strings.TrimPrefix(rest[len(quoted):], " ")
	case "-", "x":
		sum, after, _ := strings.Cut(rest, " ")
		size, path, _ := strings.Cut(after, " ")
		f.Exec, rest = kind == "x", path
		if f.Sum, err = parseSum(sum); err != nil {
			return f, err
		}
		if f.Size, err = strconv.ParseInt(size, 10, 64); err != nil || f.Size < 0 {
			return f, fmt.Errorf("%q is no size", size)
		}
	default:
		return f, fmt.Errorf("unknown kind of entry")
	}
	f.Path, err = strconv.Unquote(rest)
	return f, err
}

// digest is the name of a snapshot with this list.
func digest(list []byte) string { return Sum(sha256.Sum256(list)).String() }
