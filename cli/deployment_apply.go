package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"syscall"

	"prefect/cli/render"
	"prefect/engine/manifest"
	"prefect/engine/sdk"
	"prefect/engine/storage"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type deploymentApplyOptions struct {
	files  []string
	python string
	output string
	upload bool
}

func newDeploymentApplyCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "apply",
		Usage:     "Create or update deployments from their files.",
		ArgsUsage: "FILE...",
		Description: "A deployment is found again by the names of its flow and itself, and keeps its id. " +
			"A key that the file lacks keeps what is stored; one that is there and empty clears it. Of several files all are applied, or none.",
		UsageText: "prefect deployment apply log_flow-deployment.yaml\nprefect deployment apply *-deployment.yaml -o json",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "upload", Usage: "Upload the flow's folder again, where the deployment has a storage block."},
			newPythonFlag(),
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return deploymentApply(c.Context, e, deploymentApplyOptions{c.Args().Slice(), c.String("python"), c.String("output"), c.Bool("upload")})
		},
	}
}

// deploymentApply reads and checks every file before it stores anything.
func deploymentApply(ctx context.Context, e *env, o deploymentApplyOptions) error {
	python, err := e.choosePython(ctx, o.python)
	if err != nil {
		return err
	}
	read := make([]*manifest.Deployment, len(o.files))
	for i, file := range o.files {
		if read[i], err = e.readManifest(file); err != nil {
			return err
		}
		e.warnFixedZone(read[i].Schedule)
	}
	db, err := e.db(ctx)
	if err != nil {
		return err
	}
	all := make([]store.Deployment, len(read))
	for i, m := range read {
		if all[i], err = e.toStore(ctx, db, m, o.files[i], python); err != nil {
			return err
		}
	}
	if o.upload {
		for i, m := range read {
			if err := e.uploadAgain(ctx, m, o.files[i]); err != nil {
				return err
			}
		}
	}
	applied, err := db.ApplyDeployments(ctx, all)
	if err != nil {
		return databaseError(err)
	}
	if dir, err := e.sdkDir(); err == nil {
		_ = sdk.Compile(ctx, dir, python) // so that the first run doesn't wait for it; each run can without
	}
	if o.output != "" {
		err = e.showApplied(ctx, db, applied, o.output)
	} else {
		for i, a := range applied {
			e.printApplied(all[i], a)
		}
	}
	if err != nil {
		return err
	}
	return e.warnOfMissingFiles(all)
}

// warnOfMissingFiles says what would make runs fail. It is no error: the files may come later.
func (e *env) warnOfMissingFiles(all []store.Deployment) error {
	home, err := e.home()
	if err != nil {
		return err
	}
	for _, d := range all {
		if err := storage.CheckDeployment(home, d); err != nil {
			e.warn("The runs of '%s' would fail: %s.\n", d.FullName(), err)
		}
	}
	return nil
}

// readManifest reads a deployment file, or standard input for "-".
func (e *env) readManifest(file string) (*manifest.Deployment, error) {
	if file == "-" {
		data, err := io.ReadAll(io.LimitReader(e.stdin, 2<<20))
		if err != nil {
			return nil, errorf("reading standard input: %w", err)
		}
		return manifest.Read(data, "standard input")
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, withHint(errorf("deployment file '%s' not found", file), "'prefect deployment build' writes deployment files.")
	case err == nil && info.IsDir():
		return nil, errorf("'%s' is a folder; name the deployment file in it", file)
	case err == nil && strings.HasSuffix(file, ".py"):
		return nil, withHint(errorf("'%s' is a script, not a deployment file", file), "Write one with 'prefect deployment build %s:FUNCTION -n NAME'.", file)
	}
	data, err := os.ReadFile(file)
	if errors.Is(err, syscall.EISDIR) || err != nil {
		return nil, errorf("reading deployment file '%s': %w", file, withoutPath(err))
	}
	return manifest.Read(data, file)
}

// withoutPath takes the call and the path out of an error whose message names the file already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

func (e *env) printApplied(d store.Deployment, a store.Applied) {
	e.success("Successfully loaded '%s'\n", d.Name)
	switch {
	case a.Created:
		e.success("Deployment '%s' successfully created with id '%s'.\n", d.FullName(), a.ID)
	case len(a.Changed) > 0:
		e.success("Deployment '%s' successfully updated with id '%s' (changed: %s).\n", d.FullName(), a.ID, strings.Join(a.Changed, ", "))
	default:
		e.success("Deployment '%s' is unchanged, with id '%s'.\n", d.FullName(), a.ID)
	}
	if d.WorkQueueName == nil {
		io.WriteString(e.out, e.out.Paint(render.Red, "\nThis deployment does not specify a work queue name, which means agents will not be able to pick up "+
			"its runs. To add a work queue, edit the deployment spec and re-run this command.\n"))
		return
	}
	e.printf("\nTo execute flow runs from this deployment, start an agent that pulls work from the '%s' work queue:\n", *d.WorkQueueName)
	io.WriteString(e.out, e.out.Paint(render.Blue, render.Sprintf("$ prefect agent start -q %s\n", shellQuote(*d.WorkQueueName))))
}

// shellQuote quotes a word for a shell, as Prefect does even where it is not needed.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// showApplied is apply's result for scripts: each deployment as it is now, and what was done.
func (e *env) showApplied(ctx context.Context, db *store.DB, applied []store.Applied, output string) error {
	values, names := []any{}, []string{}
	for _, a := range applied {
		d, err := db.DeploymentByID(ctx, a.ID)
		if err != nil {
			return databaseError(err)
		}
		result := "unchanged"
		if a.Created {
			result = "created"
		} else if len(a.Changed) > 0 {
			result = "updated"
		}
		changed := []any{}
		for _, field := range a.Changed {
			changed = append(changed, field)
		}
		values = append(values, append(deploymentValue(d), render.Field{Key: "result", Value: result}, render.Field{Key: "changed", Value: changed}))
		names = append(names, d.FullName())
	}
	return e.show(output, values, names, func(*render.Console) error { return fmt.Errorf("no such form of output: %s", output) })
}
