package cli

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"

	"prefect/engine/infra"
	"prefect/engine/manifest"
	"prefect/engine/ordered"
	"prefect/engine/params"
	"prefect/engine/schedule"
	"prefect/store"

	"github.com/goccy/go-yaml"
)

// findStored is the stored deployment of that name, nil where there is none.
func findStored(ctx context.Context, db *store.DB, flow, name string) (*store.Deployment, error) {
	d, err := db.DeploymentByName(ctx, flow, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, databaseError(err)
	}
	return &d, nil
}

// schedulePath is where in a deployment's file what is wrong with its schedule stands.
func schedulePath(err error) string {
	var bad *schedule.Error
	if errors.As(err, &bad) && bad.Field != "" {
		return "schedule." + bad.Field
	}
	return "schedule"
}

// toStore checks what a deployment file says and makes of it what is stored. Keys that the file
// lacks keep what is stored, and so does a schedule's pause.
func (e *env) toStore(ctx context.Context, db *store.DB, m *manifest.Deployment, file, python string) (store.Deployment, error) {
	old, err := findStored(ctx, db, m.FlowName, m.Name)
	if err != nil {
		return store.Deployment{}, err
	}
	if m.Schedule != nil {
		if err := checkSchedule(m.Schedule); err != nil {
			return store.Deployment{}, m.ErrorAt(schedulePath(err), "%v", err)
		}
	}
	if err := params.FromMap(m.ParameterSchema).CheckGiven(m.Parameters); err != nil {
		return store.Deployment{}, m.ErrorAt("parameters", "%v", err)
	}
	d := store.Deployment{FlowName: m.FlowName, Name: m.Name, Version: m.Version, Description: m.Description, WorkQueueName: m.WorkQueueName,
		IsScheduleActive: true, Path: deploymentFolder(m.Path, file), Entrypoint: textOrNil(m.Entrypoint), ManifestPath: m.ManifestPath, Snapshot: textOrNil(m.Snapshot), Python: &python}
	if err := e.setStorage(&d, m); err != nil {
		return d, err
	}
	if !m.Has("work_queue_name") {
		queue := manifest.DefaultWorkQueue
		d.WorkQueueName = &queue
	}
	fields := []struct {
		to    *json.RawMessage
		value any
	}{
		{&d.Tags, m.Tags}, {&d.Parameters, orEmptyMap(m.Parameters)}, {&d.InfraOverrides, orEmptyMap(m.InfraOverrides)},
		{&d.Infrastructure, m.Infrastructure.Map()}, {&d.ParameterOpenAPISchema, m.ParameterSchema},
	}
	if m.Schedule != nil {
		fields = append(fields, struct {
			to    *json.RawMessage
			value any
		}{&d.Schedule, m.Schedule.Map()})
	}
	for _, f := range fields {
		if *f.to, err = encode(f.value); err != nil {
			return d, m.ErrorAt("", "%v", err)
		}
	}
	if old != nil {
		keepAbsent(&d, *old, m)
	}
	if _, err := infra.Parse(d.Infrastructure, d.InfraOverrides); err != nil {
		return d, m.ErrorAt("infra_overrides", "%v", err)
	}
	return d, nil
}

func encode(value any) (json.RawMessage, error) {
	if texts, ok := value.([]string); ok {
		list := make([]any, len(texts))
		for i, t := range texts {
			list[i] = t
		}
		value = list
	}
	return ordered.Encode(value)
}

func orEmptyMap(m yaml.MapSlice) yaml.MapSlice {
	if m == nil {
		return yaml.MapSlice{}
	}
	return m
}

// deploymentFolder makes a path that was written by hand independent of where runs start.
func deploymentFolder(path, file string) *string {
	if path == "" {
		return nil
	}
	if !filepath.IsAbs(path) {
		if absolute, err := filepath.Abs(filepath.Join(filepath.Dir(file), path)); err == nil {
			path = absolute
		}
	}
	return &path
}

// keepAbsent takes over what the file says nothing about.
func keepAbsent(d *store.Deployment, old store.Deployment, m *manifest.Deployment) {
	d.IsScheduleActive = old.IsScheduleActive
	for key, keep := range map[string]func(){
		"version":         func() { d.Version = old.Version },
		"description":     func() { d.Description = old.Description },
		"work_queue_name": func() { d.WorkQueueName = old.WorkQueueName },
		"tags":            func() { d.Tags = old.Tags },
		"parameters":      func() { d.Parameters = old.Parameters },
		"schedule":        func() { d.Schedule = old.Schedule },
		"infra_overrides": func() { d.InfraOverrides = old.InfraOverrides },
		"infrastructure":  func() { d.Infrastructure = old.Infrastructure },
		"manifest_path":   func() { d.ManifestPath = old.ManifestPath },
		"path":            func() { d.Path = old.Path },
		"storage": func() {
			if m.Snapshot == "" {
				d.Storage, d.StorageDocumentID = old.Storage, old.StorageDocumentID
			}
		},
		"parameter_openapi_schema": func() { d.ParameterOpenAPISchema = old.ParameterOpenAPISchema },
	} {
		if !m.Has(key) {
			keep()
		}
	}
}

// manifestOf is a stored deployment as its file would have it.
func manifestOf(d store.Deployment) (*manifest.Deployment, error) {
	pairs := yaml.MapSlice{}
	for _, f := range []struct {
		key   string
		value json.RawMessage
	}{{"tags", d.Tags}, {"parameters", d.Parameters}, {"infra_overrides", d.InfraOverrides}, {"infrastructure", d.Infrastructure},
		{"schedule", d.Schedule}, {"storage", d.Storage}, {"parameter_openapi_schema", d.ParameterOpenAPISchema}} {
		if f.value == nil {
			continue
		}
		value, err := ordered.Decode(f.value)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, yaml.MapItem{Key: f.key, Value: value})
	}
	for _, f := range []struct {
		key   string
		value *string
	}{{"version", d.Version}, {"description", d.Description}, {"work_queue_name", d.WorkQueueName}, {"path", d.Path}, {"entrypoint", d.Entrypoint},
		{"snapshot", d.Snapshot}} {
		if f.value == nil {
			pairs = append(pairs, yaml.MapItem{Key: f.key})
			continue
		}
		pairs = append(pairs, yaml.MapItem{Key: f.key, Value: *f.value})
	}
	pairs = append(pairs, yaml.MapItem{Key: "name", Value: d.Name}, yaml.MapItem{Key: "flow_name", Value: d.FlowName})
	return manifest.FromMap(pairs, d.FullName())
}
