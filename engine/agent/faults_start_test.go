//go:build linux

package agent_test

import (
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/store"
)

// apply changes a deployment and keeps it.
func (w *world) apply(d store.Deployment, change func(d *store.Deployment)) store.Deployment {
	w.Helper()
	change(&d)
	_, err := w.db.ApplyDeployments(context.Background(), []store.Deployment{d})
	w.ok(err)
	d, err = w.db.DeploymentByName(context.Background(), d.FlowName, d.Name)
	w.ok(err)
	return d
}

// TestFaultsRunsThatCannotStart fail, say why, and harm no other.
func TestFaultsRunsThatCannotStart(t *testing.T) {
	together(t)
	w := newWorld(t)
	gone := w.file("gone")
	w.write("noexec", "#!/bin/sh\n")
	cases := []struct {
		name   string
		make   func() store.Deployment
		reason string
	}{
		{"folder gone", func() store.Deployment {
			return w.apply(w.shell("folder gone", "true"), func(d *store.Deployment) { d.Path = &gone })
		}, "the deployment's folder " + gone + " is not there"},
		{"no such command", func() store.Deployment { return w.deploy("no such command", "", []string{"no-such-command-anywhere"}) },
			`the command "no-such-command-anywhere" can't be started`},
		{"not executable", func() store.Deployment { return w.deploy("not executable", "", []string{w.file("noexec")}) },
			`can't be started: `},
		{"bad override", func() store.Deployment {
			return w.apply(w.shell("bad override", "true"), func(d *store.Deployment) { d.InfraOverrides = json.RawMessage(`{"memory": "1GB"}`) })
		}, `infrastructure override "memory": there is no such setting`},
		{"of another kind", func() store.Deployment {
			return w.apply(w.shell("of another kind", "true"), func(d *store.Deployment) { d.Infrastructure = json.RawMessage(`{"type": "docker-container"}`) })
		}, `infrastructure type "docker-container" can't run here`},
		{"no entrypoint", func() store.Deployment {
			return w.apply(w.python("no entrypoint", "work"), func(d *store.Deployment) { e := "gone.py:work"; d.Entrypoint = &e })
		}, "Flow could not be retrieved from deployment."},
		{"no such flow", func() store.Deployment { return w.python("no such flow", "nothing") }, "Flow could not be retrieved from deployment."},
		{"deployment deleted", func() store.Deployment { return w.shell("deployment deleted", "true") }, "the run belongs to no deployment, or to one that was deleted"},
	}
	ids := map[string]string{}
	for _, c := range cases {
		d := c.make()
		ids[c.name] = w.run(d, 1)[0]
		if c.name == "deployment deleted" {
			_, err := w.sql.Exec("update flow_run set start_time = created where id = ?", ids[c.name]) // one that is tried again stays
			w.ok(err)
			w.ok(w.db.DeleteDeployment(context.Background(), d.ID))
		}
	}
	good := w.run(w.shell("good", "echo $PREFECT__FLOW_RUN_ID"), 2)
	agent := w.start("agent", "start", "-q", "q", "--drain")
	if code := agent.code(); code != 1 {
		t.Errorf("an agent whose runs failed ended with code %d", code)
	}
	for _, c := range cases {
		run := w.get(ids[c.name])
		if run.State.Name != "Failed" || run.State.Message == nil || !strings.Contains(*run.State.Message, c.reason) {
			t.Errorf("%s: the run is %v", c.name, run.State)
		}
		if log := strings.Join(w.log(run.ID, store.FromLog), "\n"); !strings.Contains(log, c.reason) {
			t.Errorf("%s: the log doesn't say why: %s", c.name, log)
		}
	}
	for _, id := range good {
		if run := w.get(id); run.State.Name != "Completed" {
			t.Errorf("a good run beside them ended in %v", run.State)
		}
	}
	w.check()
}

// TestFaultsASupervisorThatCannotStart gives its run back, which waits longer each time. Nothing
// else is kept from running.
func TestFaultsASupervisorThatCannotStart(t *testing.T) {
	together(t)
	w := newWorld(t)
	sdk := w.home + "/sdk"
	w.ok(os.WriteFile(sdk, nil, 0o600)) // where a supervisor needs a folder
	id := w.run(w.shell("short", "echo ran"), 1)[0]
	agent := w.agent()
	postponed := func() (n int) {
		states, err := w.db.FlowRunStates(context.Background(), id)
		w.ok(err)
		for _, s := range states {
			if s.Message != nil && strings.HasPrefix(*s.Message, "It could not be started: ") {
				n++
			}
		}
		return n
	}
	w.wait("it was put off twice", func() bool { return postponed() == 2 })
	if run := w.get(id); run.State.Name != "Scheduled" || run.Claim != nil || !run.NextScheduledStartTime.After(run.State.Timestamp.Add(time.Second)) {
		t.Errorf("the run is %v, next at %v", run.State, run.NextScheduledStartTime)
	}
	if text := agent.text(); !strings.Contains(text, "could not be started (exit status 1); it is scheduled again") {
		t.Errorf("the agent doesn't say so: %s", text)
	}
	w.ok(os.Remove(sdk))
	if run := w.over(id)[0]; run.State.Name != "Completed" {
		t.Errorf("the run ended in %v", run.State)
	}
	if got := w.log(id, store.FromStdout); !slices.Equal(got, []string{"ran"}) {
		t.Errorf("it printed %q", got)
	}
	agent.signal(unix.SIGTERM)
	_ = agent.end()
	w.check()
}

// TestFaultsRetriesAndTimeouts of flows hold for deployed runs too, and a run that is late runs.
func TestFaultsRetriesAndTimeouts(t *testing.T) {
	together(t)
	w := newWorld(t)
	third := w.run(w.python("third", "third_time"), 1)[0]
	slow := w.run(w.python("slow", "too_slow"), 1)[0]
	d := w.shell("late", "true")
	late, _, err := w.db.CreateFlowRun(context.Background(), d, store.NewRun{Name: "late", Parameters: d.Parameters, At: time.Now().Add(-48 * time.Hour)})
	w.ok(err)
	agent := w.start("agent", "start", "-q", "q", "--drain")
	if code := agent.code(); code != 1 {
		t.Errorf("an agent one of whose runs timed out ended with code %d", code)
	}
	if run := w.get(third); run.State.Name != "Completed" || run.RunCount != 3 {
		t.Errorf("a flow that works the third time ended in %v after %d attempts", run.State, run.RunCount)
	}
	if run := w.get(slow); run.State.Name != "TimedOut" || run.State.Type != store.Failed {
		t.Errorf("a flow that takes too long ended in %v", run.State)
	}
	if run := w.get(late.ID); run.State.Name != "Completed" {
		t.Errorf("a late run ended in %v", run.State)
	}
	w.check()
}

// TestFaultsTheEnvironmentOfARun has nothing of the machinery: no claim, and no file of the database.
func TestFaultsTheEnvironmentOfARun(t *testing.T) {
	w := newWorld(t)
	id := w.run(w.apply(w.shell("env", `env; ls -l /proc/$$/fd`), func(d *store.Deployment) {
		d.InfraOverrides = json.RawMessage(`{"env.GIVEN": "yes", "env.TAKEN": null}`)
	}), 1)[0]
	t.Setenv("TAKEN", "no") // which is why this test runs alone
	agent := w.start("agent", "start", "-q", "q", "--drain")
	if code := agent.code(); code != 0 {
		t.Errorf("the agent ended with code %d", code)
	}
	lines := w.log(id, store.FromStdout)
	for _, want := range []string{"GIVEN=yes", "PREFECT__FLOW_RUN_ID=" + id, "PREFECT_HOME=" + w.home} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is not in the environment", want)
		}
	}
	for _, line := range lines {
		if strings.HasPrefix(line, "TAKEN=") || strings.HasPrefix(line, "PREFECT__CLAIM") || strings.Contains(line, "prefect.db") {
			t.Errorf("the run sees %q", line)
		}
	}
	w.check()
}
