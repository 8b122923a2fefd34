package storage

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"syscall"

	"prefect/ignore"
)

// Options say what of a folder is packaged.
type Options struct {
	Matcher *ignore.Matcher
	Leave   []string              // absolute folders that are never packaged, such as PREFECT_HOME
	Ignored func(ignore.Ignored)  // if not nil, called for all that isn't packaged
	All     bool                  // package deployment files too, and so what is no flow's folder
	Report  func(done, total int) // if not nil, told how many files are done; by one goroutine at a time
}

func (o Options) report(done, total int) {
	if o.Report != nil {
		o.Report(done, total)
	}
}

// Files yields what is packaged of a folder, as ignore.Matcher.Walk does. Besides what the patterns
// name, it leaves out the folders of o.Leave and deployment files: a package that held the file
// that names it would be another one after each build.
func Files(root string, o Options) iter.Seq2[ignore.Entry, error] {
	matcher := o.Matcher
	if matcher == nil {
		matcher = &ignore.Matcher{}
	}
	return func(yield func(ignore.Entry, error) bool) {
		folder, err := os.OpenRoot(root)
		if err != nil {
			yield(ignore.Entry{Path: "."}, fmt.Errorf("list the files of %s: %w", root, plain(err)))
			return
		}
		defer folder.Close()
		for e, err := range matcher.Without(below(root, o.Leave)...).Walk(root, o.Ignored) {
			if err == nil && !o.All && isDeploymentFile(folder, e) {
				if o.Ignored != nil {
					o.Ignored(ignore.Ignored{Path: e.Path, Rule: ignore.Rule{Pattern: "deployment file"}})
				}
				continue
			}
			if !yield(e, err) {
				return
			}
		}
	}
}

// below gives those of the folders that are below root, relative to it.
func below(root string, folders []string) []string {
	var relative []string
	for _, folder := range folders {
		rel, err := filepath.Rel(real(root), real(folder))
		if err == nil && rel != "." && filepath.IsLocal(rel) {
			relative = append(relative, filepath.ToSlash(rel))
		}
	}
	return relative
}

// real is the path without links and dots, as far as it exists.
func real(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		return resolved
	}
	if dir := filepath.Dir(path); dir != path {
		return filepath.Join(real(dir), filepath.Base(path))
	}
	return path
}

// deploymentTitle is how `prefect deployment build` begins its files.
var deploymentTitle = []byte("###\n### A complete description of a Prefect Deployment for flow ")

func isDeploymentFile(folder *os.Root, e ignore.Entry) bool {
	ext := filepath.Ext(e.Path)
	if ext != ".yaml" && ext != ".yml" || !e.Mode.IsRegular() || e.Size < int64(len(deploymentTitle)) {
		return false
	}
	f, err := folder.OpenFile(e.Path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return false // whoever packages it will say why
	}
	defer f.Close()
	head := make([]byte, len(deploymentTitle))
	_, err = io.ReadFull(f, head)
	return err == nil && bytes.Equal(head, deploymentTitle)
}
