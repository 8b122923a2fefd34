package cli

import (
	"context"
	"encoding/json"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

func newDeploymentInspectCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "Show everything about a deployment.",
		ArgsUsage: "NAME",
		UsageText: "prefect deployment inspect log-flow/log-simple\nprefect deployment inspect log-flow/log-simple -o json",
		Flags:     []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return deploymentInspect(c.Context, e, c.Args().First(), c.String("output"))
		},
	}
}

func deploymentInspect(ctx context.Context, e *env, name, output string) error {
	_, d, err := e.findDeployment(ctx, name, "")
	if err != nil {
		return err
	}
	return e.show(output, deploymentValue(d), []string{d.FullName()}, func(out *render.Console) error {
		return out.Inspect(deploymentDict(d))
	})
}

// deploymentDict is what `inspect` shows people: Prefect's own keys in their order. Keys of the
// schema that are null are left out, as there. Secrets are hidden.
func deploymentDict(d store.Deployment) render.Dict {
	secrets := render.NewSecrets(d.ParameterOpenAPISchema)
	dict := render.Dict{
		{Key: "id", Value: d.ID}, {Key: "created", Value: d.Created}, {Key: "updated", Value: d.Updated}, {Key: "name", Value: d.Name},
		{Key: "version", Value: d.Version}, {Key: "description", Value: d.Description}, {Key: "flow_id", Value: d.FlowID},
		{Key: "schedule", Value: d.Schedule}, {Key: "is_schedule_active", Value: d.IsScheduleActive},
		{Key: "infra_overrides", Value: secrets.Values(d.InfraOverrides)}, {Key: "parameters", Value: secrets.Parameters(d.Parameters)}, {Key: "tags", Value: d.Tags},
		{Key: "work_queue_name", Value: d.WorkQueueName}, {Key: "parameter_openapi_schema", Value: secrets.Schema(withoutNulls(d.ParameterOpenAPISchema))},
		{Key: "path", Value: d.Path}, {Key: "entrypoint", Value: d.Entrypoint}, {Key: "manifest_path", Value: d.ManifestPath},
		{Key: "storage_document_id", Value: d.StorageDocumentID}, {Key: "infrastructure_document_id", Value: d.InfrastructureDocumentID},
		{Key: "infrastructure", Value: secrets.Values(d.Infrastructure)},
	}
	if d.Snapshot != nil {
		dict = append(dict, render.Field{Key: "snapshot", Value: d.Snapshot})
	}
	return dict
}

// deploymentValue is the deployment for scripts: the same, and what only this program knows.
func deploymentValue(d store.Deployment) render.Dict {
	dict := deploymentDict(d)
	if d.Snapshot == nil {
		dict = append(dict, render.Field{Key: "snapshot", Value: nil})
	}
	return append(dict, render.Field{Key: "storage", Value: render.NewSecrets(nil).Values(d.Storage)},
		render.Field{Key: "flow_name", Value: d.FlowName}, render.Field{Key: "python", Value: d.Python})
}

func withoutNulls(raw json.RawMessage) any {
	v, err := render.FromJSON(raw)
	dict, ok := v.(render.Dict)
	if err != nil || !ok {
		return raw
	}
	kept := render.Dict{}
	for _, f := range dict {
		if f.Value != nil {
			kept = append(kept, f)
		}
	}
	return kept
}
