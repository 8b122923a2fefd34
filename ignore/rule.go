package ignore

import (
	"bytes"
	"fmt"
	"strings"
	"sync"

	gitignore "github.com/sabhiram/go-gitignore"
)

// A Rule is one line of a pattern file, as `git check-ignore -v` shows it.
type Rule struct {
	File    string // as it was given to Parse; empty for the rule that is built in
	Line    int    // from 1; 0 for the rule that is built in
	Pattern string // with its `!` and its trailing slash, without trailing blanks
	Negated bool   // the pattern starts with `!`: what it matches is packaged
}

// String gives FILE:LINE:PATTERN, the form of `git check-ignore -v`.
func (r Rule) String() string {
	if r.File == "" {
		return "built in:" + r.Pattern
	}
	return fmt.Sprintf("%s:%d:%s", r.File, r.Line, r.Pattern)
}

// rule is a Rule made ready for matching.
type rule struct {
	Rule
	dirOnly   bool // the pattern ends with a slash
	wholePath bool // it has another slash, so it is matched from the root
	outline   outline
	glob      glob

	compile sync.Once
	library *gitignore.GitIgnore
}

// parseRules reads the lines of a pattern file. Comments, empty lines and
// patterns that can match nothing give no rule.
func parseRules(file string, text []byte) []*rule {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var rules []*rule
	number := 0
	for line := range bytes.Lines(text) {
		number++
		if r, ok := parseRule(string(line)); ok {
			r.File, r.Line = file, number
			rules = append(rules, r)
		}
	}
	return rules
}

// parseRule reads one line. A line is a C string to git: it ends at a NUL.
func parseRule(line string) (*rule, bool) {
	line = strings.TrimSuffix(line, "\n")
	if strings.HasPrefix(line, "#") {
		return nil, false
	}
	// One carriage return belongs to the line's end, a second to the pattern.
	line = strings.TrimSuffix(line, "\r")
	line, _, _ = strings.Cut(line, "\x00")
	line = trimBlanks(line)

	r := &rule{Rule: Rule{Pattern: line}}
	line, r.Negated = strings.CutPrefix(line, "!")
	line, r.dirOnly = strings.CutSuffix(line, "/")
	r.wholePath = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if line == "" {
		return nil, false
	}
	var ok bool
	if r.glob, ok = parseGlob(line, r.wholePath); !ok {
		return nil, false
	}
	r.outline = r.glob.outline()
	return r, true
}

// trimBlanks cuts the spaces at the end of a line but for those behind a
// backslash. A lone backslash at the very end keeps all before it, as in git.
func trimBlanks(line string) string {
	end := 0 // behind the last character that stays
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case ' ':
			continue
		case '\\':
			i++
			if i == len(line) {
				return line
			}
		}
		end = i + 1
	}
	return line[:end]
}

// matches says whether the rule's own pattern matches path, whose last name is
// base. That a folder above it may be ignored is not looked at here.
func (r *rule) matches(path, base string, isDir bool) bool {
	if r.dirOnly && !isDir {
		return false
	}
	if !r.wholePath {
		path = base
	}
	if !r.outline.admits(path) {
		return false
	}
	// Compiling takes go-gitignore some 50 µs, and most rules match nothing.
	r.compile.Do(func() { r.library = gitignore.CompileIgnoreLines(r.glob.libraryLine()) })
	return r.library.MatchesPath(widen(path))
}
