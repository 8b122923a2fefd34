package process

import "os"

// A Tree is a process and those it has started, directly or not, as they were when TreeOf looked.
type Tree []Identity

// TreeOf returns the tree of the process with a stored identity, without this process and what
// this process has started. It is empty if the process is gone, or in another container. Only on Linux are the processes
// below it found.
func TreeOf(stored string) Tree {
	root, err := Parse(stored)
	if err != nil || !root.isHere() || !Alive(stored) {
		return nil
	}
	tree := Tree{root}
	for _, pid := range below(root.PID, os.Getpid()) {
		if id, err := Of(pid); err == nil {
			tree = append(tree, id)
		}
	}
	return tree
}

// Terminate asks the processes of the tree to end; Kill ends them. A process that has got the
// number of one of them meanwhile is never signalled.
func (t Tree) Terminate() { t.signal(false) }

// Kill ends the processes of the tree at once.
func (t Tree) Kill() { t.signal(true) }

func (t Tree) signal(kill bool) {
	for _, id := range t {
		// The handle is opened before the identity is compared, so that the process which is
		// compared is the one which gets the signal.
		p, err := os.FindProcess(id.PID)
		if err != nil {
			continue
		}
		if Alive(id.String()) {
			_ = end(p, kill) // it may end by itself just now
		}
		_ = p.Release()
	}
}

// Alive reports whether any process of the tree still runs.
func (t Tree) Alive() bool {
	for _, id := range t {
		if Alive(id.String()) {
			return true
		}
	}
	return false
}
