package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

const pathFile = "prefect-go.pth" // Python adds the folders named in such files to sys.path

// ErrRealPrefect is wrapped by Install's error where Prefect itself is installed.
var ErrRealPrefect = errors.New("the real Prefect is installed there")

// Installed says what Install did.
type Installed struct {
	File     string // the .pth file
	Dir      string // the SDK folder it names
	Replaced bool   // whether the file was there before
	Real     string // the folder of the real Prefect that it now goes before, or ""
}

// site is what an interpreter says about where it looks for packages.
type site struct {
	Packages string `json:"packages"` // site-packages of the interpreter
	User     string `json:"user"`     // the user's own, or "" where it isn't used
	Found    string `json:"found"`    // the prefect package it would import now, or ""
}

const askSite = `
import importlib.util, json, os, site, sysconfig
spec = importlib.util.find_spec("prefect")
where = list(spec.submodule_search_locations or [])[:1] if spec else []
print(json.dumps({
    "packages": sysconfig.get_paths()["purelib"],
    "user": site.getusersitepackages() if site.ENABLE_USER_SITE else "",
    "found": os.path.realpath(where[0]) if where else "",
}))
`

// Install makes `import prefect` work in an interpreter for good, by a file in its site-packages that
// names the SDK folder. Where the real Prefect is installed it refuses, unless force is set: then the
// SDK goes before it, and the real one stays untouched.
func Install(ctx context.Context, python, dir string, force bool) (Installed, error) {
	where, err := ask(ctx, python)
	if err != nil {
		return Installed{}, err
	}
	done := Installed{Dir: dir}
	wheel := where.ownWheel()
	if wheel != "" && !force {
		return Installed{}, fmt.Errorf("'%s' has the package already, from the wheel %s; use --force to go before it", python, wheel)
	}
	if where.Found != "" && wheel == "" && !isSDK(filepath.Dir(where.Found)) {
		if !force {
			return Installed{}, fmt.Errorf("'%s' has a prefect package at '%s' (%w); use --force to go before it",
				python, where.Found, ErrRealPrefect)
		}
		done.Real = where.Found
	}
	line := dir + "\n"
	if force {
		line = fmt.Sprintf("import sys; sys.path.insert(0, %s)\n", pythonString(dir))
	}
	done.File, done.Replaced, err = writePathFile(where, line)
	return done, err
}

// Uninstall takes away what Install wrote, and nothing else. It returns the files removed.
func Uninstall(ctx context.Context, python string) ([]string, error) {
	where, err := ask(ctx, python)
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, folder := range where.folders() {
		path := filepath.Join(folder, pathFile)
		err := os.Remove(path)
		if err == nil {
			removed = append(removed, path)
		} else if !errors.Is(err, fs.ErrNotExist) {
			return removed, fmt.Errorf("remove '%s': %w", path, err)
		}
	}
	if len(removed) == 0 {
		return nil, fmt.Errorf("nothing to uninstall: '%s' has no %s in '%s'", python, pathFile, where.Packages)
	}
	return removed, nil
}

// ask runs the interpreter as it would run a script, but for PYTHONPATH and the current folder.
func ask(ctx context.Context, python string) (site, error) {
	cmd := exec.CommandContext(ctx, python, "-c", askSite)
	cmd.Dir = filepath.Dir(python) // Python looks for modules in the current folder first
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(strings.ToUpper(v), "PYTHON") })
	out, err := cmd.Output()
	var where site
	if err == nil {
		err = json.Unmarshal(out, &where)
	}
	if err != nil {
		return site{}, fmt.Errorf("ask '%s' where its packages are: %w", python, err)
	}
	return where, nil
}

func (s site) folders() []string {
	folders := []string{s.Packages}
	if s.User != "" {
		folders = append(folders, s.User)
	}
	return folders
}

// writePathFile writes the file in site-packages, or in the user's own where those may not be written.
func writePathFile(where site, line string) (path string, replaced bool, err error) {
	for _, folder := range where.folders() {
		if folder == where.User {
			if mkdirErr := os.MkdirAll(folder, 0o755); mkdirErr != nil {
				return "", false, fmt.Errorf("make the user's site-packages: %w", mkdirErr)
			}
		}
		path = filepath.Join(folder, pathFile)
		_, statErr := os.Stat(path)
		if err = os.WriteFile(path, []byte(line), 0o644); err == nil {
			return path, statErr == nil, nil
		}
		if !errors.Is(err, fs.ErrPermission) {
			break
		}
	}
	return "", false, fmt.Errorf("write '%s': %w", path, err)
}

// isSDK tells an SDK folder of this program, of any version.
func isSDK(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, binaryFile))
	return err == nil
}

// ownWheel returns the wheel of this program that the package found is from, such as
// "prefect_go-1.0", or "".
func (s site) ownWheel() string {
	if s.Found == "" {
		return ""
	}
	found, err := filepath.Glob(filepath.Join(filepath.Dir(s.Found), "prefect_go-*.dist-info"))
	if err != nil || len(found) == 0 {
		return ""
	}
	return strings.TrimSuffix(filepath.Base(found[0]), ".dist-info")
}

// pythonString writes a path as Python source.
func pythonString(path string) string {
	quoted, err := json.Marshal(path)
	if err != nil {
		return "''" // can't be: any string can be marshalled
	}
	return string(quoted)
}
