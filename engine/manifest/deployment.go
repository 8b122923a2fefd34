// Package manifest is the deployment YAML: the file that `prefect deployment build` writes, a
// person edits and `prefect deployment apply` reads. Its keys, their order, its comments and every
// quote are those of Prefect 2.1, so either program reads the other's files.
//
// Where a plain scalar could mean two things, what decides is the place. Text fields (name,
// version, tags, the values of env...) take it as it is written: version: 1.10 is "1.10". The
// values of parameters and infra_overrides get the type that Python's YAML gives them: yes is
// true, 12:30:45 is 45045, 1e3 is a text.
package manifest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
)

// DefaultWorkQueue is the work queue of a file that has no key work_queue_name. An explicit null
// means none.
const DefaultWorkQueue = "default"

// Deployment is the content of a deployment file. A nil pointer is a null.
type Deployment struct {
	Name           string
	Description    *string
	Version        *string
	WorkQueueName  *string
	Tags           []string
	Parameters     yaml.MapSlice // defaults of the flow's parameters
	Schedule       *Schedule     // nil for none
	InfraOverrides yaml.MapSlice // "env.NAME" and the like to values, which build writes as texts
	Infrastructure Infrastructure
	FlowName       string
	ManifestPath   *string
	Storage        yaml.MapSlice // the block that the files are in, see Block; nil for none
	Snapshot       string        // SHA-256 of the snapshot that the files are in; "" for none
	Path           string        // folder that Entrypoint is relative to, below Storage if there is one; "" where the file has null
	Entrypoint     string        // "file.py:function"

	// ParameterSchema is the JSON schema of the parameters, with keys in the order of the
	// function's signature.
	ParameterSchema yaml.MapSlice

	file string
	root *pyyaml.Node // nil if the deployment was not read from a file
}

// Infrastructure says how a run's process is started. Type is always "process".
type Infrastructure struct {
	Type         string
	Env          yaml.MapSlice // texts
	Labels       yaml.MapSlice // texts
	Name         *string
	Command      []string
	StreamOutput bool
}

// DefaultInfrastructure is what build writes when nothing else is asked for.
func DefaultInfrastructure() Infrastructure {
	return Infrastructure{
		Type: "process", Env: yaml.MapSlice{}, Labels: yaml.MapSlice{},
		Command: []string{"python", "-m", "prefect.engine"}, StreamOutput: true,
	}
}

// EmptySchema is the parameter schema of a flow without parameters.
func EmptySchema() yaml.MapSlice {
	return yaml.MapSlice{
		{Key: "title", Value: "Parameters"}, {Key: "type", Value: "object"}, {Key: "properties", Value: yaml.MapSlice{}},
		{Key: "required", Value: nil}, {Key: "definitions", Value: nil},
	}
}

// Map gives the infrastructure with the keys and the order of the file.
func (i Infrastructure) Map() yaml.MapSlice {
	return yaml.MapSlice{
		{Key: "type", Value: i.Type}, {Key: "env", Value: orEmpty(i.Env)}, {Key: "labels", Value: orEmpty(i.Labels)},
		{Key: "name", Value: textOrNil(i.Name)}, {Key: "command", Value: list(i.Command)}, {Key: "stream_output", Value: i.StreamOutput},
	}
}

// Error is something wrong in a deployment file. Line and Col are 0 if it has no place of its own.
type Error struct {
	File      string
	Line, Col int
	Msg       string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.File + ": " + e.Msg
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Msg)
}

// Has tells whether the file has a value at a path such as "tags" or "infrastructure.env". A key
// with the value null is there: absent means "keep what is stored", empty means "clear it". A
// deployment that was not read from a file has nothing.
func (d *Deployment) Has(path string) bool { return find(d.root, path) != nil }

// Pos gives the line and column, from 1, of the value at a path such as "schedule.cron" or
// "tags[1]"; of the nearest value around it if the path is not there; 0, 0 if the deployment was
// not read from a file.
func (d *Deployment) Pos(path string) (line, col int) {
	if d.root == nil {
		return 0, 0
	}
	for {
		if n := find(d.root, path); n != nil {
			return n.Line, n.Col
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// ErrorAt makes an error about the value at a path. Callers use it for what only they can check,
// such as the text of a schedule.
func (d *Deployment) ErrorAt(path, format string, args ...any) error {
	line, col := d.Pos(path)
	return &Error{d.file, line, col, fmt.Sprintf(format, args...)}
}

// find walks down a path. Keys may hold dots themselves, so the longest key that fits is taken.
func find(n *pyyaml.Node, path string) *pyyaml.Node {
	if n == nil || path == "" {
		return n
	}
	if rest, ok := strings.CutPrefix(path, "["); ok && n.Kind == pyyaml.Sequence {
		digits, rest, _ := strings.Cut(rest, "]")
		i, err := strconv.Atoi(digits)
		if err != nil || i < 0 || i >= len(n.Items) {
			return nil
		}
		return find(n.Items[i], strings.TrimPrefix(rest, "."))
	}
	var found *pyyaml.Node
	longest := -1
	for _, p := range n.Pairs {
		rest, ok := strings.CutPrefix(path, p.Key.Text)
		if ok && len(p.Key.Text) > longest && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			longest, found = len(p.Key.Text), find(p.Value, strings.TrimPrefix(rest, "."))
		}
	}
	return found
}

func orEmpty(m yaml.MapSlice) yaml.MapSlice {
	if m == nil {
		return yaml.MapSlice{}
	}
	return m
}

func textOrNil(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

func list(texts []string) []any {
	l := make([]any, len(texts))
	for i, s := range texts {
		l[i] = s
	}
	return l
}
