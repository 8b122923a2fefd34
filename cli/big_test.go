package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"prefect/store/storetest"
)

// Commands must take about as long with a million runs in the database as with a few. The long
// form takes minutes and gigabytes:
//
//	PREFECT_BIG_RUNS=1000000 go test ./cli -run BigDatabase -v -timeout 1h
func TestBigDatabase(t *testing.T) {
	big := storetest.Size{Flows: 10, Deployments: 200, FlowRuns: 5_000, LinesPerRun: 5}
	small := storetest.Size{Flows: 10, Deployments: 200, FlowRuns: 200, LinesPerRun: 5}
	long := os.Getenv("PREFECT_BIG_RUNS")
	if long != "" {
		n, err := strconv.Atoi(long)
		if err != nil {
			t.Fatal(err)
		}
		big = storetest.Big
		big.FlowRuns = n
	}
	homes := map[string]string{"small": t.TempDir(), "big": t.TempDir()}
	if err := storetest.Fill(context.Background(), filepath.Join(homes["small"], "prefect.db"), small); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := storetest.Fill(context.Background(), filepath.Join(homes["big"], "prefect.db"), big); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d runs were written in %s", big.FlowRuns, time.Since(start).Round(time.Second))
	compare := func(name string, do func()) {
		t.Helper()
		took := map[string]time.Duration{}
		for size, home := range homes {
			t.Setenv("PREFECT_HOME", home)
			took[size] = fastest(do)
		}
		text := fmt.Sprintf("%-60s %8s with few runs, %8s with %d", name, took["small"].Round(10*time.Microsecond), took["big"].Round(10*time.Microsecond), big.FlowRuns)
		t.Log(text)
		// In the short form only what would grow out of hand is told: other tests run beside it.
		if allowed := 2*took["small"] + 5*time.Millisecond; long != "" && took["big"] > allowed {
			t.Errorf("too slow: %s", text)
		}
	}
	for _, line := range [][]string{
		{"deployment", "ls", "--limit", "50"}, {"deployment", "inspect", "flow-1/deployment-1"}, {"deployment", "run", "flow-1/deployment-1"},
		{"flow-run", "ls"}, {"flow-run", "ls", "--state", "Failed"}, {"flow-run", "ls", "--state", "Late"}, {"flow-run", "ls", "--state-type", "CANCELLED"},
		{"flow-run", "ls", "--flow-name", "flow-1"}, {"flow-run", "ls", "--flow-name", "flow-1", "--state-type", "CRASHED"},
		{"flow-run", "ls", "--older-than", "30d"}, {"flow-run", "logs", "run-101"}, {"flow-run", "inspect", "run-101"}, {"flow-run", "why", "run-101"},
		{"work-queue", "ls", "-v"}, {"work-queue", "preview", "queue-1"}, {"flow", "ls", "-o", "wide"},
	} {
		compare(strings.Join(line, " "), func() {
			if code, _, stderr := run(line...); code != exitDone {
				t.Fatalf("%v ended with %d: %s", line, code, stderr)
			}
		})
	}
	// A run from its creation to its end.
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.py"), []byte("from prefect import flow\n\n@flow\ndef f():\n    pass\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, home := range homes {
		t.Setenv("PREFECT_HOME", home)
		runIn(t, dir, nil, "prefect", "deployment", "build", "f.py:f", "-n", "mine", "-q", "mine", "--apply", "--force")
	}
	compare("agent start --drain with one run", func() {
		runIn(t, dir, nil, "prefect", "deployment", "run", "f/mine")
		runIn(t, dir, nil, "prefect", "agent", "start", "-q", "mine", "--drain")
	})
}

// fastest is how long something takes when nothing gets in its way.
func fastest(do func()) time.Duration {
	var all []time.Duration
	for range 7 {
		start := time.Now()
		do()
		all = append(all, time.Since(start))
	}
	return slices.Min(all)
}
