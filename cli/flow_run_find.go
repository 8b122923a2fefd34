package cli

import (
	"context"
	"errors"
	"strings"

	"prefect/cli/render"
	"prefect/engine/agent"
	"prefect/engine/pattern"
	"prefect/store"

	"github.com/google/uuid"
)

// minPrefix is the fewest characters of an id that stand for it.
const minPrefix = 4

var idPrefix = pattern.New(`^[0-9a-fA-F][0-9a-fA-F-]*$`)

// findFlowRun returns the flow run that a person means: by its id, its name, or the first
// characters of its id, as long as only one run can be meant.
func (e *env) findFlowRun(ctx context.Context, word string) (*store.DB, store.FlowRun, error) {
	db, err := e.db(ctx)
	if err != nil {
		return nil, store.FlowRun{}, err
	}
	run, err := findFlowRun(ctx, db, word)
	return db, run, err
}

func findFlowRun(ctx context.Context, db *store.DB, word string) (store.FlowRun, error) {
	const shown = 6 // one more than an error lists
	if id, err := uuid.Parse(word); err == nil {
		run, err := db.FlowRun(ctx, id.String())
		if errors.Is(err, store.ErrNotFound) {
			return run, noFlowRun(word)
		}
		return run, databaseError(err)
	}
	found, err := db.FlowRunsNamed(ctx, word, shown)
	if err == nil && len(found) == 0 && len(word) >= minPrefix && idPrefix.MatchString(word) {
		found, err = db.FlowRunsByIDPrefix(ctx, word, shown)
	}
	switch {
	case err != nil:
		return store.FlowRun{}, databaseError(err)
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return store.FlowRun{}, severalFlowRuns(word, found, shown)
	case len(word) < minPrefix && idPrefix.MatchString(word):
		return store.FlowRun{}, withHint(noName(word), "The beginning of an id stands for it from %d characters on.", minPrefix)
	}
	return store.FlowRun{}, noFlowRun(word)
}

func noName(word string) error { return errorf("Flow run '%s' not found!", word) }

func noFlowRun(word string) error {
	return withHint(noName(word), "Name it by its id, the first characters of its id, or its name; runs are shown by 'prefect flow-run ls'.")
}

// severalFlowRuns says between which runs a person has to choose.
func severalFlowRuns(word string, found []store.FlowRun, shown int) error {
	var lines []string
	for _, r := range found[:min(len(found), shown-1)] {
		lines = append(lines, render.Sprintf("  %s  %s  %s  %s", r.ID, r.FlowName, r.Name, r.State.Name))
	}
	if len(found) == shown {
		lines = append(lines, "  ...")
	}
	err := errorf("'%s' is more than one flow run; give the id of the one you mean", word)
	return &hintedError{err, strings.Join(lines, "\n")}
}

// recoverLost does what an agent would, if there were one, about runs whose processes are gone: no
// run shall be shown as going that isn't. It reports whether there was any.
func recoverLost(ctx context.Context, db *store.DB, runs ...store.FlowRun) (bool, error) {
	for _, r := range runs {
		if r.Claim != nil && !isLive(r) {
			return true, databaseError(agent.Recover(ctx, db, nil, func(string) {}))
		}
	}
	return false, nil
}
