package ignore

import (
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FileName is the name of the pattern file at the root of a flow's folder.
const FileName = ".prefectignore"

//go:embed default.prefectignore
var defaultText []byte

// Default returns the text that WriteDefault writes.
func Default() string { return string(defaultText) }

// WriteDefault writes the default .prefectignore into the folder root and
// reports whether it did. Anything that already has the name is left as it is,
// a link to a missing file included: then created is false and err is nil.
func WriteDefault(root string) (created bool, err error) {
	name := filepath.Join(root, FileName)
	// O_EXCL makes "only if absent" one step for the kernel, so two builds at
	// once can't overwrite each other, and a symbolic link is never followed.
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("write the default %s: %w", FileName, err)
	}
	_, err = f.Write(defaultText)
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		// Half a list of patterns would package what the other half leaves out.
		os.Remove(name)
		return false, fmt.Errorf("write the default %s: %w", FileName, err)
	}
	return true, nil
}
