package flowfile

import (
	"fmt"
	"os"
	"path/filepath"

	"prefect/engine/suggest"
)

// FindScript returns the absolute path of the script that a person named, relative to the current
// folder or absolute. The extension .py may be left out.
func FindScript(name string) (string, error) {
	path, err := filepath.Abs(name)
	if err != nil {
		return "", fmt.Errorf("resolve the path of the script: %w", err)
	}
	info, err := os.Stat(path)
	if err == nil && info.Mode().IsRegular() {
		return path, nil
	}
	if script, scriptErr := os.Stat(path + ".py"); scriptErr == nil && script.Mode().IsRegular() {
		return path + ".py", nil
	}
	if err == nil && info.IsDir() {
		return "", fmt.Errorf("'%s' is a folder; name the script in it that has the flow", name)
	}
	if os.IsNotExist(err) {
		return "", fmt.Errorf("script '%s' not found%s", name, suggest.Question(filepath.Base(path), beside(path)))
	}
	if err != nil {
		return "", fmt.Errorf("read the script: %w", err)
	}
	return "", fmt.Errorf("'%s' is no file that could be a script", name)
}

// beside lists the scripts of the folder that a missing one was looked for in.
func beside(path string) []string {
	found, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.py"))
	if err != nil {
		return nil // a folder with brackets in its name; there is only no hint then
	}
	for i := range found {
		found[i] = filepath.Base(found[i])
	}
	return found
}
