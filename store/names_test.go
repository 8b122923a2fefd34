package store_test

import (
	"context"
	"path/filepath"
	"reflect"
	"testing"

	"prefect/store"
)

func TestNamesForCompletion(t *testing.T) {
	ctx, db := context.Background(), open(t)
	ids := schedule(t, db, 3)
	other, err := store.OpenExisting(ctx, db.Path()) // while it is open elsewhere
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	names := func(found []store.Named, err error) []string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, n := range found {
			names = append(names, n.Name)
		}
		return names
	}
	for _, c := range []struct {
		what      string
		got, want []string
	}{
		{"the newest runs", names(other.FlowRunNames(ctx, "", 2)), []string{"r", "r"}},
		{"runs by name", names(other.FlowRunNames(ctx, "r", 5)), []string{"r", "r", "r"}},
		{"runs by id", names(other.FlowRunNames(ctx, ids[1], 5)), ids[1:2]},
		{"no runs", names(other.FlowRunNames(ctx, "x", 5)), nil},
		{"deployments", names(other.DeploymentNames(ctx, "f/")), []string{"f/d"}},
		{"not a pattern", names(other.DeploymentNames(ctx, "%")), nil},
		{"queues", names(other.WorkQueueNames(ctx, "")), []string{"q"}},
		{"flows", names(other.FlowNames(ctx, "f")), []string{"f"}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %q, want %q", c.what, c.got, c.want)
		}
	}
	if err := other.DeleteFlowRun(ctx, ids[0]); err == nil {
		t.Error("a database opened to look names up was written")
	}
	missing := filepath.Join(t.TempDir(), "prefect.db")
	if _, err := store.OpenExisting(ctx, missing); err == nil {
		t.Error("a database that isn't there was opened")
	}
}
