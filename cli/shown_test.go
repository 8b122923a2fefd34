package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"prefect/store"

	"github.com/google/uuid"
)

// hostile is what may stand in each text of a database: here from one source.
type hostile func() string

// fill writes a database in which every text that a person or a flow can choose comes from next. It
// returns the id of a run.
func fill(t testing.TB, path string, next hostile, runs int) (runID string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ptr := func(s string) *string { return &s }
	list := func(s ...string) json.RawMessage {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	dict := func(k, v string) json.RawMessage {
		raw, err := json.Marshal(map[string]any{k: v, "nested": map[string]string{v: k}})
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	check := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	typed := func() string { return strings.ToValidUTF8(next(), "") } // no command line has other text
	queue := "q" + typed()
	// The first slash parts the flow from the deployment, so a flow has none.
	_, err = db.ApplyDeployments(ctx, []store.Deployment{{FlowName: "f" + strings.ReplaceAll(typed(), "/", ""), Name: "d" + typed(), Version: ptr(next()), Description: ptr(next()),
		WorkQueueName: &queue, Tags: list(next()), Parameters: dict(next(), next()), Schedule: dict("cron", next()), IsScheduleActive: true,
		InfraOverrides: dict(next(), next()), Infrastructure: dict(next(), next()), Path: ptr(next()), Entrypoint: ptr(next()),
		ParameterOpenAPISchema: dict(next(), next()), Python: ptr(next())}})
	check(err)
	deployments, err := db.Deployments(ctx, store.DeploymentFilter{})
	check(err)
	_, _, err = db.CreateFlowRun(ctx, deployments[0], store.NewRun{Name: "w" + next(), Parameters: dict(next(), next()), Tags: []string{next()},
		Description: ptr(next()), At: time.Now().Add(time.Minute)})
	check(err)
	check(db.SetConcurrencyLimit(ctx, "t"+typed(), 1))
	check(db.AddAgent(ctx, store.Agent{ID: uuid.NewString(), Process: "1/2/" + next(), Queues: []string{queue, next()}, Started: time.Now()}))
	now := time.Now()
	for range runs {
		runID = uuid.NewString()
		task, claim := uuid.NewString(), uuid.NewString()
		check(db.Record(ctx, []store.Event{
			store.FlowRunStarted{At: now, Claim: claim, ClaimProcess: "1/2/3", Run: store.FlowRun{ID: runID, Name: "r" + next(), FlowName: "f" + next(),
				FlowVersion: ptr(next()), Parameters: dict(next(), next()), Tags: list(next())}},
			store.TaskRunStarted{At: now, Run: store.TaskRun{ID: task, FlowRunID: runID, Name: next(), TaskKey: next(), DynamicKey: next(), Tags: list(next())}},
			store.TaskRunMoved{ID: task, State: store.NewState(store.Failed, next(), next(), now)},
			store.LogLine{FlowRunID: runID, Source: store.FromLog, Level: 20, Logger: next(), Label: next(), Message: next(), At: now},
			store.LogLine{FlowRunID: runID, Source: store.FromStdout, Level: 20, Logger: next(), Label: next(), Message: next(), At: now},
			store.LogLine{FlowRunID: runID, Source: store.FromStderr, Level: 30, Logger: next(), Label: next(), Message: next(), At: now},
			store.FlowRunMoved{ID: runID, State: store.NewState(store.Failed, next(), next(), now)},
		}))
	}
	return runID
}

// views are all commands that show what stands in the database.
func views(runID, queue, tag, deployment string) [][]string {
	var all [][]string
	for _, view := range [][]string{{"flow", "ls"}, {"flow-run", "ls", "--limit", "0"}, {"flow-run", "inspect", runID}, {"flow-run", "why", runID},
		{"flow-run", "watch", runID}, {"work-queue", "ls"}, {"work-queue", "inspect", queue}, {"work-queue", "preview", queue},
		{"concurrency-limit", "ls"}, {"concurrency-limit", "inspect", tag}, {"deployment", "ls"}, {"deployment", "inspect", deployment}, {"doctor"}} {
		for _, format := range []string{"table", "wide", "json", "yaml", "name"} {
			all = append(all, append(append([]string{}, view...), "-o", format))
		}
	}
	for _, format := range []string{"table", "json", "yaml"} {
		all = append(all, []string{"flow-run", "logs", runID, "-o", format}, []string{"flow-run", "logs", runID, "-o", format, "-r"})
	}
	return append(all, []string{"flow-run", "logs", runID, "-f"}, []string{"flow-run", "cancel", runID}, []string{"flow-run", "retry", runID},
		[]string{"flow-run", "inspect", queue}, []string{"work-queue", "pause", queue}, []string{"work-queue", "inspect", tag},
		[]string{"work-queue", "preview", queue}, []string{"work-queue", "delete", queue}, []string{"concurrency-limit", "reset", tag},
		[]string{"concurrency-limit", "delete", tag}, []string{"concurrency-limit", "delete", tag})
}

// tricks returns the characters of a text that act on a terminal or hide text. A tab in a log
// only moves on the line; a joiner holds emoji together.
func tricks(text string) []string {
	var found []string
	for i, r := range text {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(text[i:]); n == 1 {
				found = append(found, fmt.Sprintf("byte %#x", text[i]))
			}
			continue
		}
		switch {
		case r == '\n' || r == '\t' || r == 0x200d:
		case r < 0x20, r >= 0x7f && r < 0xa0, r == 0xad, r == 0x61c, r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e,
			r >= 0x2060 && r <= 0x206f, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe01ef:
			found = append(found, fmt.Sprintf("%U", r))
		}
	}
	return found
}

// shownOf fills a database and looks at all views of it.
func shownOf(t testing.TB, next hostile, runs int) {
	t.Helper()
	home := t.TempDir()
	t.Setenv("PREFECT_HOME", home)
	id := fill(t, filepath.Join(home, "prefect.db"), next, runs)
	queue, tag, deployment := namesOf(t, filepath.Join(home, "prefect.db"))
	for _, view := range views(id, queue, tag, deployment) {
		code, stdout, stderr := run(view...)
		if strings.Contains(stderr, "internal error") {
			t.Errorf("prefect %q broke: %s", view, stderr)
		}
		if code == exitUsage {
			t.Errorf("prefect %q is wrong usage: %s", view, stderr)
		}
		if found := tricks(stdout + stderr); len(found) > 0 {
			t.Errorf("prefect %q shows %v", view, found[:min(len(found), 5)])
		}
	}
}

func namesOf(t testing.TB, path string) (queue, tag, deployment string) {
	t.Helper()
	ctx := context.Background()
	db, err := store.Open(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	queues, err := db.WorkQueues(ctx)
	if err != nil {
		t.Fatal(err)
	}
	limits, err := db.ConcurrencyLimits(ctx, func(string) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	deployments, err := db.Deployments(ctx, store.DeploymentFilter{})
	if err != nil {
		t.Fatal(err)
	}
	return queues[0].Name, limits[0].Tag, deployments[0].FullName()
}

// Every character that could act on a terminal, in every text, through every view.
func TestNothingShownActsOnTheTerminal(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r < 0x300; r++ {
		all.WriteRune(r)
	}
	for _, span := range [][2]rune{{0x600, 0x620}, {0x180b, 0x180f}, {0x2000, 0x2070}, {0xfe00, 0xfe10}, {0xfeff, 0xff00}, {0xfff0, 0xfffd}, {0xe0000, 0xe0200}} {
		for r := span[0]; r < span[1]; r++ {
			all.WriteRune(r)
		}
	}
	all.WriteString("\xff\xc3(\x1b[2J\x1b]52;c;c2VjcmV0\a")
	shownOf(t, all.String, 2)
}

// Random texts, many to a database; PREFECT_SHOWN_TEXTS says how many of them.
func TestNoRandomTextActsOnTheTerminal(t *testing.T) {
	texts := 1000
	if s := os.Getenv("PREFECT_SHOWN_TEXTS"); s != "" {
		var err error
		if texts, err = strconv.Atoi(s); err != nil {
			t.Fatal(err)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	const perRun = 21
	shownOf(t, func() string { return randomText(random) }, texts/perRun)
}

func randomText(random *rand.Rand) string {
	var b strings.Builder
	for range 1 + random.IntN(12) {
		switch random.IntN(5) {
		case 0:
			b.WriteByte(byte(random.IntN(256)))
		case 1:
			b.WriteRune(rune(random.IntN(0x20)))
		case 2:
			b.WriteRune(rune(0x2000 + random.IntN(0x70)))
		case 3:
			b.WriteRune(rune(random.IntN(0x10ffff)))
		default:
			b.WriteString([]string{"\x1b[31m", "\x1b]0;title\a", "\r", "\u202e", "\u009b2J", "\x7f", "\ufeff", "word", "'", "\"", "\\", "%s"}[random.IntN(12)])
		}
	}
	return b.String()
}

func FuzzShown(f *testing.F) {
	f.Add("\x1b[2J")
	f.Add("\u202etxt.exe")
	f.Add("a\r\nb\tc")
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, text string) { shownOf(t, func() string { return text }, 1) })
}
