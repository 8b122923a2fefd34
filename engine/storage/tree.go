// Package storage packages the folder of a flow, keeps the package in a folder, in S3 or in a
// content-addressed store of its own, and fetches it for runs.
//
// Which files belong to a package is decided by package ignore, by one walk for every command.
// Whatever is written goes through an os.Root, so that no name and no link in a package, wherever
// it comes from, leads outside of the folder that it is written to.
package storage

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"path/filepath"
	"strings"
)

// File is one entry of a package: a regular file or a symbolic link.
type File struct {
	Path string // relative, with slashes; any bytes but NUL
	Size int64  // in bytes
	Exec bool   // a program or script that may be started
	Link string // what a symbolic link points to, with slashes; "" for a file
	Sum  Sum    // of the content; zero where it isn't known
}

// Sum is a SHA-256.
type Sum [sha256.Size]byte

func (s Sum) String() string { return hex.EncodeToString(s[:]) }

func parseSum(text string) (s Sum, err error) {
	if len(text) != hex.EncodedLen(len(s)) || strings.ToLower(text) != text {
		return s, fmt.Errorf("%q is no SHA-256", text)
	}
	_, err = hex.Decode(s[:], []byte(text))
	return s, err
}

// checkPath refuses a path that isn't plainly one below a folder. Writing goes through os.Root
// anyhow; this says what is wrong before anything is written.
func checkPath(p string) error {
	for name := range strings.SplitSeq(p, "/") {
		if name == "" || name == "." || name == ".." {
			return fmt.Errorf("the path %q leads out of its folder or names none", p)
		}
	}
	if strings.ContainsRune(p, 0) || !filepath.IsLocal(filepath.FromSlash(p)) {
		return fmt.Errorf("the path %q can't be one of this system", p)
	}
	return nil
}

// checkLink refuses a link that leaves its package, going by the names alone.
func checkLink(from, target string) error {
	native := filepath.FromSlash(target)
	switch {
	case target == "" || strings.ContainsRune(target, 0):
		return fmt.Errorf("the link %q points nowhere", from)
	case strings.HasPrefix(target, "/") || filepath.IsAbs(native) || filepath.VolumeName(native) != "":
		return fmt.Errorf("the link %q points to the absolute path %s, which is outside of the package", from, target)
	}
	if to := path.Join(path.Dir(from), target); to == ".." || strings.HasPrefix(to, "../") {
		return fmt.Errorf("the link %q points to %s, which is outside of the package", from, target)
	}
	return nil
}

// checkFiles refuses a list of files that no folder can hold: twice the same path, or a path below
// a file or a link. The list must be in the order of the paths.
func checkFiles(files []File) error {
	kinds := make(map[string]bool, len(files))
	for i, f := range files {
		if err := checkPath(f.Path); err != nil {
			return err
		}
		if f.Link != "" {
			if err := checkLink(f.Path, f.Link); err != nil {
				return err
			}
		}
		if i > 0 && files[i-1].Path >= f.Path {
			return fmt.Errorf("the path %q is there twice, or out of order", f.Path)
		}
		kinds[f.Path] = true
	}
	for _, f := range files {
		for dir := path.Dir(f.Path); dir != "."; dir = path.Dir(dir) {
			if kinds[dir] {
				return fmt.Errorf("the path %q is below %q, which is no folder", f.Path, dir)
			}
		}
	}
	return nil
}

// sameButForCase finds two paths that a file system without upper and lower case can't tell apart.
func sameButForCase(files []File) (a, b string) {
	seen := map[string]string{}
	for _, f := range files {
		for p := f.Path; p != "."; p = path.Dir(p) {
			folded := strings.ToLower(p)
			if other, ok := seen[folded]; ok && other != p {
				return other, p
			}
			seen[folded] = p
		}
	}
	return "", ""
}
