package ignore

import "slices"

// Without returns a Matcher that also leaves out these folders and all below them, whatever the
// patterns say: a flow's package is not to hold its own destination. Paths are relative to the
// root, with slashes. The rule of such a folder is a built in one.
func (m *Matcher) Without(folders ...string) *Matcher {
	return &Matcher{rules: m.rules, without: slices.Concat(m.without, folders)}
}

// leaves gives the built in rule for a folder that Without named, nil for all else.
func (m *Matcher) leaves(path string, isDir bool) *Rule {
	if !isDir || !slices.Contains(m.without, path) {
		return nil
	}
	return &Rule{Pattern: "/" + path + "/"}
}
