package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"prefect/cli/render"
	"prefect/engine/agent"
	"prefect/engine/manifest"
	"prefect/engine/process"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

const agentBanner = `
  ___ ___ ___ ___ ___ ___ _____     _   ___ ___ _  _ _____
 | _ \ _ \ __| __| __/ __|_   _|   /_\ / __| __| \| |_   _|
 |  _/   / _|| _|| _| (__  | |    / _ \ (_ | _|| .` + "`" + ` | | |
 |_| |_|_\___|_| |___\___| |_|   /_/ \_\___|___|_|\_| |_|

`

type agentStartOptions struct {
	queues         []string
	hideWelcome    bool
	limit          int
	prefetch       time.Duration
	runOnce, drain bool
}

func newAgentStartCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "start",
		Usage:     "Look for work in work queues and run it, until Ctrl+C.",
		ArgsUsage: "[WORK_QUEUE]",
		Description: "The first Ctrl+C waits for the runs that are going; the second stops them; the third kills what has not ended by then. " +
			"A run outlives an agent that was killed, and keeps its log and its end.",
		UsageText: "prefect agent start -q test\nprefect agent start -q test -q nightly --limit 4\nprefect agent start -q test --drain",
		Flags: []cli.Flag{
			&cli.StringSliceFlag{Name: "work-queue", Aliases: []string{"q"}, Usage: "A work queue `NAME` to look at; may be given again."},
			&cli.BoolFlag{Name: "hide-welcome", Usage: "Leave out the banner."},
			&cli.IntFlag{Name: "limit", Aliases: []string{"l"}, Usage: "Run at most `N` flows at once."},
			&cli.IntFlag{Name: "prefetch-seconds", Usage: "Claim a run `SECONDS` before its time; it starts at its time."},
			&cli.BoolFlag{Name: "run-once", Usage: "Look once, wait for what was found and exit."},
			&cli.BoolFlag{Name: "drain", Usage: "Run what is due and exit: 0 if all runs completed, 1 if any did not or may not start."},
			&cli.StringFlag{Name: "api", Hidden: true, Usage: "Not supported."},
			&cli.StringSliceFlag{Name: "tag", Aliases: []string{"t"}, Hidden: true, Usage: "Not supported."},
		},
		Action: func(c *cli.Context) error {
			if err := refuseAgentFlags(c); err != nil {
				return err
			}
			o := agentStartOptions{c.StringSlice("work-queue"), c.Bool("hide-welcome"), c.Int("limit"),
				time.Duration(c.Int("prefetch-seconds")) * time.Second, c.Bool("run-once"), c.Bool("drain")}
			if queue := c.Args().First(); queue != "" {
				e.note("Agents now support multiple work queues. Instead of passing a single argument, provide work queue names "+
					"with the `-q` or `--work-queue` flag: `prefect agent start -q %s`\n\n", shellWord(queue))
				o.queues = append(o.queues, queue)
			}
			return agentStart(c.Context, e, o)
		},
	}
}

func refuseAgentFlags(c *cli.Context) error {
	switch {
	case c.IsSet("api"):
		return usagef(c, "--api is not supported: the agent reads the local database, and no server is involved")
	case c.IsSet("tag"):
		return usagef(c, "-t/--tag is not supported: name work queues with -q")
	case c.IsSet("limit") && c.Int("limit") < 1:
		return usagef(c, "--limit must be at least 1")
	case c.Int("prefetch-seconds") < 0:
		return usagef(c, "--prefetch-seconds can't be negative")
	case c.Bool("run-once") && c.Bool("drain"):
		return usagef(c, "use either --run-once or --drain")
	}
	return nil
}

func agentStart(ctx context.Context, e *env, o agentStartOptions) error {
	if len(o.queues) == 0 {
		return withHint(errorf("No work queues provided!"), "Name one with '-q NAME'; those there are, are shown by 'prefect work-queue ls'.")
	}
	var queues []string
	for _, queue := range o.queues {
		if err := manifest.CheckName("work queue name", queue); err != nil {
			return errorf("%w", err)
		}
		if !slices.Contains(queues, queue) {
			queues = append(queues, queue)
		}
	}
	s, err := e.settings()
	if err != nil {
		return err
	}
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	execute, err := e.supervisorCommand()
	if err != nil {
		return err
	}
	if !o.hideWelcome {
		e.printf("Starting agent connected to %s...\n", db.Path())
		io.WriteString(e.out, agentBanner)
		e.printf("\nAgent started! Looking for work from queue(s): %s...\n", strings.Join(queues, ", "))
	}
	log := e.logger()
	a, err := agent.New(ctx, agent.Options{DB: db, Queues: queues, Limit: o.limit, Prefetch: o.prefetch,
		Drain: o.drain || o.runOnce, Once: o.runOnce, Catchup: agent.Catchup(s.Get("PREFECT_SCHEDULE_CATCHUP")), RunName: newRunName,
		Execute: execute, Log: log})
	if err != nil {
		return databaseError(err)
	}
	drain, stop, forced := e.agentSignals(ctx, a)
	failures, err := a.Run(drain, stop)
	if err != nil {
		return databaseError(err)
	}
	stays := !o.drain && !o.runOnce
	waiting := 0
	switch {
	case stays:
		e.note("Agent stopped!\n")
	case drain.Err() == nil:
		if waiting, err = e.tellWaiting(ctx, db, queues); err != nil {
			return databaseError(err)
		}
		if waiting == 0 && a.Started() == 0 {
			e.note("No flow run was due.\n")
		}
	}
	switch {
	case forced() != 0:
		return exitError(forced())
	case failures+waiting > 0 && !stays:
		return exitError(exitFailed)
	}
	return nil
}

// tellWaiting says what keeps due runs from an agent that was to run what is due, and how many.
func (e *env) tellWaiting(ctx context.Context, db *store.DB, queues []string) (waiting int, err error) {
	for _, queue := range queues {
		reason, held, err := agent.HeldBack(ctx, db, queue)
		if err != nil {
			return waiting, err
		}
		if !held {
			continue
		}
		n, err := db.WaitingFlowRuns(ctx, queue, db.Now())
		if err != nil {
			return waiting, err
		}
		if n > 0 {
			e.warn("%s left waiting, because %s. What helps: %s\n", countRuns(n), reason.Text, commandLine(reason.Args))
		}
		waiting += n
	}
	return waiting, nil
}

// supervisorCommand makes the process that sees a claimed run through: this program again. The
// claim goes by the environment, and what it prints goes where the agent's own output does.
func (e *env) supervisorCommand() (func(store.FlowRun) *exec.Cmd, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	args := []string{"flow-run", "execute"}
	if e.profile != "" {
		args = append([]string{"--profile=" + e.profile}, args...)
	}
	return func(run store.FlowRun) *exec.Cmd {
		cmd := exec.Command(binary, append(args, run.ID)...)
		cmd.Path = process.Executable(binary)
		cmd.Env = append(e.environWithout("PREFECT__"), "PREFECT__CLAIM="+*run.Claim)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		return cmd
	}, nil
}

func (e *env) environWithout(prefix string) []string {
	var kept []string
	for _, kv := range e.environ {
		if !strings.HasPrefix(kv, prefix) {
			kept = append(kept, kv)
		}
	}
	return kept
}

// agentSignals counts the signals: the first Ctrl+C or SIGTERM ends drain, the second ends stop. A
// terminal that was closed is a first one too, but never a second, however often it says so. The
// third leaves the runs no time to end. One that came before has ended ctx. forced is the exit code of an agent that was told twice, 0 before.
func (e *env) agentSignals(ctx context.Context, a *agent.Agent) (drain, stop context.Context, forced func() int) {
	drain, endDrain := context.WithCancel(ctx)
	stop, endStop := context.WithCancel(context.Background())
	signals := e.signals.take()
	hangup := make(chan os.Signal, 1)
	if !signal.Ignored(syscall.SIGHUP) { // nohup
		signal.Notify(hangup, syscall.SIGHUP)
	}
	code := make(chan int, 1)
	go func() {
		for told := 0; ; {
			select {
			case <-hangup:
				if told == 0 {
					told = 1
					e.tellDraining(a, told)
				}
				endDrain()
			case sig := <-signals:
				told++
				e.tellDraining(a, told)
				endDrain()
				if told >= 2 {
					select {
					case code <- signalCode(sig):
					default:
					}
					endStop()
				}
				if told >= 3 {
					a.Kill()
				}
			}
		}
	}()
	last := 0
	return drain, stop, func() int {
		select {
		case last = <-code:
		default:
		}
		return last
	}
}

func signalCode(sig os.Signal) int {
	code, _ := interruptCode(errInterrupted{sig})
	return code
}

func (e *env) tellDraining(a *agent.Agent, told int) {
	running := a.Running()
	switch {
	case told == 1 && running > 0:
		e.note("\nWaiting for %s to end; press Ctrl+C again to stop.\n", countRuns(running))
	case told == 2 && running > 0:
		e.note("\nStopping %s; press Ctrl+C again to kill what is left.\n", countRuns(running))
	}
}

func countRuns(n int) string {
	if n == 1 {
		return "1 flow run"
	}
	return render.Sprintf("%d flow runs", n)
}
