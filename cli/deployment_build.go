package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"prefect/engine/flowfile"
	"prefect/engine/manifest"
	"prefect/engine/sdk"
	"prefect/ignore"

	"github.com/urfave/cli/v2"
)

type deploymentBuildOptions struct {
	entrypoint   string // PATH:FUNCTION as it was typed
	name         string
	version      string
	tags         []string
	queue        string
	infra        string
	infraBlock   string
	overrides    []string
	storage      storageOptions
	schedule     scheduleOptions
	params       []string // NAME=VALUE
	paramsJSON   string
	python       string
	output       string
	apply, force bool
	set          func(flag string) bool // whether the flag was given
}

func newDeploymentBuildCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "build",
		Usage:     "Write the deployment file of a flow.",
		ArgsUsage: "PATH:FUNCTION",
		Description: "Loads the script to learn the flow's name, description and parameters (its flows don't run), " +
			"and writes FUNCTION-deployment.yaml. What you have edited in that file is kept when it is built again.",
		UsageText: "prefect deployment build ./log_flow.py:log_flow -n log-simple -q test\n" +
			"prefect deployment build ./etl.py:etl -n nightly -t prod --cron '0 3 * * *' --timezone Europe/Berlin --apply",
		Flags: append(append([]cli.Flag{
			&cli.StringFlag{Name: "name", Aliases: []string{"n"}, Usage: "The `NAME` of the deployment."},
			&cli.StringFlag{Name: "version", Aliases: []string{"v"}, Usage: "The `VERSION` to record; by default the flow's own, or the MD5 sum of the script."},
			&cli.StringSliceFlag{Name: "tag", Aliases: []string{"t"}, Usage: "A `TAG` for the deployment and its runs; may be given again."},
			&cli.StringFlag{Name: "work-queue", Aliases: []string{"q"}, Usage: "The work queue `NAME` that its runs go to; by default 'default'."},
			newChoice("infra", []string{"i"}, []string{"process", "docker-container", "kubernetes-job"}, "The `TYPE` of infrastructure; only process runs here."),
			&cli.StringFlag{Name: "infra-block", Aliases: []string{"ib"}, Usage: "A saved infrastructure `TYPE/NAME`."},
			&cli.StringSliceFlag{Name: "override", Usage: "Change one setting of the infrastructure, `KEY=VALUE`, such as env.DEBUG=1; may be given again."},
		}, append(newStorageFlags(), newScheduleFlags()...)...),
			&cli.StringSliceFlag{Name: "param", Usage: "A default for a parameter, `NAME=VALUE`; may be given again."},
			&cli.StringFlag{Name: "params", Usage: "Defaults for parameters as a `JSON` object."},
			newPythonFlag(),
			&cli.BoolFlag{Name: "apply", Aliases: []string{"a"}, Usage: "Apply the deployment right away."},
			&cli.BoolFlag{Name: "force", Usage: "Write the file anew and give up the edits in it."},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "Write to `FILE` instead of FUNCTION-deployment.yaml."},
		),
		Action: func(c *cli.Context) error {
			storage, err := readStorageFlags(c)
			if err != nil {
				return err
			}
			schedule, err := readScheduleFlags(c)
			if err != nil {
				return err
			}
			if err := checkAssignments(c, "param", "override"); err != nil {
				return err
			}
			return deploymentBuild(c.Context, e, deploymentBuildOptions{
				entrypoint: c.Args().First(), name: c.String("name"), version: c.String("version"), tags: c.StringSlice("tag"),
				queue: c.String("work-queue"), infra: c.String("infra"), infraBlock: c.String("infra-block"),
				overrides: c.StringSlice("override"), storage: storage, schedule: schedule,
				params: c.StringSlice("param"), paramsJSON: c.String("params"), python: c.String("python"),
				output: c.String("output"), apply: c.Bool("apply"), force: c.Bool("force"), set: c.IsSet,
			})
		},
	}
}

// deploymentBuild checks all that can be wrong with the command line before it loads the script,
// and writes nothing before the script was loaded.
func deploymentBuild(ctx context.Context, e *env, o deploymentBuildOptions) error {
	plan, err := e.planBuild(ctx, o)
	if err != nil {
		return err
	}
	flow, err := e.describeFlow(ctx, plan)
	if err != nil {
		return err
	}
	e.success("Found flow '%s'\n", flow.Name)
	built, err := plan.deployment(flow, o)
	if err != nil {
		return err
	}
	file, err := e.rebuild(ctx, plan, built, o)
	if err != nil {
		return err
	}
	if created, err := ignore.WriteDefault(plan.root); err != nil {
		e.note("%s\n", err) // the flow runs all the same, and with -o its file can be elsewhere
	} else if created {
		e.success("Default '.prefectignore' file written to %s\n", filepath.Join(plan.root, ignore.FileName))
	}
	switch {
	case o.storage.snapshot:
		if err := e.addSnapshot(ctx, plan, built, o); err != nil {
			return err
		}
		if file, err = e.rebuild(ctx, plan, built, o); err != nil {
			return err
		}
	case plan.place != nil && !o.storage.skipUpload:
		if err := e.upload(ctx, plan.place, plan.root, manifest.Script(plan.entrypoint)); err != nil {
			return err
		}
	}
	if err := e.writeManifest(plan.yaml, file); err != nil {
		return err
	}
	if o.apply {
		return deploymentApply(ctx, e, deploymentApplyOptions{files: []string{plan.yaml}, python: o.python})
	}
	if o.python != "" { // apply records it, the file has no place for it
		e.note("Runs use the interpreter that apply is given: %s\n", commandLine([]string{"deployment", "apply", plan.yaml, "--python", o.python}))
	}
	return nil
}

// buildPlan is where everything of a build is.
type buildPlan struct {
	script     string // absolute
	function   string
	root       string // the deployment's folder
	entrypoint string // relative to root, with slashes
	yaml       string // absolute
	python     string // the interpreter that loads the script
	schedule   *manifest.Schedule
	place      *place // where the files are uploaded to, nil for nowhere
}

// planBuild resolves what was typed. A deployment's root is the current folder, or the script's own
// where that lies outside.
func (e *env) planBuild(ctx context.Context, o deploymentBuildOptions) (*buildPlan, error) {
	if o.name == "" {
		return nil, errorf("A name for this deployment must be provided with the '--name' flag.")
	}
	if err := manifest.CheckName("deployment name", o.name); err != nil {
		return nil, errorf("%w", err)
	}
	p := &buildPlan{}
	var err error
	if p.schedule, err = o.schedule.build(e.now()); err != nil {
		return nil, err
	}
	e.warnFixedZone(p.schedule)
	if err := checkInfrastructure(o); err != nil {
		return nil, err
	}
	if p.place, err = e.findPlace(o.storage); err != nil {
		return nil, err
	}
	file, function, ok := cutEntrypoint(o.entrypoint)
	if !ok {
		return nil, withHint(errorf("Your flow path must include the name of the function that is the entrypoint to your flow."),
			"Try %s:<flow_name> for your flow path.", cmp.Or(strings.TrimRight(file, ":"), "./flow.py"))
	}
	if file == "" {
		return nil, withHint(errorf("'%s' names no script", o.entrypoint), "Try ./flow.py:%s for your flow path.", function)
	}
	p.function = function
	if p.script, err = flowfile.FindScript(file); err != nil {
		return nil, errorf("%w", err)
	}
	if p.root, p.entrypoint, err = placeScript(p.script); err != nil {
		return nil, err
	}
	p.entrypoint += ":" + function
	if p.yaml, err = manifestPath(o.output, p.root, function); err != nil {
		return nil, err
	}
	p.python, err = e.choosePython(ctx, o.python)
	return p, err
}

// cutEntrypoint splits PATH:FUNCTION at the last colon, and C:\flow.py has none that counts.
func cutEntrypoint(text string) (file, function string, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 || strings.ContainsAny(text[i+1:], `/\`) || text[i+1:] == "" {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func placeScript(script string) (root, relative string, err error) {
	if root, err = os.Getwd(); err != nil {
		return "", "", fmt.Errorf("finding the current folder: %w", err)
	}
	relative, err = filepath.Rel(root, script)
	if err != nil || !filepath.IsLocal(relative) {
		root, relative = filepath.Dir(script), filepath.Base(script)
	}
	if path := filepath.Join(root, relative); !utf8.ValidString(path) {
		return "", "", errorf("the path %q of the script is not UTF-8 text, so a deployment file can't hold it; rename its folder or the script", path)
	}
	return root, filepath.ToSlash(relative), nil
}

func manifestPath(output, root, function string) (string, error) {
	if output == "" {
		return filepath.Join(root, function+"-deployment.yaml"), nil
	}
	name := strings.TrimSuffix(filepath.Base(output), ".yaml")
	switch {
	case name == "" || os.IsPathSeparator(output[len(output)-1]):
		return "", errorf("the output '%s' is not the name of a file", output)
	case output == "-" || strings.HasPrefix(output, "/dev/"):
		return "", errorf("the deployment is written to a file, which 'prefect deployment apply' reads; '%s' can't be one", output)
	case filepath.Ext(output) == "":
		output += ".yaml"
	case filepath.Ext(output) != ".yaml":
		return "", errorf("Output file must be a '.yaml' file.")
	}
	path, err := filepath.Abs(output)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return "", withHint(errorf("the folder of the output file '%s' is not there", output), "Make it first, or name another file.")
	}
	return path, nil
}

func (e *env) describeFlow(ctx context.Context, p *buildPlan) (*flowfile.Flow, error) {
	dir, err := e.sdkDir()
	if err != nil {
		return nil, err
	}
	if err := sdk.Compile(ctx, dir, p.python); err != nil && ctx.Err() == nil {
		e.note("%s\n", err) // slower, but it works
	}
	cwd, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	flow, err := flowfile.Describe(ctx, flowfile.Options{Python: p.python, SDKDir: dir, File: p.script, Function: p.function,
		Root: p.root, Dir: cwd, Stderr: e.err})
	var problem *flowfile.Error
	if errors.As(err, &problem) && len(problem.Names) == 0 && problem.Kind == flowfile.KindNotFound {
		return nil, withHint(err, "A flow is a function with @flow before it.")
	}
	return flow, err
}
