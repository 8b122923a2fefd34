//go:build linux

// The tests named TestFaults inject faults into the real program (kills, stops, full disks, held
// locks) and then look whether anything is stuck, lost or was run twice. Each has a short form for
// every test run and a long one:
//
//	PREFECT_FAULTS=long go test ./engine/agent ./store -run Faults -timeout 6h
package agent_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"prefect/cli"
	"prefect/engine/process"
	"prefect/store"
)

// long is set for the long forms. It is asked for within tests only, so that no result of another
// form is taken from the cache.
func long() bool { return os.Getenv("PREFECT_FAULTS") == "long" }

// program is this test's binary under a name by which it is the command line.
var program string

func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "prefect" {
		os.Exit(cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	dir, err := os.MkdirTemp("", "prefect-faults-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "prefect")
	if err := provide(program); err != nil {
		panic(err)
	}
	return m.Run()
}

// provide puts the program where the tests find it. The long form, whose figures count, has it as
// it is released; otherwise this test's own binary will do, which need not be built again.
func provide(program string) error {
	if long() {
		build := exec.Command("go", "build", "-trimpath", "-tags", "urfave_cli_no_docs", "-ldflags", "-s -w", "-o", program, "prefect")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		return build.Run()
	}
	self, err := os.Executable()
	if err != nil || os.Link(self, program) == nil {
		return err
	}
	text, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(program, text, 0o755)
}

// scale is a number of repetitions: for the short form, of which the race detector gets a quarter
// since everything takes several times as long there, and for the long one.
func scale(short, full int) int {
	switch {
	case long():
		return full
	case raced || testing.Short():
		return (short + 3) / 4
	}
	return short
}

// bound is how long something may take. Only the long form, on a machine of its own, is strict.
func bound(d time.Duration) time.Duration {
	if long() {
		return d
	}
	return d + 30*time.Second
}

// together lets a test run beside others. In the long form each has the machine for itself.
func together(t *testing.T) {
	if !long() {
		t.Parallel()
	}
}

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

// A proc is a process that a test has started.
type proc struct {
	w       *world
	cmd     *exec.Cmd
	id      string // its identity
	printed string // the file with what it and those it started have printed
	once    sync.Once
	err     error
}

// start starts the command line with its output into a file, as processes may hold it for longer
// than the command lives.
func (w *world) start(args ...string) *proc {
	w.Helper()
	cmd := exec.Command(program, args...)
	return w.startCommand(cmd)
}

func (w *world) startCommand(cmd *exec.Cmd) *proc {
	w.Helper()
	p := &proc{w: w, cmd: cmd}
	cmd.Env = append(w.environ(), cmd.Env...)
	cmd.Dir = w.dir
	f, err := os.CreateTemp(w.dir, "output-*.log")
	w.ok(err)
	defer f.Close()
	p.printed = f.Name()
	if cmd.Stdout == nil {
		cmd.Stdout, cmd.Stderr = f, f
	}
	w.ok(cmd.Start())
	id, err := process.Of(cmd.Process.Pid)
	if err == nil {
		p.id = id.String()
	}
	w.Cleanup(func() {
		_ = cmd.Process.Kill()
		p.end()
		text, _ := os.ReadFile(p.printed)
		for _, bad := range []string{"DATA RACE", "panic:", "goroutine 1 [", "fatal error:"} {
			if strings.Contains(string(text), bad) {
				w.Errorf("%v printed %q:\n%s", cmd.Args, bad, text)
				break
			}
		}
		if w.Failed() {
			w.Logf("%v printed:\n%s", cmd.Args, tailOf(text))
		}
	})
	return p
}

func tailOf(text []byte) []byte {
	if len(text) > 8000 {
		return append([]byte("...\n"), text[len(text)-8000:]...)
	}
	return text
}

// text is what the process, and those it started, have printed.
func (p *proc) text() string {
	text, err := os.ReadFile(p.printed)
	p.w.ok(err)
	return string(text)
}

// end waits for the process's end.
func (p *proc) end() error {
	p.once.Do(func() { p.err = p.cmd.Wait() })
	return p.err
}

// code waits for the process's end and returns its exit code.
func (p *proc) code() int {
	p.w.Helper()
	done := make(chan struct{})
	go func() { _ = p.end(); close(done) }()
	select {
	case <-done:
	case <-time.After(3 * time.Minute):
		p.w.Fatalf("%v doesn't end", p.cmd.Args)
	}
	return p.cmd.ProcessState.ExitCode()
}

func (p *proc) signal(sig os.Signal) {
	p.w.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.w.Fatal(err)
	}
}

// agent starts an agent of queue q, and waits until it looks for work.
func (w *world) agent(args ...string) *proc {
	w.Helper()
	p := w.start(append([]string{"agent", "start", "-q", "q", "--hide-welcome"}, args...)...)
	w.wait("the agent is there", func() bool { return w.isAgent(p) })
	return p
}

// isAgent reports whether a process is known as an agent.
func (w *world) isAgent(p *proc) bool {
	w.Helper()
	agents, err := w.db.Agents(context.Background())
	w.ok(err)
	return slices.ContainsFunc(agents, func(a store.Agent) bool { return a.Process == p.id })
}

// kill sends a signal to the very process that an identity names, if it is still there.
func kill(identity string, sig unix.Signal) bool {
	id, err := process.Parse(identity)
	if err != nil {
		return false
	}
	fd, err := unix.PidfdOpen(id.PID, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	return process.Alive(identity) && unix.PidfdSendSignal(fd, sig, nil, 0) == nil
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

// newRand makes random numbers whose seed is said, so that a failure can be repeated.
func newRand(t *testing.T) *rand.Rand {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}
