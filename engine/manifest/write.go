package manifest

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
)

// The comments of the file.
const (
	titleComment = "### A complete description of a Prefect Deployment for flow "
	queueComment = "# The work queue that will handle this deployment's runs"
	belowComment = "### DO NOT EDIT BELOW THIS LINE"
)

// Write gives the file of a deployment, byte for byte as Prefect 2.1 writes it. The one exception
// are texts that end in several line ends, after which Prefect writes "..." in the middle of the
// file, which nothing can read back.
func Write(d *Deployment) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "###\n%s%s\n###\n", titleComment, pythonRepr(d.FlowName))
	sections := []struct {
		comment string
		keys    yaml.MapSlice
	}{
		{"", yaml.MapSlice{
			{Key: "name", Value: d.Name},
			{Key: "description", Value: textOrNil(d.Description)},
			{Key: "version", Value: textOrNil(d.Version)},
		}},
		{queueComment + "\n", yaml.MapSlice{
			{Key: "work_queue_name", Value: textOrNil(d.WorkQueueName)},
			{Key: "tags", Value: list(d.Tags)},
			{Key: "parameters", Value: orEmpty(d.Parameters)},
			{Key: "schedule", Value: d.Schedule.value()},
			{Key: "infra_overrides", Value: orEmpty(d.InfraOverrides)},
			{Key: "infrastructure", Value: d.Infrastructure.Map()},
		}},
		{"\n###\n" + belowComment + "\n###\n", yaml.MapSlice{
			{Key: "flow_name", Value: d.FlowName},
			{Key: "manifest_path", Value: textOrNil(d.ManifestPath)},
			{Key: "storage", Value: mapOrNil(d.Storage)},
		}},
		{"", snapshotPair(d.Snapshot)},
		{"", yaml.MapSlice{
			{Key: "path", Value: emptyIsNil(d.Path)},
			{Key: "entrypoint", Value: d.Entrypoint},
			{Key: "parameter_openapi_schema", Value: orEmpty(d.ParameterSchema)},
		}},
	}
	for _, section := range sections {
		b.WriteString(section.comment)
		if len(section.keys) == 0 {
			continue
		}
		text, err := pyyaml.Marshal(section.keys)
		if err != nil {
			return nil, fmt.Errorf("write the deployment as YAML: %w", err)
		}
		b.Write(text)
	}
	return b.Bytes(), nil
}

// pythonRepr writes a text as Python's repr does, as the comment has it: what does not show is
// escaped, so a name can't get out of its comment.
func pythonRepr(s string) string {
	quote := '\''
	if strings.Contains(s, "'") && !strings.Contains(s, `"`) {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for _, r := range s {
		short := map[rune]string{'\n': `\n`, '\r': `\r`, '\t': `\t`, '\\': `\\`, quote: `\` + string(quote)}[r]
		switch {
		case short != "":
			b.WriteString(short)
		case unicode.IsPrint(r):
			b.WriteRune(r)
		case r <= 0xFF:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}

func emptyIsNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// FromMap makes a deployment of the pairs that its file would have, as Read does of the file.
func FromMap(pairs yaml.MapSlice, name string) (*Deployment, error) {
	data, err := pyyaml.Marshal(pairs)
	if err != nil {
		return nil, fmt.Errorf("write the deployment as YAML: %w", err)
	}
	return Read(data, name)
}

func mapOrNil(m yaml.MapSlice) any {
	if m == nil {
		return nil
	}
	return m
}

// snapshotPair is a key that Prefect's own files don't have, and passes over.
func snapshotPair(digest string) yaml.MapSlice {
	if digest == "" {
		return nil
	}
	return yaml.MapSlice{{Key: "snapshot", Value: digest}}
}
