//go:build linux && race

package agent_test

// raced: the race detector takes several times the memory.
const raced = true
