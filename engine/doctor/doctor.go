// Package doctor looks whether everything is there and in order that runs need, and says which
// command mends what is not.
package doctor

import (
	"context"
	"fmt"
	"os"
	"time"

	"prefect/store"
)

// Status is how a check came out.
type Status string

// The outcomes of a check. A warning is worth a look and keeps nothing from working.
const (
	OK      Status = "ok"
	Warning Status = "warning"
	Problem Status = "problem"
)

// Check is one thing that was looked at.
type Check struct {
	Name    string
	Status  Status
	Text    string
	Command []string // of this program, without its name, that mends it; empty if there is none
	Hint    string   // what else mends it
}

// Options is what the doctor needs to know.
type Options struct {
	Home     string // PREFECT_HOME
	DBPath   string
	Thorough bool // read a large database whole
	// Open opens the database as every command does.
	Open func(context.Context) (*store.DB, error)
	// FindPython returns the interpreter of flows.
	FindPython func() (string, error)
	Getenv     func(string) string
	Now        func() time.Time
}

// Run does all the checks. What can't be looked at because something else is broken is left out.
func Run(ctx context.Context, o Options) []Check {
	all := []Check{o.home(), o.filesystem(), o.disk()}
	database, usable := o.database(ctx)
	all = append(all, database...)
	all = append(all, o.interpreter(ctx))
	if !usable || ctx.Err() != nil {
		return all
	}
	db, err := o.Open(ctx)
	if err != nil {
		return append(all, Check{"database", Problem, err.Error(), nil, ""})
	}
	for _, look := range []func(context.Context, *store.DB) ([]Check, error){o.deployments, o.agents, o.queues, o.claims, o.clock} {
		found, err := look(ctx, db)
		if err != nil {
			return append(all, Check{"database", Problem, err.Error(), nil, ""})
		}
		all = append(all, found...)
	}
	return all
}

// home looks at the folder of everything: others must not read it, and we must be able to write.
func (o Options) home() Check {
	c := Check{Name: "home"}
	info, err := os.Stat(o.Home)
	switch {
	case os.IsNotExist(err):
		if err := tryWriting(nearestFolder(o.Home)); err != nil {
			c.Status, c.Text, c.Hint = Problem, fmt.Sprintf("%s is not there and can't be made: %v.", o.Home, err), "Set PREFECT_HOME to a folder of yours."
			return c
		}
		c.Status, c.Text = OK, fmt.Sprintf("%s is not there yet; the first command that needs it makes it.", o.Home)
		return c
	case err != nil:
		c.Status, c.Text, c.Hint = Problem, err.Error(), "Set PREFECT_HOME to a folder of yours."
		return c
	}
	if err := tryWriting(o.Home); err != nil {
		c.Status, c.Text, c.Hint = Problem, fmt.Sprintf("Nothing can be written to %s: %v.", o.Home, err), "Mend its permissions, or set PREFECT_HOME to a folder of yours."
		return c
	}
	if loose(info) {
		c.Status, c.Text = Warning, fmt.Sprintf("%s can be read by other users of this machine (mode %04o).", o.Home, info.Mode().Perm())
		c.Command = []string{"doctor", "--fix"}
		return c
	}
	c.Status, c.Text = OK, o.Home
	return c
}

// tryWriting tells why nothing can be made in a folder, nil where it can.
func tryWriting(dir string) error {
	made, err := os.MkdirTemp(dir, ".doctor-")
	if err != nil {
		return err
	}
	return os.Remove(made)
}

// filesystem warns of file systems on which SQLite's locks don't hold.
func (o Options) filesystem() Check {
	c := Check{Name: "file system", Status: OK}
	if isWSL1() {
		c.Status, c.Text = Problem, "This is WSL 1, whose file locks don't hold: databases get damaged."
		c.Hint = "Move to WSL 2 with 'wsl --set-version DISTRIBUTION 2'."
		return c
	}
	kind, shared := filesystemKind(nearestFolder(o.Home))
	if shared {
		c.Status, c.Text = Problem, fmt.Sprintf("%s is on %s, where the locks of several processes don't hold: the database can get damaged.", o.Home, kind)
		c.Hint = "Set PREFECT_HOME to a folder on a disk of this machine."
		return c
	}
	c.Text = "local"
	if kind != "" {
		c.Text = kind
	}
	return c
}

const (
	wantedBytes = 1 << 30   // less is worth a warning
	neededBytes = 100 << 20 // less means that runs are about to lose their log
)

func (o Options) disk() Check {
	c := Check{Name: "disk", Command: []string{"prune", "--older-than", "30d"}}
	free, err := freeBytes(nearestFolder(o.Home))
	switch {
	case err != nil:
		return Check{"disk", Warning, "How much is free could not be found out: " + err.Error() + ".", nil, ""}
	case free < neededBytes:
		c.Status, c.Text = Problem, fmt.Sprintf("Only %d MB are free.", free>>20)
	case free < wantedBytes:
		c.Status, c.Text = Warning, fmt.Sprintf("Only %d MB are free.", free>>20)
	default:
		return Check{"disk", OK, fmt.Sprintf("%.1f GB free", float64(free)/1e9), nil, ""}
	}
	return c
}

// nearestFolder is the folder, or the nearest one above it that is there.
func nearestFolder(path string) string {
	for {
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			return path
		}
		parent := parentOf(path)
		if parent == path {
			return path
		}
		path = parent
	}
}
