// Package sdk carries the Python package that flow scripts import as prefect, and puts it where
// Python finds it. Nothing else in the program knows Python source.
package sdk

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

// Named by pattern, so that neither byte code nor an editor's left-overs are carried along.
//
//go:embed python/prefect/*.py python/prefect/*/*.py python/prefect/*/*/*.py
//go:embed python/prefect/*.pyi python/prefect/words.txt python/prefect/py.typed
var embedded embed.FS

const (
	root        = "python"                     // the folder in embedded that is extracted
	versionFile = "python/prefect/_version.py" // replaced when extracted
)

// files returns the package as it is extracted for a version of ours: paths below the SDK folder, with
// slashes, and their contents.
func files(version string) (map[string][]byte, error) {
	found := map[string][]byte{}
	err := fs.WalkDir(embedded, root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(path)
		if path == versionFile {
			content = versionSource(version)
		}
		found[strings.TrimPrefix(path, root+"/")] = content
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the embedded Python package: %w", err)
	}
	return found, nil
}

func versionSource(version string) []byte {
	const text = "\"\"\"The package's version: Prefect's, and ours after the plus sign.\"\"\"\n\nVERSION = \"2.1.1+go.%s\"\n"
	return fmt.Appendf(nil, text, version)
}

// contentHash names the folder of an SDK by what is in it: the same for the same source and version.
func contentHash(version string) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(embedded, root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(path)
		fmt.Fprintf(sum, "%s\x00%d\x00", path, len(content))
		sum.Write(content)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the embedded Python package: %w", err)
	}
	sum.Write([]byte(version))
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

// Words returns the adjectives and the animals that names of runs are made of. Go and Python make
// them from the same list.
func Words() (adjectives, animals []string) {
	text, err := embedded.ReadFile("python/prefect/words.txt")
	if err != nil {
		return nil, nil // can't be: the file is part of the program
	}
	first, second, _ := strings.Cut(string(text), "\n")
	return strings.Fields(first), strings.Fields(second)
}
