package manifest

import (
	"errors"
	"fmt"
	"strings"

	"prefect/engine/manifest/pyyaml"
)

// topKeys are the keys of the file in their order.
var topKeys = []string{
	"name", "description", "version", "work_queue_name", "tags", "parameters", "schedule", "infra_overrides",
	"infrastructure", "flow_name", "manifest_path", "storage", "snapshot", "path", "entrypoint", "parameter_openapi_schema",
}

var infrastructureKeys = []string{"type", "env", "labels", "name", "command", "stream_output"}

// blockKeys are what Prefect's build adds to an infrastructure that it found on its server.
var blockKeys = []string{"_block_document_id", "_block_document_name", "_is_anonymous", "block_type_slug", "_block_type_slug"}

// Read reads a deployment file. Errors are *Error and say where and what was expected. Absent keys
// have the value that build would write, except work_queue_name, which stays nil: Has tells absent
// from null. Limits on size, depth and number of values are those of package pyyaml.
func Read(data []byte, filename string) (d *Deployment, err error) {
	r := &reader{filename}
	defer func() {
		if p := recover(); p != nil {
			failure, ok := p.(*Error)
			if !ok {
				panic(p)
			}
			d, err = nil, failure
		}
	}()
	root, err := pyyaml.Parse(data)
	var at *pyyaml.Error
	if errors.As(err, &at) {
		return nil, &Error{filename, at.Line, at.Col, at.Msg}
	}
	if isNull(root) {
		return nil, &Error{File: filename, Msg: "the file is empty; \"prefect deployment build\" writes deployment files"}
	}
	if root.Kind != pyyaml.Mapping {
		r.fail(root, "expected a deployment, which is a mapping of keys such as name and flow_name, not %v", root.Kind)
	}
	r.known(root, "", topKeys)
	return r.deployment(root), nil
}

func (r *reader) deployment(root *pyyaml.Node) *Deployment {
	d := &Deployment{
		file: r.file, root: root,
		Name:            r.name(root, "name", "deployment name", "give the deployment a name"),
		FlowName:        r.name(root, "flow_name", "flow name", "run \"prefect deployment build\", which writes it"),
		Description:     r.optional(root, "", "description"),
		Version:         r.optional(root, "", "version"),
		WorkQueueName:   r.optional(root, "", "work_queue_name"),
		Tags:            r.texts(root.Get("tags"), "tags", "a list of strings"),
		Parameters:      r.pairs(root.Get("parameters"), "parameters", r.anyValue),
		Schedule:        r.schedule(root.Get("schedule")),
		InfraOverrides:  r.pairs(root.Get("infra_overrides"), "infra_overrides", r.anyValue),
		Infrastructure:  r.infrastructure(root.Get("infrastructure")),
		ManifestPath:    r.optional(root, "", "manifest_path"),
		Storage:         r.storage(root.Get("storage")),
		Snapshot:        r.snapshot(root.Get("snapshot")),
		Entrypoint:      r.entrypoint(root),
		ParameterSchema: EmptySchema(),
	}
	if path := r.optional(root, "", "path"); path != nil {
		d.Path = *path
	}
	if queue := root.Get("work_queue_name"); d.WorkQueueName != nil {
		if err := CheckName("work queue name", *d.WorkQueueName); err != nil {
			r.fail(queue, "%v; write null for no queue", err)
		}
	}
	if schema := root.Get("parameter_openapi_schema"); schema != nil && !isNull(schema) {
		d.ParameterSchema = r.schema(schema)
	}
	return d
}

// name reads one of the two names that make up "flow-name/deployment-name".
func (r *reader) name(root *pyyaml.Node, key, what, advice string) string {
	n := root.Get(key)
	if n == nil {
		panic(&Error{File: r.file, Msg: fmt.Sprintf("the key %s is missing; %s", key, advice)})
	}
	name := r.text(n, key)
	if err := CheckName(what, name); err != nil {
		r.fail(n, "%v", err)
	}
	return name
}

func (r *reader) entrypoint(root *pyyaml.Node) string {
	n := root.Get("entrypoint")
	if n == nil || isNull(n) {
		panic(&Error{File: r.file, Msg: "the key entrypoint (\"FILE.py:FUNCTION\") is missing, so no run could find the flow; " +
			"run \"prefect deployment build\", which writes it"})
	}
	text := r.text(n, "entrypoint")
	if i := strings.LastIndex(text, ":"); i < 1 || i == len(text)-1 {
		r.fail(n, "entrypoint must be \"FILE.py:FUNCTION\", not %s", describe(n))
	}
	return text
}

// Script is the script of an entrypoint "FILE.py:FUNCTION", "" if it names none.
func Script(entrypoint string) string {
	return entrypoint[:max(strings.LastIndex(entrypoint, ":"), 0)]
}

func (r *reader) infrastructure(n *pyyaml.Node) Infrastructure {
	infra := DefaultInfrastructure()
	if n == nil || isNull(n) {
		return infra
	}
	r.mustBe(n, pyyaml.Mapping, "infrastructure", "a mapping with the key type")
	if kind := n.Get("type"); kind != nil {
		if text := r.text(kind, "infrastructure.type"); text != "process" {
			r.fail(kind, "infrastructure.type is '%s', but only 'process' can run here; build the deployment with \"-i process\"", shorten(text))
		}
	}
	r.known(n, "infrastructure", infrastructureKeys, blockKeys...)
	infra.Env = r.pairs(n.Get("env"), "infrastructure.env", r.textValue)
	infra.Labels = r.pairs(n.Get("labels"), "infrastructure.labels", r.textValue)
	infra.Name = r.optional(n, "infrastructure", "name")
	infra.StreamOutput = r.boolean(n, "infrastructure", "stream_output", true)
	if command := n.Get("command"); command != nil && !isNull(command) {
		infra.Command = r.texts(command, "infrastructure.command", "a list of words, such as [python, -m, prefect.engine]")
		if len(infra.Command) == 0 {
			r.fail(command, "infrastructure.command is empty; leave it out for python -m prefect.engine")
		}
	}
	return infra
}
