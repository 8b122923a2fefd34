package ignore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"slices"
	"strings"
)

// An Entry is something in the folder that is packaged: a file, a symbolic
// link, or a device, pipe or socket, as Mode tells. Folders are not listed.
type Entry struct {
	Path string      // relative to the root, with slashes
	Size int64       // in bytes
	Mode fs.FileMode // of the entry itself; links are not followed
}

// An Ignored is something in the folder that isn't packaged. A folder stands
// for everything below it, which is not read.
type Ignored struct {
	Path  string // relative to the root, with slashes
	IsDir bool
	Rule  Rule // the rule that decided
}

// gitRule leaves out repositories at every depth. Git itself never takes a path
// with this name, and a history full of old secrets is no part of a flow.
func gitRule() Rule { return Rule{Pattern: ".git"} }

// batch is how many names of a folder are read at a time, so that a folder with
// 100,000 ignored files takes no memory for them.
const batch = 512

// Walk yields what is packaged of the folder root, in the order of its paths as
// strings. It never opens an ignored folder, follows no link, and always leaves
// out what is named .git. With a Matcher without rules all else is packaged.
//
// If ignored is not nil, it is called for all that isn't packaged, in order.
//
// An error names the folder or file it is about; the walk goes on with the next
// one if the caller does. What is deleted during the walk is not in it.
func (m *Matcher) Walk(root string, ignored func(Ignored)) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		folder, err := os.OpenRoot(root)
		if err != nil {
			yield(Entry{Path: "."}, fmt.Errorf("list the files of %s: %w", root, err))
			return
		}
		defer folder.Close()
		w := walk{matcher: m, root: folder, ignored: ignored, yield: yield}
		w.folder("")
	}
}

type walk struct {
	matcher *Matcher
	root    *os.Root
	ignored func(Ignored)
	yield   func(Entry, error) bool
}

// item is one name of a folder on its way to being yielded.
type item struct {
	name string
	mode fs.FileMode
	size int64
	rule *Rule // why it is ignored
	err  error
}

// folder walks the folder at path, "" for the root. It returns false when the
// caller wants no more.
func (w *walk) folder(path string) bool {
	items, err := w.list(path)
	if path != "" && errors.Is(err, fs.ErrNotExist) {
		return true
	}
	if err != nil && !w.yield(Entry{Path: path}, w.failed(path, err)) {
		return false
	}
	slices.SortFunc(items, compareItems)
	for _, it := range items {
		full := join(path, it.name)
		more := true
		switch {
		case it.err != nil:
			more = w.yield(Entry{Path: full}, w.failed(full, it.err))
		case it.rule != nil:
			w.ignored(Ignored{Path: full, IsDir: it.mode.IsDir(), Rule: *it.rule})
		case it.mode.IsDir():
			more = w.folder(full)
		default:
			more = w.yield(Entry{Path: full, Size: it.size, Mode: it.mode}, nil)
		}
		if !more {
			return false
		}
	}
	return true
}

// list reads the names of one folder and keeps those that matter. It closes the
// folder before the walk goes deeper, so depth costs no open files.
func (w *walk) list(path string) (items []item, err error) {
	at := path
	if at == "" {
		at = "."
	}
	folder, err := w.root.OpenRoot(at)
	if err != nil {
		return nil, err
	}
	defer folder.Close()
	names, err := openNames(folder)
	if err != nil {
		return nil, err
	}
	defer names.Close()
	for {
		entries, err := names.ReadDir(batch)
		for _, e := range entries {
			if it, keep := w.look(folder, path, e); keep {
				items = append(items, it)
			}
		}
		if errors.Is(err, io.EOF) {
			return items, nil
		}
		if err != nil {
			return items, err
		}
	}
}

// look decides about one name of the open folder. Only what is packaged is
// asked for its size.
func (w *walk) look(folder *os.Root, path string, e fs.DirEntry) (it item, keep bool) {
	it = item{name: e.Name(), mode: e.Type()}
	if it.name == ".git" {
		rule := gitRule()
		it.rule = &rule
		return it, w.ignored != nil
	}
	if d := w.matcher.matchEntry(join(path, it.name), e.IsDir()); d.Ignored {
		it.rule = d.Rule
		return it, w.ignored != nil
	}
	if e.IsDir() {
		return it, true
	}
	info, err := folder.Lstat(it.name)
	if errors.Is(err, fs.ErrNotExist) {
		return it, false
	}
	if err != nil {
		it.err = err
		return it, true
	}
	it.mode, it.size = info.Mode(), info.Size()
	return it, true
}

// failed words an error without the name of the call and of the open folder.
func (w *walk) failed(path string, err error) error {
	var call *fs.PathError
	if errors.As(err, &call) {
		err = call.Err
	}
	if path == "" {
		path = w.root.Name()
	}
	return fmt.Errorf("list the files to package: %s: %w", path, err)
}

// compareItems orders a folder as name/, so that the paths of the whole walk
// come out in the order of strings.
func compareItems(a, b item) int {
	return strings.Compare(a.sortKey(), b.sortKey())
}

func (it item) sortKey() string {
	if it.mode.IsDir() && it.rule == nil {
		return it.name + "/"
	}
	return it.name
}

func join(folder, name string) string {
	if folder == "" {
		return name
	}
	return folder + "/" + name
}
