package cli

import (
	"context"
	"fmt"
	"time"

	"prefect/cli/render"
	"prefect/engine/schedule"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newWorkQueuePreviewCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "preview",
		Usage:     "Show the runs of a work queue that wait or come due soon.",
		ArgsUsage: "[NAME]",
		UsageText: "prefect work-queue preview test\nprefect work-queue preview test --hours 24 -o json",
		Flags: []cli.Flag{
			&cli.Float64Flag{Name: "hours", Aliases: []string{"h"}, Value: 1, Usage: "Look `N` hours ahead, 1 if not given."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			hours := c.Float64("hours")
			if hours < 0 || hours > 24*366*100 {
				return usagef(c, "--hours must be between 0 and a hundred years")
			}
			return workQueuePreview(c.Context, e, c.Args().First(), time.Duration(hours*float64(time.Hour)), c.String("output"))
		},
	}
}

func workQueuePreview(ctx context.Context, e *env, word string, ahead time.Duration, output string) error {
	db, q, err := e.findWorkQueue(ctx, word)
	if err != nil {
		return err
	}
	until := e.now().Add(ahead)
	runs, err := db.UpcomingFlowRuns(ctx, q.Name, until)
	if err != nil {
		return databaseError(err)
	}
	if forScripts(output) {
		return e.showPreview(ctx, db, runs, output)
	}
	slots, err := e.slotsToCome(ctx, db, q.Name, until)
	if err != nil {
		return err
	}
	if q.IsPaused {
		e.warn("Work queue '%s' is paused, so none of its runs starts. Go on with: prefect work-queue resume %s\n", q.Name, shellWord(q.Name))
	}
	if len(runs) == 0 {
		e.printf("No runs found - try increasing how far into the future you preview with the --hours flag\n")
	} else if err := e.showPreview(ctx, db, runs, output); err != nil {
		return err
	}
	if slots.runs > 0 {
		e.note("%s\n", slots)
	}
	return nil
}

// showPreview shows runs in the order in which agents take them.
func (e *env) showPreview(ctx context.Context, db *store.DB, runs []store.FlowRun, output string) error {
	t := render.Table{Caption: "(**) denotes a late run", CaptionStyle: render.Red, Columns: []render.Column{
		{Header: "Scheduled Start Time", Keep: true, Style: render.Yellow}, {Header: "Run ID", Keep: true, Style: render.Cyan}, {Header: "Name", Style: render.Green},
		{Header: "Deployment ID", Style: render.Blue, Spare: 1}}}
	var values []any
	var names []string
	view := e.newFlowRunView(db)
	for _, r := range runs {
		value, err := view.value(ctx, r)
		if err != nil {
			return err
		}
		values, names = append(values, value), append(names, r.ID)
		when := render.Cell{{Style: render.Yellow, Text: localTime(*r.NextScheduledStartTime)}}
		if r.NextScheduledStartTime.Before(view.now) {
			when = append(when, render.Span{Style: render.Red, Text: " (**)"})
		}
		t.Rows = append(t.Rows, []render.Cell{when, render.Text(r.ID), render.Text(r.Name), render.Text(orNone(r.DeploymentID))})
	}
	return e.showTable(output, values, names, t)
}

// slotsToCome is what schedules add to a queue: a run is written only of the next slot of each.
type slotsToCome struct {
	until             time.Time
	runs, deployments int
	first             time.Time
	deployment        string // of the first
}

// maxSlots is how many slots of one schedule are counted: it may be due every second.
const maxSlots = 1000

func (e *env) slotsToCome(ctx context.Context, db *store.DB, queue string, until time.Time) (slots slotsToCome, err error) {
	slots.until = until
	due, err := db.DueSchedules(ctx, []string{queue}, until)
	if err != nil {
		return slots, databaseError(err)
	}
	for _, d := range due {
		s, err := schedule.Decode(d.Schedule)
		if err != nil {
			return slots, errorf("The schedule of deployment '%s' can't be read: %v", d.Name, err)
		}
		s, n := s.Anchored(d.Since), 0
		for at := range s.After(e.now()) {
			if at.After(until) || n == maxSlots {
				break
			}
			if at.UnixMicro() == d.Until.UnixMicro() {
				continue // written already
			}
			if n == 0 && (slots.runs == 0 || at.Before(slots.first)) {
				slots.first, slots.deployment = at, d.Name
			}
			n++
			slots.runs++
		}
		if n > 0 {
			slots.deployments++
		}
	}
	return slots, nil
}

func (s slotsToCome) String() string {
	of := "the schedule of deployment '" + s.deployment + "' makes"
	if s.deployments > 1 {
		of = fmt.Sprintf("the schedules of %d deployments make", s.deployments)
	}
	more := count(s.runs, "more run")
	if s.runs >= maxSlots {
		more = fmt.Sprintf("%d more runs or more", s.runs)
	}
	return fmt.Sprintf("Until %s %s %s, the first at %s. See: prefect deployment next-runs %s",
		localTime(s.until), of, more, localTime(s.first), shellWord(s.deployment))
}
