package runner

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"prefect/engine/infra"
	"prefect/store"
)

// command makes the command of a run, as the deployment's infrastructure says. note is something
// to say in the run's log. The error says why the run can't start.
func (o Options) command(run store.FlowRun, dep store.Deployment) (cmd *exec.Cmd, p infra.Process, note string, err error) {
	if p, err = infra.Parse(dep.Infrastructure, dep.InfraOverrides); err != nil {
		return nil, p, "", err
	}
	args := slices.Clone(p.Command)
	if args[0] == "python" || args[0] == "python3" {
		if args[0], note, err = o.interpreter(dep); err != nil {
			return nil, p, "", err
		}
	}
	dir := ""
	if dep.Path != nil {
		dir = *dep.Path
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return nil, p, "", fmt.Errorf("the deployment's folder %s is not there; build and apply the deployment again from where the flow is now", dir)
		}
	}
	if slices.Equal(args[1:], []string{"-m", "prefect.engine"}) {
		args = []string{args[0], "-c", startEngine}
	}
	cmd = exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	cmd.Env = o.environment(run, p, args)
	if cmd.Err != nil {
		return nil, p, "", fmt.Errorf("the command %q can't be started: %w", args[0], cmd.Err)
	}
	return cmd, p, note, nil
}

// startEngine is what `-m prefect.engine` does, with the working directory out of the way while the
// package is imported, as flowfile.Describe has it too: a prefect.py or a json.py in the flow's folder
// is not meant by it. The folder is back when the flow's script is loaded. infra.RunsEngine knows the
// command by the module's name in it.
const startEngine = "import sys; sys.path[0] or sys.path.pop(0); import prefect.engine as engine; sys.argv[0] = engine.__file__; sys.exit(engine.main())"

// interpreter returns the Python that `apply` found, or this process's own if it has gone.
func (o Options) interpreter(dep store.Deployment) (python, note string, err error) {
	if dep.Python != nil {
		if _, err := os.Stat(*dep.Python); err == nil {
			return *dep.Python, "", nil
		}
		note = fmt.Sprintf("The deployment's interpreter %s is not there any more; ", *dep.Python)
	}
	python, err = o.FindPython()
	if err != nil {
		return "", "", fmt.Errorf("%s%w", note, err)
	}
	if note != "" {
		note += fmt.Sprintf("this run uses %s.", python)
	}
	return python, note, nil
}

// environment is the environment of the run's process: ours, the profile's settings, the
// infrastructure's, and what the embedded package needs.
func (o Options) environment(run store.FlowRun, p infra.Process, args []string) []string {
	vars := map[string]string{}
	set := func(list []string) {
		for _, kv := range list {
			if k, v, ok := strings.Cut(kv, "="); ok && k != "" && !strings.HasPrefix(k, "PREFECT__") {
				vars[k] = v
			}
		}
	}
	set(o.Environ)
	for k, v := range p.Env {
		if v == nil {
			delete(vars, k)
		} else {
			vars[k] = *v
		}
	}
	vars["PREFECT_HOME"], vars["PREFECT_BINARY"] = o.Home, o.Binary
	vars["PREFECT__FLOW_RUN_ID"], vars["PREFECT__FLOW_RUN_NAME"] = run.ID, run.Name
	if infra.RunsEngine(args) {
		path := o.SDKDir
		if old := vars["PYTHONPATH"]; old != "" {
			path += string(filepath.ListSeparator) + old
		}
		vars["PYTHONPATH"], vars["PYTHONUNBUFFERED"] = path, "1"
		if _, ok := vars["PYTHONIOENCODING"]; !ok {
			vars["PYTHONIOENCODING"] = "utf-8"
		}
	} else {
		// A command of the user's own learns its parameters from here, not from its arguments,
		// which every user of the machine can see.
		vars["PREFECT__PARAMETERS"] = string(run.Parameters)
	}
	env := make([]string, 0, len(vars))
	for k, v := range vars {
		env = append(env, k+"="+v)
	}
	slices.Sort(env)
	return env
}
