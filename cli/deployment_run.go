package cli

import (
	"context"
	"time"

	"prefect/cli/render"
	"prefect/engine/agent"
	"prefect/engine/ordered"
	"prefect/engine/params"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type deploymentRunOptions struct {
	name, id         string
	params           []string
	paramsJSON       string
	runName          string
	tags             []string
	description      string
	startIn, startAt string
	key              string
	watch            bool
	interactive      bool
	output           string
}

func newDeploymentRunCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "run",
		Usage:     "Create a run of a deployment, for an agent to pick up.",
		ArgsUsage: "[NAME]",
		UsageText: "prefect deployment run log-flow/log-simple\n" +
			"prefect deployment run log-flow/log-simple -p name=Trillian --start-in 10m\n" +
			"prefect deployment run log-flow/log-simple --watch",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "id", Usage: "The deployment with the id `ID`, instead of a name."},
			&cli.StringSliceFlag{Name: "param", Aliases: []string{"p"}, Usage: "A parameter, `NAME=VALUE`; VALUE is read as the parameter's type, as JSON, or from @FILE (@@TEXT is a text that begins with @). May be given again."},
			&cli.StringFlag{Name: "params", Usage: "Parameters as a `JSON` object, @FILE, or - for standard input."},
			&cli.StringFlag{Name: "name", Aliases: []string{"n"}, Usage: "The `NAME` of the run; by default two random words."},
			&cli.StringSliceFlag{Name: "tag", Aliases: []string{"t"}, Usage: "A `TAG` for the run, beside the deployment's; may be given again."},
			&cli.StringFlag{Name: "description", Usage: "A `TEXT` that says what the run is for."},
			&spanFlag{&cli.StringFlag{Name: "start-in", Usage: "Start after a `DURATION`, such as 90s, 10m, 2h, 1d or \"1 hour 30 minutes\"."}, true},
			&momentFlag{&cli.StringFlag{Name: "start-at", Usage: "Start at a `TIME`, such as 18:30, 2026-01-31T18:30 (local) or 2026-01-31T18:30:00Z."}},
			&cli.StringFlag{Name: "idempotency-key", Usage: "If the flow has a run with this `KEY`, show that one and create none."},
			&cli.BoolFlag{Name: "watch", Aliases: []string{"w"}, Usage: "Follow the run to its end; exit 0 if it completed, 1 if not. Ctrl+C only ends the watching."},
			&cli.BoolFlag{Name: "interactive", Aliases: []string{"i"}, Usage: "Ask for the parameters, the name and the start, on a terminal."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			if c.IsSet("start-in") && c.IsSet("start-at") {
				return usagef(c, "use either --start-in or --start-at")
			}
			if err := checkAssignments(c, "param"); err != nil {
				return err
			}
			return deploymentRun(c.Context, e, deploymentRunOptions{c.Args().First(), c.String("id"), c.StringSlice("param"), c.String("params"),
				c.String("name"), c.StringSlice("tag"), c.String("description"), c.String("start-in"), c.String("start-at"),
				c.String("idempotency-key"), c.Bool("watch"), c.Bool("interactive"), c.String("output")})
		},
	}
}

func deploymentRun(ctx context.Context, e *env, o deploymentRunOptions) error {
	switch {
	case o.name == "" && o.id == "":
		return withHint(errorf("Must provide a deployed flow's name or id"), "Deployments are shown by 'prefect deployment ls'.")
	case o.name != "" && o.id != "":
		return errorf("Only provide a deployed flow's name or id")
	}
	db, d, err := e.findDeployment(ctx, o.name, o.id)
	if err != nil {
		return err
	}
	if o.interactive {
		if o, err = e.askForRun(ctx, d, o); err != nil {
			return err
		}
	}
	now := e.now()
	at, err := startTime(o.startIn, o.startAt, now)
	if err != nil {
		return err
	}
	n, err := e.newRun(d, o, at)
	if err != nil {
		return err
	}
	run, existed, err := db.CreateFlowRun(ctx, d, n)
	if err != nil {
		return databaseError(err)
	}
	if !o.watch || !forScripts(o.output) { // one that is watched is shown to scripts as it ends
		if err := e.showNewRun(d, run, existed, now, o.output); err != nil {
			return err
		}
	}
	switch {
	case o.watch:
		return e.watchRun(ctx, db, run, 0, o.output)
	case !run.State.Type.Final():
		return e.warnUnattended(ctx, db, run)
	}
	return nil
}

// newRun checks the parameters as Python will, before anything is stored.
func (e *env) newRun(d store.Deployment, o deploymentRunOptions, at time.Time) (store.NewRun, error) {
	schema, err := params.New(d.ParameterOpenAPISchema)
	if err != nil {
		return store.NewRun{}, err
	}
	given, err := readParameters(schema, o.params, o.paramsJSON, e.stdin)
	if err != nil {
		return store.NewRun{}, err
	}
	defaults, err := ordered.DecodeMap(d.Parameters)
	if err != nil {
		return store.NewRun{}, err
	}
	all := params.Merge(defaults, given)
	if err := schema.Check(all); err != nil {
		return store.NewRun{}, withHint(errorf("no run of '%s' was created: %w", d.FullName(), err),
			"Give parameters with -p NAME=VALUE; their types are shown by 'prefect deployment inspect %s'.", shellWord(d.FullName()))
	}
	raw, err := ordered.Encode(all)
	if err != nil {
		return store.NewRun{}, err
	}
	n := store.NewRun{Name: o.runName, Parameters: raw, Tags: o.tags, Description: textOrNil(o.description), At: at, IdempotencyKey: textOrNil(o.key)}
	if n.Name == "" {
		n.Name = newRunName()
	}
	return n, nil
}

// shellWord quotes a word for a shell if it needs to be.
func shellWord(s string) string {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '/' || r == '.') {
			return shellQuote(s)
		}
	}
	return s
}

func (e *env) showNewRun(d store.Deployment, run store.FlowRun, existed bool, now time.Time, output string) error {
	return e.show(output, flowRunValue(run, render.NewSecrets(d.ParameterOpenAPISchema), now), []string{run.ID}, func(*render.Console) error {
		if existed {
			e.printf("Flow run '%s' (%s) has this idempotency key already; none was created.\n", run.Name, run.ID)
			return nil
		}
		e.printf("Created flow run '%s' (%s)\n", run.Name, run.ID)
		if at := run.ExpectedStartTime; at.After(now) {
			e.printf("It is scheduled for %s (%s).\n", at.Local().Format("2006-01-02 15:04:05 MST"), render.Relative(at, now))
		}
		return nil
	})
}

// warnUnattended says on stderr why the run that was just created will not start by itself.
func (e *env) warnUnattended(ctx context.Context, db *store.DB, run store.FlowRun) error {
	reason, found, err := agent.Unattended(ctx, db, run)
	if err != nil || !found {
		return databaseError(err)
	}
	e.warn("The run waits %s. What helps: %s\n", reason.Text, commandLine(reason.Args))
	if run.WorkQueueName == nil {
		e.warn("For later runs set work_queue_name in the deployment's file and apply that again.\n")
	}
	return nil
}
