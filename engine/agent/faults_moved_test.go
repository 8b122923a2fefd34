//go:build linux

package agent_test

import (
	"os"
	"strings"
	"testing"
)

// TestFaultsADatabaseThatIsTakenAway: an agent whose database was deleted or replaced says so and
// ends, since it would wait in vain for runs that are written to another file.
func TestFaultsADatabaseThatIsTakenAway(t *testing.T) {
	together(t)
	w := newWorld(t)
	for name, take := range map[string]func(path string) error{
		"deleted":  os.Remove,
		"replaced": func(path string) error { os.Rename(path, path+".old"); return os.WriteFile(path, nil, 0o600) },
	} {
		agent := w.agent()
		w.ok(os.Link(w.path(), w.path()+".kept"))
		w.ok(take(w.path()))
		if code := agent.code(); code != 1 || !strings.Contains(agent.text(), "was moved, deleted or replaced while it was in use") {
			t.Errorf("%s: the agent ended with code %d and said: %s", name, code, agent.text())
		}
		w.ok(os.Rename(w.path()+".kept", w.path()))
	}
}
