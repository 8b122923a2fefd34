package cli

import (
	"context"

	"github.com/urfave/cli/v2"
)

func newDeploymentPauseScheduleCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "pause-schedule",
		Usage:       "Make no runs from a deployment's schedule, until it is resumed.",
		ArgsUsage:   "NAME",
		Description: "Its runs that have not started are taken away. The schedule is kept, also when the deployment is applied again.",
		UsageText:   "prefect deployment pause-schedule log-flow/log-simple",
		Flags:       []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return deploymentPauseSchedule(c.Context, e, c.Args().First(), true, c.String("output"))
		},
	}
}

func newDeploymentResumeScheduleCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "resume-schedule",
		Usage:       "Make runs from a deployment's schedule again.",
		ArgsUsage:   "NAME",
		Description: "It is due from now on; nothing is made up for the time in which it was paused.",
		UsageText:   "prefect deployment resume-schedule log-flow/log-simple",
		Flags:       []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return deploymentPauseSchedule(c.Context, e, c.Args().First(), false, c.String("output"))
		},
	}
}

func deploymentPauseSchedule(ctx context.Context, e *env, name string, pause bool, output string) error {
	db, d, err := e.findDeployment(ctx, name, "")
	if err != nil {
		return err
	}
	if d.Schedule == nil {
		return e.noSchedule(d)
	}
	if _, err := db.SetSchedulePaused(ctx, d.ID, pause); err != nil {
		return databaseError(err)
	}
	text := "Resumed the schedule of deployment '%s'.\n"
	if pause {
		text = "Paused the schedule of deployment '%s'.\n"
	}
	return e.showSchedule(ctx, db, d, output, text)
}
