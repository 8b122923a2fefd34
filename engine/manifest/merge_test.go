package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func ptr[T any](v T) *T { return &v }

// built is what build makes of the tutorial's flow when nothing but the name is given.
func built() *Deployment {
	return &Deployment{
		Name: "log-simple", FlowName: "log-flow", Version: ptr("00000000000000000000000000000000"), WorkQueueName: ptr("default"),
		Infrastructure: DefaultInfrastructure(), Path: "/home/me/elsewhere", Entrypoint: "log_flow.py:log_flow",
		ParameterSchema: EmptySchema(),
	}
}

func tutorialFile(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "reference", "tutorial.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// edit replaces texts of the tutorial's file, as its reader does by hand.
func edit(t *testing.T, pairs ...string) []byte {
	t.Helper()
	return []byte(strings.NewReplacer(pairs...).Replace(string(tutorialFile(t))))
}

func TestRebuildKeepsEditsAndRefreshesTheRest(t *testing.T) {
	old := edit(t, "parameters: {}", "parameters: {'name':'Marvin'}", "env: {}", "env: {A: b}", "description: null", "description: mine",
		"version: eb62685446ab79095ba5badbdb3bf374", "version: mine", "tags: []", "tags: [one]", "schedule: null", "schedule: {cron: 0 5 * * *}")
	r, err := Rebuild(old, "f.yaml", built(), Given{})
	if err != nil {
		t.Fatal(err)
	}
	wantKept := []string{"description", "version", "work_queue_name", "tags", "parameters", "schedule", "infrastructure.env"}
	if !reflect.DeepEqual(r.Kept, wantKept) || r.Unchanged || r.Backup {
		t.Errorf("kept %v, unchanged %v, backup %v; want %v", r.Kept, r.Unchanged, r.Backup, wantKept)
	}
	d, err := Read(r.Data, "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want := built()
	want.Description, want.Version, want.WorkQueueName, want.Tags = ptr("mine"), ptr("mine"), ptr("test"), []string{"one"}
	want.Parameters = yaml.MapSlice{{Key: "name", Value: "Marvin"}}
	want.Schedule = &Schedule{Cron: ptr("0 5 * * *"), DayOr: true}
	want.Infrastructure.Env = yaml.MapSlice{{Key: "A", Value: "b"}}
	sameDeployment(t, want, d)
}

func TestRebuildLetsTheCommandLineWin(t *testing.T) {
	old := edit(t, "parameters: {}", "parameters: {a: 1, b: 2}", "tags: []", "tags: [one]", "infra_overrides: {}", "infra_overrides: {env.A: '1', env.B: '2'}",
		"schedule: null", "schedule: {interval: 60, anchor_date: '2022-08-22T01:02:03+00:00', timezone: UTC}")
	b := built()
	b.WorkQueueName, b.Tags, b.Version = ptr("q"), []string{"two"}, ptr("9")
	b.InfraOverrides = yaml.MapSlice{{Key: "env.A", Value: "new"}}
	b.Schedule = &Schedule{Interval: ptr(60.0), AnchorDate: ptr("2026-01-01T00:00:00+00:00"), Timezone: ptr("UTC")}
	r, err := Rebuild(old, "f.yaml", b, Given{WorkQueueName: true, Tags: true, Version: true, Schedule: true})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"parameters", "infra_overrides"}; !reflect.DeepEqual(r.Kept, want) {
		t.Errorf("kept %v, want %v", r.Kept, want)
	}
	d := r.Deployment
	if *d.WorkQueueName != "q" || d.Tags[0] != "two" || *d.Version != "9" {
		t.Errorf("the command line lost: %+v", d)
	}
	if want := (yaml.MapSlice{{Key: "env.A", Value: "new"}, {Key: "env.B", Value: "2"}}); !reflect.DeepEqual(d.InfraOverrides, want) {
		t.Errorf("infra_overrides are %v, want %v", d.InfraOverrides, want)
	}
	if *d.Schedule.AnchorDate != "2022-08-22T01:02:03+00:00" {
		t.Errorf("the same interval is counted from %s now, so its runs move", *d.Schedule.AnchorDate)
	}
}

// A file that says so already is left alone, whatever its form and its comments.
func TestRebuildLeavesASameFileAlone(t *testing.T) {
	old := append(edit(t, "tags: []", "tags:   # none yet"), "# mine\n"...)
	b := built()
	b.Version, b.Path = ptr("eb62685446ab79095ba5badbdb3bf374"), "/home/me/prefect-tutorial"
	before, err := Read(old, "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b.ParameterSchema = before.ParameterSchema
	r, err := Rebuild(old, "f.yaml", b, Given{})
	if err != nil || !r.Unchanged || string(r.Data) != string(old) {
		t.Errorf("%v, %+v", err, r)
	}
	b.Path = "/somewhere/else"
	if r, err = Rebuild(old, "f.yaml", b, Given{}); err != nil || r.Unchanged || !r.Backup {
		t.Errorf("comments are lost without a backup: %v, %+v", err, r)
	}
	if r, err = Rebuild(tutorialFile(t), "f.yaml", b, Given{}); err != nil || r.Unchanged || r.Backup {
		t.Errorf("a backup of a file without comments of its own: %v, %+v", err, r)
	}
}

func TestRebuildRefusesOtherFiles(t *testing.T) {
	var unreadable *UnreadableError
	if _, err := Rebuild([]byte("notes: [\n"), "f.yaml", built(), Given{}); !errors.As(err, &unreadable) {
		t.Errorf("got %v", err)
	}
	var other *OtherDeploymentError
	_, err := Rebuild(edit(t, "name: log-simple", "name: nightly"), "f.yaml", built(), Given{})
	if !errors.As(err, &other) || err.Error() != "f.yaml describes the deployment 'log-flow/nightly', not 'log-flow/log-simple'" {
		t.Errorf("got %v", err)
	}
}
