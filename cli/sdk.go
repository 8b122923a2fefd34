package cli

import (
	"context"

	"prefect/cli/render"
	"prefect/engine/python"
	"prefect/engine/sdk"

	"github.com/urfave/cli/v2"
)

func newSDKCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "sdk",
		Usage:       "Find or install the Python package that flows import.",
		UsageText:   "PYTHONPATH=\"$(prefect sdk path)\" python log_flow.py\nprefect sdk install",
		Subcommands: []*cli.Command{newSDKInstallCmd(e), newSDKPathCmd(e), newSDKUninstallCmd(e)},
	}
}

func newSDKPathCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "path",
		Usage:     "Print the folder to put on PYTHONPATH.",
		UsageText: "PYTHONPATH=\"$(prefect sdk path)\" python log_flow.py",
		Action: func(*cli.Context) error {
			dir, err := e.sdkDir()
			if err != nil {
				return err
			}
			e.printf("%s\n", dir)
			return nil
		},
	}
}

func newSDKInstallCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "install",
		Usage:     "Make 'import prefect' work in a Python environment, until 'sdk uninstall'.",
		UsageText: "prefect sdk install\nprefect sdk install --python .venv",
		Flags: []cli.Flag{
			newPythonFlag(),
			&cli.BoolFlag{Name: "force", Usage: "Also where the real Prefect is installed: this package then goes before it, and that one stays untouched."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return sdkInstall(c.Context, e, c.String("python"), c.Bool("force"), c.String("output"))
		},
	}
}

func newPythonFlag() cli.Flag {
	return &cli.StringFlag{Name: "python", Usage: "The interpreter: a `PATH`, or the folder of an environment; by default the one that flows run with."}
}

func sdkInstall(ctx context.Context, e *env, interpreter string, force bool, output string) error {
	path, err := e.findPython(interpreter)
	if err == nil {
		err = python.Check(ctx, path)
	}
	if err != nil {
		return err
	}
	dir, err := e.sdkDir()
	if err != nil {
		return err
	}
	done, err := sdk.Install(ctx, path, dir, force)
	if err != nil {
		return err
	}
	if err := sdk.Compile(ctx, dir, path); err != nil {
		e.note("%s\n", err) // slower, but it works
	}
	value := render.Dict{{Key: "python", Value: path}, {Key: "file", Value: done.File}, {Key: "path", Value: done.Dir}}
	return e.show(output, value, []string{done.File}, func(*render.Console) error {
		e.success("'import prefect' now works in %s.\n", path)
		undo := []string{"sdk", "uninstall"}
		if interpreter != "" {
			undo = append(undo, "--python", interpreter)
		}
		e.printf("It is done by %s; take it away with '%s'.\n", done.File, commandLine(undo))
		if done.Real != "" {
			e.warn("It goes before the real Prefect in %s, which stays untouched.\n", done.Real)
		}
		return nil
	})
}

func newSDKUninstallCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "uninstall",
		Usage:     "Take away what 'sdk install' has put into a Python environment.",
		UsageText: "prefect sdk uninstall\nprefect sdk uninstall --python .venv",
		Flags:     []cli.Flag{newPythonFlag()},
		Action:    func(c *cli.Context) error { return sdkUninstall(c.Context, e, c.String("python")) },
	}
}

func sdkUninstall(ctx context.Context, e *env, interpreter string) error {
	python, err := e.findPython(interpreter)
	if err != nil {
		return err
	}
	removed, err := sdk.Uninstall(ctx, python)
	if err != nil {
		return err
	}
	for _, file := range removed {
		e.success("Removed %s.\n", file)
	}
	return nil
}
