package process

// below lists the processes that one has started, directly or not, without the excepted one.
func below(root, except int) []int {
	var pids []int
	for _, p := range descendants(root, except) {
		pids = append(pids, p.pid)
	}
	return pids
}
