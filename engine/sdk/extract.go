package sdk

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const binaryFile = "binary.txt" // tells Python which program records a run

// Ensure makes sure that this program's Python package is extracted below home, and returns the folder
// to put on PYTHONPATH: home/sdk/<hash of the content>. A folder once there is complete and is never
// written again, so several processes may do this at once, and it costs two small reads when done.
// version is ours; Python sees it as 2.1.1+go.<version>.
func Ensure(home, version string) (string, error) {
	hash, err := contentHash(version)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(home, "sdk", hash)
	if _, err := os.Stat(filepath.Join(dir, "prefect", "__init__.py")); err != nil {
		if err := extract(dir, version); err != nil {
			return "", fmt.Errorf("extract the Python package to '%s': %w", dir, err)
		}
	}
	if err := tellBinary(dir); err != nil {
		return "", fmt.Errorf("note the program's path in '%s': %w", dir, err)
	}
	return dir, nil
}

// extract writes the whole folder under another name and renames it, so that nobody sees half of it.
func extract(dir, version string) error {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o700); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(parent, ".new-") // which is for the owner only
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	contents, err := files(version)
	if err != nil {
		return err
	}
	for name, content := range contents {
		path := filepath.Join(temporary, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return place(temporary, dir)
}

// place renames the finished folder. Where another process was first, its folder is as good; where a
// damaged one is in the way, it is moved out of it.
func place(temporary, dir string) error {
	err := os.Rename(temporary, dir)
	if err == nil {
		return nil
	}
	if _, statErr := os.Stat(filepath.Join(dir, "prefect", "__init__.py")); statErr == nil {
		return nil
	}
	if _, statErr := os.Stat(dir); errors.Is(statErr, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(dir, temporary+"-old"); err != nil {
		return err
	}
	defer os.RemoveAll(temporary + "-old")
	return os.Rename(temporary, dir)
}

// tellBinary writes this program's path where the Python package looks for it.
func tellBinary(dir string) error {
	executable, err := os.Executable()
	if err != nil {
		return err
	}
	path := filepath.Join(dir, binaryFile)
	if old, err := os.ReadFile(path); err == nil && string(old) == executable+"\n" {
		return nil
	}
	temporary, err := os.CreateTemp(dir, ".binary-")
	if err != nil {
		return err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.WriteString(executable + "\n")
	if err := errors.Join(err, temporary.Close()); err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
