package agent

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prefect/engine/schedule"
	"prefect/store"
)

// A world is a machine with a clock of its own, a database file, and agents that each have opened
// it for themselves. What an agent claims it runs at once.
type world struct {
	t        *testing.T
	clock    time.Time
	path     string
	db       *store.DB
	agents   []*Agent
	catchup  Catchup
	schedule json.RawMessage
	set      time.Time // when the schedule was set
	ran      map[time.Time]int
	logged   []string
}

func newWorld(t *testing.T, schedule, start string) *world {
	t.Helper()
	at, err := time.Parse(time.RFC3339, start)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: at, set: at, path: filepath.Join(t.TempDir(), "prefect.db"), schedule: json.RawMessage(schedule), ran: map[time.Time]int{}}
	w.db = w.open()
	w.apply("")
	return w
}

func (w *world) open() *store.DB {
	w.t.Helper()
	db, err := store.Open(context.Background(), w.path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { db.Close() })
	db.Now = func() time.Time { return w.clock }
	return db
}

func (w *world) apply(version string) {
	w.t.Helper()
	queue := "q"
	_, err := w.db.ApplyDeployments(context.Background(), []store.Deployment{{FlowName: "f", Name: "d", WorkQueueName: &queue, Version: &version,
		Tags: json.RawMessage(`[]`), Parameters: json.RawMessage(`{}`), InfraOverrides: json.RawMessage(`{}`), Infrastructure: json.RawMessage(`{}`),
		ParameterOpenAPISchema: json.RawMessage(`{}`), IsScheduleActive: true, Schedule: w.schedule}})
	if err != nil {
		w.t.Fatal(err)
	}
}

// start starts n agents anew.
func (w *world) start(n int) {
	w.t.Helper()
	w.stop()
	for range n {
		a, err := New(context.Background(), Options{DB: w.open(), Queues: []string{"q"}, Catchup: w.catchup,
			RunName: func() string { return "calm-otter" },
			Log:     func(_ int, _, text string) { w.logged = append(w.logged, text) }})
		if err != nil {
			w.t.Fatal(err)
		}
		w.agents = append(w.agents, a)
	}
}

func (w *world) stop() {
	for _, a := range w.agents {
		a.goodbye()
		a.DB.Close()
	}
	w.agents = nil
}

// turn lets each agent do once what Run does at each turn.
func (w *world) turn() {
	w.t.Helper()
	for _, a := range w.agents {
		w.fire(a)
		w.run(a)
	}
}

func (w *world) fire(a *Agent) {
	w.t.Helper()
	if _, err := a.fire(context.Background()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) run(a *Agent) {
	w.t.Helper()
	runs, err := a.DB.ClaimFlowRuns(context.Background(), store.ClaimRequest{Queues: a.Queues, Limit: 10_000, Due: w.clock, Process: a.self})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, r := range runs {
		w.ran[r.ExpectedStartTime]++
		if err := a.DB.Settle(context.Background(), r.ID, *r.Claim, store.NewState(store.Completed, "Completed", "", w.clock)); err != nil {
			w.t.Fatal(err)
		}
	}
}

// pass lets time pass in steps.
func (w *world) pass(d, step time.Duration) {
	w.t.Helper()
	for end := w.clock.Add(d); w.clock.Before(end); {
		w.clock = w.clock.Add(step)
		w.turn()
	}
}

func (w *world) deployment() store.Deployment {
	w.t.Helper()
	d, err := w.db.DeploymentByName(context.Background(), "f", "d")
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) pause(paused bool) {
	w.t.Helper()
	if _, err := w.db.SetSchedulePaused(context.Background(), w.deployment().ID, paused); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) decoded() *schedule.Schedule {
	w.t.Helper()
	s, err := schedule.Decode(w.schedule)
	if err != nil {
		w.t.Fatal(err)
	}
	return s.Anchored(w.set)
}

// due are the instants of the schedule in (from, to].
func (w *world) due(from, to time.Time) (all []time.Time) {
	w.t.Helper()
	s := w.decoded()
	for at, ok := s.Next(from); ok && !at.After(to); at, ok = s.Next(at) {
		all = append(all, at.UTC())
	}
	return all
}

func (w *world) rows() map[time.Time][]string {
	w.t.Helper()
	runs, err := w.db.FlowRuns(context.Background(), store.FlowRunFilter{})
	if err != nil {
		w.t.Fatal(err)
	}
	rows := map[time.Time][]string{}
	for _, r := range runs {
		rows[r.ExpectedStartTime] = append(rows[r.ExpectedStartTime], r.State.Name)
	}
	return rows
}

// check compares the ledger with the instants that were due: each has one row, which has run once
// or was skipped, no other has any, and one more is there to come.
func (w *world) check(due []time.Time) (skipped []time.Time) {
	w.t.Helper()
	rows := w.rows()
	for _, at := range due {
		switch states := rows[at]; {
		case len(states) != 1:
			w.t.Errorf("%v has rows %v", at, states)
		case states[0] == "Skipped":
			skipped = append(skipped, at)
		case states[0] != "Completed" || w.ran[at] != 1:
			w.t.Errorf("%v is %v and ran %d times", at, states, w.ran[at])
		}
		delete(rows, at)
	}
	coming, _ := w.decoded().Next(w.clock)
	for at, states := range rows {
		if !at.Equal(coming) || !slices.Equal(states, []string{"Scheduled"}) {
			w.t.Errorf("%v was not due and has rows %v", at, states)
		}
	}
	if len(rows) != 1 {
		w.t.Errorf("%d runs are there to come, not one", len(rows))
	}
	return skipped
}

func (w *world) wantSkipped(skipped []time.Time, n int) {
	w.t.Helper()
	if len(skipped) != n {
		w.t.Errorf("%d slots were skipped, not %d: %v", len(skipped), n, skipped)
	}
}

const hourly = `{"cron":"0 * * * *"}`

func TestEveryInstantRunsOnce(t *testing.T) {
	for name, schedule := range map[string]string{
		"hourly": hourly, "every 10 minutes": `{"interval":600}`, "rule": `{"rrule":"FREQ=MINUTELY;INTERVAL=45"}`,
		"spring":             `{"cron":"*/30 * * * *","timezone":"Europe/Berlin"}`,
		"ends":               `{"rrule":"DTSTART:20240330T120000\nRRULE:FREQ=HOURLY;COUNT=200"}`,
		"every three days":   `{"interval":259200,"timezone":"Europe/Berlin"}`,
		"daily in the night": `{"cron":"30 2 * * *","timezone":"Europe/Berlin"}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, schedule, "2024-03-30T11:10:20Z")
			w.start(2)
			w.turn()
			w.pass(48*time.Hour, 10*time.Minute)
			w.wantSkipped(w.check(w.due(w.set, w.clock)), 0)
		})
	}
}

func TestClockChanges(t *testing.T) {
	for _, c := range []struct {
		schedule, start string
		want            []string
	}{
		{`{"cron":"30 2 * * *","timezone":"Europe/Berlin"}`, "2024-03-30T12:00:00Z", []string{"2024-03-31T01:30:00Z", "2024-04-01T00:30:00Z"}},
		{`{"cron":"30 2 * * *","timezone":"Europe/Berlin"}`, "2024-10-26T12:00:00Z", []string{"2024-10-27T01:30:00Z", "2024-10-28T01:30:00Z"}},
		{`{"cron":"0 9 * * *","timezone":"America/New_York"}`, "2024-03-09T20:00:00Z", []string{"2024-03-10T13:00:00Z", "2024-03-11T13:00:00Z"}},
		{`{"cron":"0 9 * * *","timezone":"America/New_York"}`, "2024-11-02T20:00:00Z", []string{"2024-11-03T14:00:00Z", "2024-11-04T14:00:00Z"}},
	} {
		w := newWorld(t, c.schedule, c.start)
		w.start(2)
		w.pass(48*time.Hour, 10*time.Minute)
		due := w.due(w.set, w.clock)
		w.wantSkipped(w.check(due), 0)
		var got []string
		for _, at := range due {
			got = append(got, at.Format(time.RFC3339))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s from %s: %v, want %v", c.schedule, c.start, got, c.want)
		}
	}
}

// The clock is set while agents run: whatever it shows, each instant gets one row, and once the
// clock is right again its runs go on at their times.
func TestTheClockIsSet(t *testing.T) {
	for _, step := range []time.Duration{time.Hour, -time.Hour, 24 * time.Hour, -24 * time.Hour, 90 * time.Second, -90 * time.Second} {
		t.Run(step.String(), func(t *testing.T) {
			w := newWorld(t, hourly, "2024-05-14T10:30:00Z")
			w.start(2)
			w.turn()
			w.pass(30*time.Hour, 5*time.Minute)
			w.clock = w.clock.Add(step)
			w.turn()
			w.pass(3*time.Hour, 5*time.Minute)
			w.clock = w.clock.Add(-step)
			w.turn()
			w.pass(30*time.Hour, 5*time.Minute)
			skipped := w.check(w.due(w.set, w.clock))
			// What a clock that is ahead skips comes up again; only the hours of true time that it
			// never showed are missed.
			if len(skipped) > 3 {
				t.Errorf("skipped: %v", skipped)
			}
			for at, n := range w.ran {
				if n != 1 {
					t.Errorf("%v ran %d times", at, n)
				}
			}
		})
	}
}

// The lid of a laptop is closed for nine hours.
func TestAsleep(t *testing.T) {
	for policy, want := range map[Catchup]struct{ skipped, ran int }{
		"": {8, 3}, CatchupLatest: {8, 3}, CatchupSkip: {9, 2}, CatchupAll: {0, 11},
	} {
		t.Run("policy "+string(policy), func(t *testing.T) {
			w := newWorld(t, hourly, "2024-05-14T10:30:00Z")
			w.catchup = policy
			w.start(2)
			w.turn()
			w.pass(time.Hour, time.Minute)
			w.clock = w.clock.Add(9*time.Hour + 10*time.Minute)
			w.turn()
			w.turn()
			w.pass(time.Hour, time.Minute)
			skipped := w.check(w.due(w.set, w.clock))
			w.wantSkipped(skipped, want.skipped)
			if len(w.ran) != want.ran {
				t.Errorf("%d ran, want %d: %v", len(w.ran), want.ran, w.ran)
			}
			if want.skipped > 0 && !slices.Equal(w.logged[len(w.logged)-1:], []string{
				fmt.Sprintf("Deployment 'f/d' has missed runs of its schedule: skipped %d.", want.skipped)}) {
				t.Errorf("said %q", w.logged)
			}
		})
	}
}

// A slot whose time is just now is not missed, whatever the policy.
func TestOnTimeIsNotMissed(t *testing.T) {
	w := newWorld(t, hourly, "2024-05-14T10:30:00Z")
	w.catchup = CatchupSkip
	w.start(1)
	w.turn()
	w.clock = w.clock.Add(30*time.Minute + 14*time.Second)
	w.turn()
	w.wantSkipped(w.check(w.due(w.set, w.clock)), 0)
}

// An agent finds what was missed before it was started, also when no agent ever ran.
func TestDown(t *testing.T) {
	w := newWorld(t, hourly, "2024-05-14T10:30:00Z")
	w.clock = w.clock.Add(5 * time.Hour)
	w.start(1)
	w.turn()
	w.wantSkipped(w.check(w.due(w.set, w.clock)), 4)
	w.pass(2*time.Hour, time.Minute)
	w.stop()
	w.apply("2") // doesn't touch the schedule
	w.clock = w.clock.Add(26 * time.Hour)
	w.apply("3")
	w.start(3)
	w.turn()
	w.wantSkipped(w.check(w.due(w.set, w.clock)), 4+25)
}

// A year without an agent costs a schedule of seconds no more than the rows that are kept.
func TestAYearOfSeconds(t *testing.T) {
	schedules := []string{`{"interval":1}`, `{"cron":"* * * * * *"}`, `{"rrule":"FREQ=SECONDLY"}`}
	if testing.Short() {
		schedules = schedules[:1]
	}
	for _, schedule := range schedules {
		w := newWorld(t, schedule, "2024-05-14T10:30:00Z")
		w.start(1)
		w.turn()
		ahead := w.due(w.set, w.set.Add(time.Second))
		w.clock = w.clock.AddDate(1, 0, 0)
		w.start(1)
		w.turn()
		w.wantSkipped(w.check(append(ahead, w.due(w.clock.Add(-maxMissed*time.Second), w.clock)...)), maxMissed)
		if want := "skipped 1000, and more than 10000 before them that are not recorded."; len(w.logged) != 1 || !strings.HasSuffix(w.logged[0], want) {
			t.Errorf("said %q", w.logged)
		}
	}
	w := newWorld(t, `{"interval":1}`, "2024-05-14T10:30:00Z")
	w.clock = w.clock.Add(1500 * time.Second)
	w.start(1)
	w.turn()
	if want := "skipped 999, and 500 before them that are not recorded."; len(w.logged) != 1 || !strings.HasSuffix(w.logged[0], want) {
		t.Errorf("said %q", w.logged)
	}
}

// While a schedule is paused nothing is due, and nothing of it is made up for.
func TestPauseAndResume(t *testing.T) {
	w := newWorld(t, hourly, "2024-05-14T10:30:00Z")
	w.start(2)
	w.pass(3*time.Hour, 5*time.Minute)
	before := w.due(w.set, w.clock)
	w.pause(true)
	w.pass(5*time.Hour, 5*time.Minute)
	if rows := w.rows(); len(rows) != len(before) {
		t.Errorf("a paused schedule has rows %v", rows)
	}
	w.pause(false)
	resumed := w.clock
	w.pass(3*time.Hour, 5*time.Minute)
	w.wantSkipped(w.check(append(before, w.due(resumed, w.clock)...)), 0)
}

// Two agents look at the same moment: both have read the schedule before either writes.
func TestTwoAgentsAtOnce(t *testing.T) {
	w := newWorld(t, hourly, "2024-05-14T10:30:00Z")
	w.start(2)
	ctx := context.Background()
	for range 6 {
		w.clock = w.clock.Add(time.Hour)
		var read []store.DeploymentSchedule
		for _, a := range w.agents {
			due, err := a.DB.DueSchedules(ctx, a.Queues, w.clock)
			if err != nil || len(due) != 1 {
				t.Fatalf("%v %v", due, err)
			}
			read = append(read, due[0])
		}
		for i, a := range w.agents {
			if err := a.fireOne(ctx, read[i], w.clock); err != nil {
				t.Fatal(err)
			}
		}
		for _, a := range w.agents {
			w.run(a)
		}
	}
	w.wantSkipped(w.check(w.due(w.set, w.clock)), 0)
}

// A schedule that nobody can read doesn't hold up the others, and is said once.
func TestAScheduleThatCantBeRead(t *testing.T) {
	w := newWorld(t, `{"cron":"every day"}`, "2024-05-14T10:30:00Z")
	w.start(1)
	w.turn()
	w.turn()
	if len(w.logged) != 1 || !strings.Contains(w.logged[0], "expected 5 or 6 fields, found 2") {
		t.Errorf("said %q", w.logged)
	}
	if next, err := w.agents[0].fire(context.Background()); next != nil || err != nil {
		t.Errorf("it is looked at again at %v, %v", next, err)
	}
}

// Whatever happens in whatever order, no instant runs twice, and none that was due is without a row.
func TestRandomLives(t *testing.T) {
	schedules := []string{hourly, `{"interval":1200}`, `{"cron":"*/20 * * * *","timezone":"America/New_York"}`, `{"rrule":"FREQ=MINUTELY;INTERVAL=25"}`}
	seeds := int64(12)
	if testing.Short() {
		seeds = 4
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			rnd := rand.New(rand.NewSource(seed))
			w := newWorld(t, schedules[seed%4], []string{"2024-03-09T18:10:00Z", "2024-11-02T20:10:00Z"}[seed%2])
			w.catchup = []Catchup{CatchupLatest, CatchupSkip, CatchupAll}[rnd.Intn(3)]
			w.start(1 + rnd.Intn(3))
			w.turn()
			var paused [][2]time.Time
			for range 30 {
				switch rnd.Intn(6) {
				case 0:
					w.start(rnd.Intn(4))
				case 1:
					w.apply(fmt.Sprint(rnd.Int()))
				case 2: // the clock is wrong for a while, and set right
					step := time.Duration(rnd.Intn(48*60)-24*60) * time.Minute
					w.clock = w.clock.Add(step)
					w.turn()
					w.pass(time.Duration(rnd.Intn(90))*time.Minute, 10*time.Minute)
					w.clock = w.clock.Add(-step)
				case 3: // asleep
					w.clock = w.clock.Add(time.Duration(rnd.Intn(9*60)) * time.Minute)
				case 4: // what was missed before is recorded first, which takes an agent
					if len(w.agents) == 0 {
						w.start(1)
					}
					from := w.clock
					w.turn()
					w.pause(true)
					w.pass(time.Duration(rnd.Intn(120))*time.Minute, 10*time.Minute)
					w.pause(false)
					paused = append(paused, [2]time.Time{from, w.clock})
				}
				w.turn()
				w.pass(time.Duration(rnd.Intn(120))*time.Minute, time.Duration(1+rnd.Intn(10))*time.Minute)
			}
			w.start(2)
			w.turn()
			w.wantRowsOnce(paused)
		})
	}
}

// wantRowsOnce is check for a life with pauses and a clock that was wrong: of an instant within a
// pause there may be a row, made before it or by a clock that was ahead.
func (w *world) wantRowsOnce(paused [][2]time.Time) {
	w.t.Helper()
	rows := w.rows()
	for _, at := range w.due(w.set, w.clock) {
		inPause := slices.ContainsFunc(paused, func(p [2]time.Time) bool { return at.After(p[0]) && !at.After(p[1]) })
		if n := len(rows[at]); n > 1 || n == 0 && !inPause {
			w.t.Errorf("%v has rows %v", at, rows[at])
		}
	}
	for at, states := range rows {
		if w.ran[at] > 1 || len(states) != 1 {
			w.t.Errorf("%v has rows %v and ran %d times", at, states, w.ran[at])
		}
	}
}
