package cli

import (
	"context"
	"errors"
	"io"

	"prefect/cli/render"
	"prefect/engine/doctor"

	"github.com/urfave/cli/v2"
)

type doctorOptions struct {
	full, fix bool
	output    string
}

func newDoctorCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:  "doctor",
		Usage: "Look whether everything is in order, and say what mends it.",
		Description: "Looks at the database, the disk, the file system, Python, the deployments, agents, queues, the processes behind runs, and the clock. " +
			"Ends with 1 if something is wrong; a warning keeps nothing from working.",
		UsageText: "prefect doctor\nprefect doctor --fix\nprefect doctor --full -o json",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "full", Usage: "Read a large database whole; otherwise only its structure is looked at."},
			&cli.BoolFlag{Name: "fix", Usage: "First mend what can be: file modes, and runs and agents whose processes were killed."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return runDoctor(c.Context, e, doctorOptions{c.Bool("full"), c.Bool("fix"), c.String("output")})
		},
	}
}

func runDoctor(ctx context.Context, e *env, o doctorOptions) error {
	checks, err := e.checkUp(ctx, o)
	if err != nil {
		return err
	}
	healthy := true
	values, names := []any{}, []string{}
	for _, c := range checks {
		if c.Status != doctor.OK {
			names = append(names, c.Name)
		}
		healthy = healthy && c.Status != doctor.Problem
		values = append(values, healthValue(c))
	}
	value := render.Dict{{Key: "healthy", Value: healthy}, {Key: "checks", Value: values}}
	err = e.show(o.output, value, names, func(*render.Console) error {
		for _, c := range checks {
			e.showCheck(c)
		}
		return nil
	})
	if err == nil && !healthy {
		return exitError(exitFailed)
	}
	return err
}

func healthValue(c doctor.Check) render.Dict {
	return render.Dict{{Key: "name", Value: c.Name}, {Key: "status", Value: string(c.Status)}, {Key: "message", Value: c.Text},
		{Key: "command", Value: textOrNil(commandLine(c.Command))}, {Key: "hint", Value: textOrNil(c.Hint)}}
}

// checkUp runs the checks. Settings that can't be used are the first thing wrong.
func (e *env) checkUp(ctx context.Context, o doctorOptions) ([]doctor.Check, error) {
	s, err := e.settings()
	if err != nil {
		c := doctor.Check{Name: "settings", Status: doctor.Problem, Text: err.Error()}
		if hinted := (*hintedError)(nil); errors.As(err, &hinted) {
			c.Hint = hinted.hint
		}
		return []doctor.Check{c}, nil
	}
	options := doctor.Options{Home: s.Home, DBPath: s.DBPath, Thorough: o.full, Open: e.db, Getenv: e.getenv, Now: e.now,
		FindPython: func() (string, error) { return e.findPython("") }}
	if o.fix {
		if err := doctor.Fix(ctx, options, func(text string) { e.note("%s\n", text) }); err != nil {
			e.warn("%s\n", databaseError(err).Error()) // the checks say the rest
		}
	}
	checks := doctor.Run(ctx, options)
	return checks, ctx.Err()
}

func (e *env) showCheck(c doctor.Check) {
	style, label := render.Green, "ok     "
	switch c.Status {
	case doctor.Warning:
		style, label = render.Yellow, "warning"
	case doctor.Problem:
		style, label = render.Red, "problem"
	}
	io.WriteString(e.out, e.out.Paint(style, label)+render.Sprintf("  %s: %s\n", c.Name, c.Text))
	if c.Hint != "" {
		e.printf("         %s\n", c.Hint)
	}
	if len(c.Command) > 0 {
		e.printf("         %s\n", commandLine(c.Command))
	}
}
