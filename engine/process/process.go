// Package process tells one operating system process from another that got its number later or has
// it in another container, and ends a process with all it has started.
package process

import (
	"fmt"
	"os"
	"strconv"
	"strings"
)

// Identity names one process for as long as the machine remembers: a number is given again, but
// not with the same start time in the same boot.
type Identity struct {
	PID   int
	Start string // when it started, in the kernel's own unit
	Boot  string // which boot of the machine
	Space string // in which PID name space the number counts; empty for the machine's own
}

// Self returns the identity of this process.
func Self() (Identity, error) { return Of(os.Getpid()) }

// Of returns the identity of a live process.
func Of(pid int) (Identity, error) {
	start, err := startTime(pid)
	if err != nil {
		return Identity{}, fmt.Errorf("looking at process %d: %w", pid, err)
	}
	return Identity{PID: pid, Start: start, Boot: bootID(), Space: space()}, nil
}

// String is the form in which an identity is stored; Parse reads it.
func (id Identity) String() string {
	s := fmt.Sprintf("%d/%s/%s", id.PID, id.Start, id.Boot)
	if id.Space != "" {
		s += "/" + id.Space
	}
	return s
}

// Parse reads what String wrote.
func Parse(s string) (Identity, error) {
	parts := strings.SplitN(s, "/", 4)
	if len(parts) >= 3 {
		if pid, err := strconv.Atoi(parts[0]); err == nil && pid > 0 {
			return Identity{PID: pid, Start: parts[1], Boot: parts[2], Space: strings.Join(parts[3:], "")}, nil
		}
	}
	return Identity{}, fmt.Errorf("%q is not a process identity", s)
}

// Alive reports whether the stored identity's very process still runs. A process that can't be
// looked at counts as alive if its number is in use: what may live is never called dead. Whether
// one of another container lives is told by the lock that Announce has taken.
func Alive(stored string) bool {
	id, err := Parse(stored)
	if err != nil || id.Boot != bootID() {
		return false
	}
	if !id.isHere() {
		return isAnnounced(id)
	}
	start, err := startTime(id.PID)
	if err != nil {
		return exists(id.PID)
	}
	return start == id.Start
}

// Title names the process for a person.
func (id Identity) Title() string {
	if !id.isHere() {
		return fmt.Sprintf("process %d of another container", id.PID)
	}
	return fmt.Sprintf("process %d", id.PID)
}

// isHere reports whether the process's number counts where this process is.
func (id Identity) isHere() bool { return id.Space == space() }
