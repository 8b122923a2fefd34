//go:build linux

package agent_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"prefect/engine/process"
	"prefect/store"
)

// A world is a PREFECT_HOME with a database, and all that runs in it.
type world struct {
	*testing.T
	dir  string // where the flows are
	home string
	db   *store.DB
	sql  *sql.DB // to look with, past the store
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	return worldIn(t, dir, filepath.Join(dir, "home"))
}

func worldIn(t *testing.T, dir, home string) *world {
	t.Helper()
	w := &world{T: t, dir: dir, home: home}
	t.Cleanup(func() { process.KillMarked("PREFECT_HOME", w.home) })
	db, err := store.Open(context.Background(), w.path())
	w.ok(err)
	w.db = db
	t.Cleanup(func() { db.Close() })
	w.sql, err = sql.Open("sqlite", "file:"+w.path()+"?_pragma=busy_timeout(60000)")
	w.ok(err)
	t.Cleanup(func() { w.sql.Close() })
	return w
}

func (w *world) path() string { return filepath.Join(w.home, "prefect.db") }

func (w *world) file(name string) string { return filepath.Join(w.dir, name) }

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *world) write(name, text string) {
	w.Helper()
	w.ok(os.WriteFile(w.file(name), []byte(text), 0o644))
}

// copy brings a file of testdata/faults into the world.
func (w *world) copy(name string) {
	w.Helper()
	text, err := os.ReadFile("../../testdata/faults/" + name)
	w.ok(err)
	w.write(name, string(text))
}

func (w *world) read(name string) string {
	w.Helper()
	text, err := os.ReadFile(w.file(name))
	w.ok(err)
	return string(text)
}

func (w *world) exists(name string) bool {
	_, err := os.Stat(w.file(name))
	return err == nil
}

// environ is what commands of this world see.
func (w *world) environ() []string {
	env := []string{"PREFECT_HOME=" + w.home, "HOME=" + w.dir, "TZ=UTC", "NO_COLOR=1"}
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "PREFECT") && !strings.HasPrefix(kv, "HOME=") && !strings.HasPrefix(kv, "TZ=") {
			env = append(env, kv)
		}
	}
	return env
}

// shell deploys a flow that is a shell script, in queue q.
func (w *world) shell(name, script string) store.Deployment {
	w.Helper()
	return w.deploy(name, "", []string{"sh", "-c", script})
}

// python deploys a flow of testdata/faults/flows.py, in queue q.
func (w *world) python(name, flow string) store.Deployment {
	w.Helper()
	w.copy("flows.py")
	return w.deploy(name, "flows.py:"+flow, []string{pythonPath(w.T), "-m", "prefect.engine"})
}

func (w *world) deploy(name, entrypoint string, command []string) store.Deployment {
	w.Helper()
	infrastructure, err := json.Marshal(map[string]any{"type": "process", "command": command})
	w.ok(err)
	queue := "q"
	d := store.Deployment{FlowName: "flow-" + name, Name: name, WorkQueueName: &queue, Tags: json.RawMessage("[]"), Parameters: json.RawMessage("{}"),
		InfraOverrides: json.RawMessage("{}"), Infrastructure: infrastructure, InfrastructureDocumentID: "00000000-0000-0000-0000-000000000000",
		ParameterOpenAPISchema: json.RawMessage("{}"), Path: &w.dir, IsScheduleActive: true}
	if entrypoint != "" {
		d.Entrypoint = &entrypoint
	}
	_, err = w.db.ApplyDeployments(context.Background(), []store.Deployment{d})
	w.ok(err)
	d, err = w.db.DeploymentByName(context.Background(), d.FlowName, d.Name)
	w.ok(err)
	return d
}

var pythonPath = func() func(t *testing.T) string {
	find := sync.OnceValue(func() string {
		path, err := exec.LookPath("python3")
		if err != nil || exec.Command(path, "-c", "import sys; sys.exit(sys.version_info < (3, 8))").Run() != nil {
			return ""
		}
		return path
	})
	return func(t *testing.T) string {
		t.Helper()
		if find() == "" {
			t.Skip("there is no Python 3.8 or newer")
		}
		return find()
	}
}()

// run writes n runs that are due, and returns their ids.
func (w *world) run(d store.Deployment, n int) []string {
	w.Helper()
	var ids []string
	for i := range n {
		run, _, err := w.db.CreateFlowRun(context.Background(), d, store.NewRun{Name: fmt.Sprintf("%s-%d", d.Name, i), Parameters: d.Parameters, At: time.Now()})
		w.ok(err)
		ids = append(ids, run.ID)
	}
	return ids
}

func (w *world) get(id string) store.FlowRun {
	w.Helper()
	run, err := w.db.FlowRun(context.Background(), id)
	w.ok(err)
	return run
}

// states counts the runs by the names of their states.
func (w *world) states() map[string]int {
	w.Helper()
	rows, err := w.sql.Query("select state_name, count(*) from flow_run group by 1")
	w.ok(err)
	defer rows.Close()
	counts := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		w.ok(rows.Scan(&name, &n))
		counts[name] = n
	}
	w.ok(rows.Err())
	return counts
}

// log returns the lines of a run's log that came from a source, or from any.
func (w *world) log(id, source string) []string {
	w.Helper()
	lines, err := w.db.Logs(context.Background(), id, 0, 0)
	w.ok(err)
	var texts []string
	for _, l := range lines {
		if source == "" || l.Source == source {
			texts = append(texts, l.Message)
		}
	}
	return texts
}

// wait waits until something is so. The limit is only there so that a broken test ends.
func (w *world) wait(what string, so func() bool) {
	w.Helper()
	for end := time.Now().Add(3 * time.Minute); !so(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			w.Fatalf("waited in vain until %s; states: %v", what, w.states())
		}
	}
}

// over waits until runs have ended, and returns them.
func (w *world) over(ids ...string) []store.FlowRun {
	w.Helper()
	var runs []store.FlowRun
	for _, id := range ids {
		w.wait("run "+id+" is over", func() bool { return w.get(id).State.Type.Final() })
		runs = append(runs, w.get(id))
	}
	return runs
}

// dead returns the runs that a process should be responsible for and none is.
func (w *world) dead() []store.FlowRun {
	w.Helper()
	runs, err := w.db.ClaimedFlowRuns(context.Background())
	w.ok(err)
	return slices.DeleteFunc(runs, func(r store.FlowRun) bool {
		return process.Alive(*r.ClaimProcess) || (r.FlowProcess != nil && process.Alive(*r.FlowProcess))
	})
}
