package agent

import (
	"context"
	"errors"
	"fmt"
	"time"

	"prefect/engine/schedule"
	"prefect/store"
)

// Catchup is what becomes of the slots of a schedule for which no agent was awake at their time:
// none was running, or the machine was asleep or off.
type Catchup string

// The policies of catching up. Any other value is the first.
const (
	CatchupLatest Catchup = "latest" // the latest one runs, the others are recorded as skipped
	CatchupSkip   Catchup = "skip"   // all are recorded as skipped
	CatchupAll    Catchup = "all"    // all run
)

const (
	// onTime is how long after its time a slot isn't missed yet.
	onTime = 15 * time.Second
	// maxMissed is how many missed slots of a schedule get a row, the latest. A schedule that is due
	// every second and was not looked at for a year costs no more than that.
	maxMissed = 1000
	// maxCounted is how many more are counted for the log.
	maxCounted = 10_000
	// slip is how far the clock may go back before what was done ahead of it is looked through.
	slip = time.Second
)

// fire makes the runs of the agent's schedules: of each the one of its next slot, so that it can
// be shown before it is due, and what was missed. It returns when it has to be called next.
func (a *Agent) fire(ctx context.Context) (*time.Time, error) {
	now := a.DB.Now().Round(0) // the time on the wall: the other one stands still while the machine sleeps
	if a.clock.IsZero() || now.Before(a.clock.Add(-slip)) {
		if err := a.DB.ForgetSkippedAhead(ctx); err != nil {
			return nil, err
		}
	}
	a.clock = now
	next, err := a.DB.NextSlot(ctx, a.Queues)
	if err != nil || next == nil || next.After(now) {
		return next, err
	}
	due, err := a.DB.DueSchedules(ctx, a.Queues, now)
	for _, d := range due {
		err = errors.Join(err, a.fireOne(ctx, d, now))
	}
	if err != nil {
		return nil, err
	}
	return a.DB.NextSlot(ctx, a.Queues)
}

func (a *Agent) fireOne(ctx context.Context, d store.DeploymentSchedule, now time.Time) error {
	s, err := schedule.Decode(d.Schedule)
	if err != nil { // apply has refused it, so it was written by another program
		a.Log(40, "prefect.agent", fmt.Sprintf("The schedule of deployment '%s' can't be read and makes no runs: %v", d.Name, err))
		return a.addSlots(ctx, d, nil, nil, 0)
	}
	s = s.Anchored(d.Since)
	missed, earlier := missedSlots(s, *d.Until, now)
	slots := a.settle(missed, now)
	var until *time.Time
	if at, ok := s.Next(now); ok {
		until, slots = &at, append(slots, store.Slot{At: at, Name: a.RunName()})
	}
	return a.addSlots(ctx, d, slots, until, earlier)
}

func (a *Agent) addSlots(ctx context.Context, d store.DeploymentSchedule, slots []store.Slot, until *time.Time, earlier int) error {
	skipped, err := a.DB.AddSlots(ctx, d, slots, until)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil // it was changed meanwhile, or another agent was first; it comes up again by itself
	case err != nil:
		return err
	case skipped+earlier > 0:
		a.Log(30, "prefect.agent", missedText(d.Name, skipped, earlier))
	}
	return nil
}

// missedSlots returns the slots from the one at from, which was written ahead, up to now: that one
// and the latest maxMissed. earlier is how many there were between, at most maxCounted.
func missedSlots(s *schedule.Schedule, from, now time.Time) (latest []time.Time, earlier int) {
	// The earlier ones are not gone through: look back twice as far until there are enough.
	for span := time.Second; ; span *= 2 {
		start := now.Add(-span)
		if start.Before(from) {
			start = from
		}
		latest = latest[:0]
		for at := range s.After(start.Add(-time.Microsecond)) {
			if at.After(now) {
				break
			}
			latest = append(latest, at)
		}
		if start.Equal(from) || len(latest) > maxMissed {
			break
		}
	}
	if len(latest) <= maxMissed {
		return latest, 0
	}
	latest = latest[len(latest)-maxMissed:]
	for at := range s.After(from) {
		if earlier == maxCounted || !at.Before(latest[0]) {
			break
		}
		earlier++
	}
	return append([]time.Time{from}, latest...), earlier
}

// settle decides what becomes of slots whose time has come, by the agent's policy. The last of
// them is not missed when its time is just now.
func (a *Agent) settle(slots []time.Time, now time.Time) []store.Slot {
	settled := make([]store.Slot, len(slots))
	for i, at := range slots {
		settled[i] = store.Slot{At: at, Name: a.RunName()}
		last := i == len(slots)-1
		switch {
		case a.Catchup == CatchupAll, last && a.Catchup != CatchupSkip, last && now.Sub(at) <= onTime:
		case a.Catchup == CatchupSkip:
			settled[i].Skipped = "No agent was awake at its time."
		default:
			settled[i].Skipped = "No agent was awake at its time; the latest run that was missed was started instead."
		}
	}
	return settled
}

func missedText(deployment string, skipped, earlier int) string {
	text := fmt.Sprintf("Deployment '%s' has missed runs of its schedule: skipped %d", deployment, skipped)
	switch {
	case earlier == maxCounted:
		text += fmt.Sprintf(", and more than %d before them that are not recorded", earlier)
	case earlier > 0:
		text += fmt.Sprintf(", and %d before them that are not recorded", earlier)
	}
	return text + "."
}
