package cli

import (
	"context"
	"slices"
	"strings"

	"prefect/engine/suggest"

	"github.com/urfave/cli/v2"
)

// The usual names of states; a flow can give its states others.
var (
	goingStates = []string{"Scheduled", "Late", "AwaitingRetry", "Pending", "Running", "Retrying", "Cancelling"}
	finalStates = []string{"Completed", "Cached", "Failed", "TimedOut", "Crashed", "Cancelled"}
)

func stateNames(context.Context, *env, *typing) []candidate {
	return candidatesOf(slices.Concat(goingStates, finalStates)...)
}

// checkFinalStates refuses --state for runs that are not over.
func checkFinalStates(c *cli.Context) error {
	for _, name := range c.StringSlice("state") {
		if slices.ContainsFunc(goingStates, func(going string) bool { return strings.EqualFold(going, name) }) {
			return usagef(c, "invalid value for --state: a run that is '%s' is not over", name)
		}
	}
	return nil
}

// guessStates says where nothing was found what was probably meant by names that are not usual.
func (e *env) guessStates(names []string) {
	usual := slices.Concat(finalStates, goingStates)
	for _, name := range names {
		known := slices.ContainsFunc(usual, func(other string) bool { return strings.EqualFold(other, name) })
		if question := suggest.Question(name, usual); question != "" && !known {
			e.note("No flow run is in state '%s'%s\n", name, question)
		}
	}
}
