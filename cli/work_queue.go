package cli

import (
	"context"
	"errors"
	"strconv"

	"prefect/cli/render"
	"prefect/engine/suggest"
	"prefect/store"

	"github.com/google/uuid"
	"github.com/urfave/cli/v2"
)

func newWorkQueueCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "work-queue",
		Aliases:   []string{"work-queues"},
		Usage:     "Create, show, pause, limit and delete work queues.",
		UsageText: "prefect work-queue ls\nprefect work-queue set-concurrency-limit test 2\nprefect work-queue pause test",
		Subcommands: []*cli.Command{
			newWorkQueueClearLimitCmd(e),
			newWorkQueueCreateCmd(e),
			newWorkQueueDeleteCmd(e),
			newWorkQueueInspectCmd(e),
			newWorkQueueLsCmd(e),
			newWorkQueuePauseCmd(e),
			newWorkQueuePreviewCmd(e),
			newWorkQueueResumeCmd(e),
			newWorkQueueSetLimitCmd(e),
		},
	}
}

// findWorkQueue returns the queue that a person names by its name or its id.
func (e *env) findWorkQueue(ctx context.Context, word string) (*store.DB, store.WorkQueue, error) {
	db, err := e.db(ctx)
	if err != nil {
		return nil, store.WorkQueue{}, err
	}
	if word == "" {
		return nil, store.WorkQueue{}, withHint(errorf("Provide a work queue name."), "Work queues are shown by 'prefect work-queue ls'.")
	}
	q, err := db.WorkQueue(ctx, word)
	if errors.Is(err, store.ErrNotFound) {
		return nil, q, noWorkQueue(ctx, db, word)
	}
	return db, q, databaseError(err)
}

func noWorkQueue(ctx context.Context, db *store.DB, word string) error {
	err := errorf("No work queue named '%s' found.", word)
	if _, bad := uuid.Parse(word); bad == nil {
		err = errorf("No work queue found: '%s'", word)
	}
	all, listErr := db.WorkQueues(ctx)
	if listErr != nil {
		return databaseError(listErr)
	}
	var names []string
	for _, q := range all {
		names = append(names, q.Name)
	}
	if near := suggest.Nearest(word, names); near != "" {
		return withHint(err, "Did you mean '%s'?", near)
	}
	return withHint(err, "Work queues are shown by 'prefect work-queue ls'.")
}

// readLimit reads a number of runs at once.
func readLimit(c *cli.Context, text string) (int, error) {
	n, err := strconv.Atoi(text)
	switch {
	case err != nil:
		return 0, usagef(c, "invalid concurrency limit '%s': it %s", text, numberProblem(err, "is not a whole number"))
	case n < 0:
		return 0, usagef(c, "invalid concurrency limit %d: it must be 0 (nothing runs) or more", n)
	}
	return n, nil
}

// workQueueValue is a queue for scripts, under the keys of Prefect's API.
func workQueueValue(q store.WorkQueue) render.Dict {
	return render.Dict{{Key: "id", Value: q.ID}, {Key: "created", Value: q.Created}, {Key: "updated", Value: q.Updated}, {Key: "name", Value: q.Name},
		{Key: "description", Value: q.Description}, {Key: "is_paused", Value: q.IsPaused}, {Key: "concurrency_limit", Value: q.ConcurrencyLimit},
		{Key: "filter", Value: nil}}
}

func limitText(limit *int) string {
	if limit == nil {
		return "None"
	}
	return strconv.Itoa(*limit)
}
