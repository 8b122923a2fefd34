// Package ignore decides which files of a flow's folder are packaged.
//
// The patterns of the file .prefectignore mean what they would mean in a
// .gitignore file at the same place: for each path the decision, and the line
// that made it, are those of `git check-ignore --no-index -v`. Letters differ by
// case on every system. Where versions of git differ (a `**` that follows
// literal text directly, as in `foo**/bar`), it is git before 2.52.
//
// Only the file at the root is read, as Prefect does: a .prefectignore further
// down is a file like any other.
package ignore

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxSize is the largest pattern file that is read, in bytes. A real one has a
// few hundred; what is larger got the name by mistake.
const maxSize = 10 << 20

// A Matcher decides by the rules of one pattern file. It may be used by several
// goroutines at once. The zero Matcher ignores nothing.
type Matcher struct {
	rules   []*rule
	without []string // folders, see Without
}

// A Decision says whether a path is ignored, and by which rule. Rule is nil
// where no rule matches; a negated rule is one that took the path back in. For
// a path under an ignored folder it is the folder's rule: no pattern can take
// such a path back in.
type Decision struct {
	Ignored bool
	Rule    *Rule
}

// Parse reads patterns, one a line. It has no errors, as git has none: a
// pattern that makes no sense matches nothing. file names the text in the rules.
func Parse(file string, text []byte) *Matcher {
	return &Matcher{rules: parseRules(file, text)}
}

// Read reads the .prefectignore of the folder root. If there is none the
// Matcher ignores nothing. What is there and can't be read is an error, also a
// link to a missing file: to go on would package what somebody meant to hide.
func Read(root string) (*Matcher, error) {
	name := filepath.Join(root, FileName)
	if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
		return &Matcher{}, nil
	}
	return ReadFile(name)
}

// ReadFile reads a file of patterns. That it isn't there is an error too.
func ReadFile(name string) (*Matcher, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist) && isLink(name):
		return nil, fmt.Errorf("%s is a link to a file that doesn't exist; mend or remove the link", name)
	case err != nil:
		return nil, fmt.Errorf("read the patterns of %s: %w", name, withoutPath(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file; move it away or put a file of patterns there", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the patterns of %s: %w", name, withoutPath(err))
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read the patterns of %s: %w", name, withoutPath(err))
	}
	if len(text) > maxSize {
		return nil, fmt.Errorf("%s is larger than %d MiB; it should hold one pattern a line", name, maxSize>>20)
	}
	return Parse(filepath.Base(name), text), nil
}

func isLink(name string) bool {
	info, err := os.Lstat(name)
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// withoutPath takes the call and the path out of an error whose message names the file already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// Match decides about a path: relative to the root, with slashes, without `./`
// in front. isDir tells a folder from all else; a symbolic link is no folder.
// Match knows the patterns only: that .git is never packaged is Walk's doing.
func (m *Matcher) Match(path string, isDir bool) Decision {
	for i := range len(path) {
		if path[i] != '/' {
			continue
		}
		if d := m.matchEntry(path[:i], true); d.Ignored {
			return d
		}
	}
	return m.matchEntry(path, isDir)
}

// matchEntry decides about a path whose folders are known not to be ignored.
func (m *Matcher) matchEntry(path string, isDir bool) Decision {
	if r := m.leaves(path, isDir); r != nil {
		return Decision{Ignored: true, Rule: r}
	}
	base := path[strings.LastIndexByte(path, '/')+1:]
	// The last rule that matches decides.
	for i := len(m.rules) - 1; i >= 0; i-- {
		if r := m.rules[i]; r.matches(path, base, isDir) {
			return Decision{Ignored: !r.Negated, Rule: &r.Rule}
		}
	}
	return Decision{}
}
