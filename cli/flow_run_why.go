package cli

import (
	"context"
	"time"

	"prefect/cli/render"
	"prefect/engine/agent"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newFlowRunWhyCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "why",
		Usage:     "Say why a flow run isn't running, and which command helps.",
		ArgsUsage: "ID",
		UsageText: "prefect flow-run why calm-otter\nprefect flow-run why 17dfd710 -o json",
		Flags:     []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return flowRunWhy(c.Context, e, c.Args().First(), c.String("output"))
		},
	}
}

func flowRunWhy(ctx context.Context, e *env, word, output string) error {
	db, run, err := e.findFlowRun(ctx, word)
	if err != nil {
		return err
	}
	reason, err := e.why(ctx, db, run)
	if err != nil {
		return err
	}
	return e.show(output, whyValue(run, reason, e.now()), []string{reason.Code}, func(*render.Console) error {
		e.printf("%s\n", reason.Text)
		if len(reason.Args) > 0 {
			e.printf("    %s\n", commandLine(reason.Args))
		}
		return nil
	})
}

func whyValue(run store.FlowRun, reason agent.Reason, now time.Time) render.Dict {
	return render.Dict{{Key: "flow_run_id", Value: run.ID}, {Key: "name", Value: run.Name}, {Key: "state_type", Value: string(run.State.Type)},
		{Key: "state_name", Value: run.ShownState(now).Name}, {Key: "reason", Value: reason.Code}, {Key: "message", Value: reason.Text},
		{Key: "command", Value: textOrNil(commandLine(reason.Args))}}
}

func (e *env) why(ctx context.Context, db *store.DB, run store.FlowRun) (agent.Reason, error) {
	secrets, err := e.newFlowRunView(db).secretsOf(ctx, run)
	if err != nil {
		return agent.Reason{}, err
	}
	secrets.Parameters(run.Parameters)
	run.State = withoutSecrets(run.State, secrets)
	home, err := e.home()
	if err != nil {
		return agent.Reason{}, err
	}
	reason, err := agent.Why(ctx, db, home, run, func() error {
		_, err := e.findPython("")
		return err
	})
	return reason, databaseError(err)
}

// commandLine is one of our commands as it can be typed, "" for none.
func commandLine(args []string) string {
	line := ""
	for _, a := range args {
		line += " " + shellWord(a)
	}
	if line == "" {
		return ""
	}
	return "prefect" + line
}
