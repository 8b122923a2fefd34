// Package pattern holds regular expressions that are compiled when they are first used. Every
// command is a new process, and most need none of them: compiled at start they took 1 ms of each.
package pattern

import (
	"regexp"
	"sync"
)

// A Pattern is a regular expression. It may be used by several goroutines at once.
type Pattern struct{ compile func() *regexp.Regexp }

// New takes an expression of package regexp. A wrong one panics when it is first used.
func New(expression string) Pattern {
	return Pattern{sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })}
}

// MatchString reports whether the text has a match.
func (p Pattern) MatchString(text string) bool { return p.compile().MatchString(text) }

// FindStringSubmatch returns the first match and its groups, or nil.
func (p Pattern) FindStringSubmatch(text string) []string {
	return p.compile().FindStringSubmatch(text)
}
