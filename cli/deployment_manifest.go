package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"prefect/engine/block"
	"prefect/engine/flowfile"
	"prefect/engine/infra"
	"prefect/engine/manifest"
	"prefect/engine/ordered"
	"prefect/engine/params"

	"github.com/goccy/go-yaml"
)

// checkInfrastructure refuses the infrastructure that doesn't run here, and overrides that no run
// could start with.
func checkInfrastructure(o deploymentBuildOptions) error {
	if o.infra != "" && o.infra != "process" {
		return withHint(errorf("infrastructure '%s' is not supported: flows run as processes on this machine", o.infra), "Use '-i process', or leave it out.")
	}
	if o.infraBlock != "" {
		return withHint(errorf("infrastructure block '%s' not found: there are no infrastructure blocks here", o.infraBlock),
			"Edit 'infrastructure' in the deployment file, or use --override.")
	}
	raw, err := ordered.Encode(parseOverrides(o.overrides))
	if err != nil {
		return err
	}
	_, err = infra.Parse([]byte("{}"), raw)
	return err
}

func parseOverrides(given []string) yaml.MapSlice {
	overrides := yaml.MapSlice{}
	for _, text := range given {
		key, value, _ := strings.Cut(text, "=") // checkAssignments has seen to it
		overrides = ordered.Set(overrides, key, value)
	}
	return overrides
}

// deployment is what the command line and the script say together.
func (p *buildPlan) deployment(flow *flowfile.Flow, o deploymentBuildOptions) (*manifest.Deployment, error) {
	queue := manifest.DefaultWorkQueue
	if o.queue != "" {
		queue = o.queue
	}
	for what, name := range map[string]string{"work queue name": queue, "flow name": flow.Name} {
		if err := manifest.CheckName(what, name); err != nil {
			return nil, errorf("%w", err)
		}
	}
	version := flow.Version
	if o.version != "" {
		version = o.version
	}
	schema := params.FromMap(flow.Schema)
	given, err := readParameters(schema, o.params, o.paramsJSON, nil)
	if err != nil {
		return nil, err
	}
	if err := schema.CheckGiven(given); err != nil {
		return nil, err
	}
	d := &manifest.Deployment{Name: o.name, Description: textOrNil(flow.Description), Version: textOrNil(version), WorkQueueName: &queue,
		Tags: o.tags, Parameters: given, Schedule: p.schedule, InfraOverrides: parseOverrides(o.overrides), Infrastructure: manifest.DefaultInfrastructure(),
		FlowName: flow.Name, Path: p.root, Entrypoint: p.entrypoint, ParameterSchema: flow.Schema}
	if p.place != nil {
		d.Storage, d.Path = block.Document(p.place.block), p.place.path
	}
	return d, nil
}

// addSnapshot takes a snapshot. It is the version too, unless there is one of the person's or the
// flow's own: the sum of the script alone would stay the same when a module beside it changes.
func (e *env) addSnapshot(ctx context.Context, p *buildPlan, d *manifest.Deployment, o deploymentBuildOptions) (err error) {
	if d.Snapshot, err = e.snapshot(ctx, p.root, manifest.Script(p.entrypoint)); err != nil {
		return err
	}
	if version := d.Snapshot[:32]; o.version == "" && manifest.IsDigest(d.Version) {
		d.Version = &version
	}
	return nil
}

func textOrNil(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// builtFile is the deployment file as build leaves it.
type builtFile struct {
	data           []byte
	was            []byte // nil where there was none
	kept           []string
	lost           string // see manifest.Lost
	backup, exists bool
}

// rebuild merges what was built with the file that is there, or with the deployment of that name in
// the database: edits survive unless the command line changes them.
func (e *env) rebuild(ctx context.Context, p *buildPlan, built *manifest.Deployment, o deploymentBuildOptions) (*builtFile, error) {
	given := manifest.Given{Version: o.set("version"), WorkQueueName: o.set("work-queue"), Tags: o.set("tag"),
		Schedule: p.schedule != nil, Infrastructure: o.set("infra")}
	old, err := os.ReadFile(p.yaml)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e.mergeStored(ctx, built, given, o.force)
	case err != nil:
		return nil, fmt.Errorf("reading the deployment file that is there: %w", err)
	case o.force:
		data, err := manifest.Write(built)
		return &builtFile{data: data, was: old, exists: true}, err
	}
	r, err := manifest.Rebuild(old, filepath.Base(p.yaml), built, given)
	var other *manifest.OtherDeploymentError
	var unreadable *manifest.UnreadableError
	switch {
	case errors.As(err, &other):
		return nil, withHint(err, "Write to another file with '-o %s', or replace this one with --force.", otherFile(p.yaml, built))
	case errors.As(err, &unreadable):
		return nil, withHint(errorf("the file that is there can't be read as a deployment: %w", err), "Mend it, or replace it with --force.")
	case err != nil:
		return nil, err
	}
	return &builtFile{data: r.Data, was: old, kept: r.Kept, lost: r.Lost, backup: r.Backup, exists: true}, nil
}

// otherFile is a name for a deployment's file where the one it was to have is another's.
func otherFile(taken string, built *manifest.Deployment) string {
	if name := built.Name + ".yaml"; name != filepath.Base(taken) {
		return shellWord(name)
	}
	return shellWord(built.FlowName + "-" + built.Name + ".yaml")
}

// mergeStored starts from the deployment of the same name in the database, as Prefect does. A
// database that isn't there is not made for that, and one that can't be read is no reason not to
// write a file.
func (e *env) mergeStored(ctx context.Context, built *manifest.Deployment, given manifest.Given, force bool) (*builtFile, error) {
	stored, err := e.storedManifest(ctx, built.FlowName, built.Name)
	if err != nil {
		e.warn("The deployment file does not take over what is stored: %s\n", err)
	}
	f := &builtFile{}
	if stored != nil && !force {
		f.lost = manifest.Lost(stored, built)
		built, f.kept = manifest.Merge(stored, built, given)
	}
	f.data, err = manifest.Write(built)
	return f, err
}

// storedManifest is a stored deployment as if it had been read from its file, nil where there is none.
func (e *env) storedManifest(ctx context.Context, flow, name string) (*manifest.Deployment, error) {
	s, err := e.settings()
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(s.DBPath); err != nil {
		return nil, nil
	}
	db, err := e.db(ctx)
	if err != nil {
		return nil, err
	}
	stored, err := findStored(ctx, db, flow, name)
	if err != nil || stored == nil {
		return nil, err
	}
	return manifestOf(*stored)
}

// writeManifest writes the file beside its place and renames it, so that nobody reads half of it.
func (e *env) writeManifest(path string, f *builtFile) error {
	if f.exists && bytes.Equal(f.data, f.was) {
		e.success("Deployment YAML at '%s' is up to date.\n", path)
	} else {
		if f.backup {
			if err := replaceFile(path+".bak", f.was); err != nil {
				return err
			}
			e.note("The comments in the file are not taken over; the old file is kept as '%s.bak'.\n", path)
		}
		if err := replaceFile(path, f.data); err != nil {
			return err
		}
		verb := "created"
		if f.exists {
			verb = "updated"
		}
		e.success("Deployment YAML %s at '%s'.\n", verb, path)
	}
	if len(f.kept) > 0 {
		e.note("Kept from before: %s. Use --force to build them anew.\n", strings.Join(f.kept, ", "))
	}
	switch f.lost {
	case "storage":
		e.warn("The storage block of before is no longer in it; its runs use the flow's folder. Build with '-sb BLOCK' to have it again.\n")
	case "snapshot":
		e.warn("The snapshot of before is no longer in it; its runs use the flow's folder. Build with '--snapshot' to take a new one.\n")
	}
	return nil
}

func replaceFile(path string, data []byte) error {
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("writing '%s': %w", path, err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err = errors.Join(err, f.Chmod(mode), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing '%s': %w", path, err)
	}
	return nil
}
