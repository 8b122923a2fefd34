package store_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"prefect/store"
)

// BenchmarkRecordLog keeps lines as a talkative run prints them.
func BenchmarkRecordLog(b *testing.B) {
	ctx := context.Background()
	db, err := store.Open(ctx, b.TempDir()+"/prefect.db")
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	started := store.FlowRunStarted{At: time.Now(), Claim: "c", ClaimProcess: "1/1/b",
		Run: store.FlowRun{ID: "run", Name: "run", FlowName: "f", Parameters: []byte("{}"), Tags: []byte("[]")}}
	if err := db.Record(ctx, []store.Event{started}); err != nil {
		b.Fatal(err)
	}
	batch := make([]store.Event, 2000)
	for i := range batch {
		batch[i] = store.LogLine{FlowRunID: "run", Source: store.FromStdout, Level: 20, Logger: "stdout", Label: "stdout",
			Message: strings.Repeat("x", 199), At: time.Now()}
	}
	for b.Loop() {
		if err := db.Record(ctx, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(batch))/b.Elapsed().Seconds(), "lines/s")
}
