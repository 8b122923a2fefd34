package manifest

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"prefect/engine/block"
	"prefect/engine/ordered"
)

// The files that Prefect 2.1.1 built are read, and written again byte for byte.
func TestFilesOfPrefectComeBackAsTheyWere(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("testdata", "reference", "*.yaml"))
	if len(files) < 15 {
		t.Fatalf("only %d files", len(files))
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		d, err := Read(data, "f.yaml")
		base := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if base == "docker" || base == "k8s" {
			if err == nil || !strings.Contains(err.Error(), "but only 'process' can run here") {
				t.Errorf("%s: got %v, want a refusal of its infrastructure", base, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", base, err)
			continue
		}
		out, err := Write(d)
		byHand := strings.HasPrefix(base, "edited_") || strings.HasPrefix(base, "server_") // not in build's form
		if err != nil || !byHand && string(out) != string(data) {
			t.Errorf("%s: %v, wrote\n%s", base, err, out)
		}
	}
}

// corpusFields are the fields of a line that testdata/corpus.py prints.
type corpusFields struct {
	Name           string
	Description    *string
	Version        *string
	WorkQueueName  *string `json:"work_queue_name"`
	Tags           []string
	Parameters     json.RawMessage
	Schedule       json.RawMessage
	InfraOverrides json.RawMessage `json:"infra_overrides"`
	Infrastructure struct {
		Env, Labels  json.RawMessage
		Name         *string
		Command      []string
		StreamOutput bool `json:"stream_output"`
	}
	FlowName   string `json:"flow_name"`
	Path       string
	Entrypoint string
}

func (f corpusFields) deployment(t *testing.T) *Deployment {
	mapping := func(raw json.RawMessage) yaml.MapSlice {
		m, err := ordered.DecodeMap(raw)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	d := &Deployment{
		Name: f.Name, Description: f.Description, Version: f.Version, WorkQueueName: f.WorkQueueName, Tags: f.Tags,
		Parameters: mapping(f.Parameters), InfraOverrides: mapping(f.InfraOverrides), FlowName: f.FlowName, Path: f.Path,
		Entrypoint: f.Entrypoint, ParameterSchema: EmptySchema(),
		Infrastructure: Infrastructure{
			Type: "process", Env: mapping(f.Infrastructure.Env), Labels: mapping(f.Infrastructure.Labels),
			Name: f.Infrastructure.Name, Command: f.Infrastructure.Command, StreamOutput: f.Infrastructure.StreamOutput,
		},
	}
	if string(f.Schedule) != "null" {
		s := Schedule{DayOr: true}
		var names struct {
			AnchorDate  *string `json:"anchor_date"`
			Cron, RRule *string
			Interval    *float64
			Timezone    *string
		}
		if err := json.Unmarshal(f.Schedule, &names); err != nil {
			t.Fatal(err)
		}
		s.Cron, s.Interval, s.RRule, s.AnchorDate, s.Timezone = names.Cron, names.Interval, names.RRule, names.AnchorDate, names.Timezone
		d.Schedule = &s
	}
	return d
}

// Any deployment is written as Prefect 2.1.1 writes it, and read back the same.
func TestWritesWhatPrefectWrites(t *testing.T) {
	name := os.Getenv("PREFECT_TEST_DEPLOYMENTS") // a larger corpus, made by hand
	if name == "" {
		name = filepath.Join("testdata", "corpus.jsonl")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	n := 0
	for ; lines.Scan() && !t.Failed(); n++ {
		var c struct {
			Deployment corpusFields
			YAML       string
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		d := c.Deployment.deployment(t)
		out, err := Write(d)
		if err != nil || string(out) != c.YAML {
			t.Errorf("%v\nwrote %q\nwants %q", err, out, c.YAML)
		}
		back, err := Read([]byte(c.YAML), "f.yaml")
		if err != nil {
			if strings.Contains(err.Error(), "are not allowed in names") || strings.Contains(err.Error(), "name is empty") {
				continue
			}
			t.Fatalf("%v in\n%s", err, c.YAML)
		}
		sameDeployment(t, d, back)
	}
	if n < 50 {
		t.Errorf("only %d deployments were checked", n)
	}
}

func sameDeployment(t *testing.T, want, got *Deployment) {
	t.Helper()
	a, b := *want, *got
	b.root, b.file = nil, ""
	for _, d := range []*Deployment{&a, &b} {
		d.Tags = append([]string{}, d.Tags...)
		d.Parameters, d.InfraOverrides, d.Infrastructure.Env, d.Infrastructure.Labels = orEmpty(d.Parameters),
			orEmpty(d.InfraOverrides), orEmpty(d.Infrastructure.Env), orEmpty(d.Infrastructure.Labels)
		if d.Schedule != nil {
			s := *d.Schedule
			s.DayOr = s.DayOr && s.Cron != nil
			d.Schedule = &s
		}
	}
	if !reflect.DeepEqual(a, b) {
		t.Errorf("read\n%+v\nwants\n%+v", b, a)
	}
}

// hardTexts are texts that YAML readers get wrong.
var hardTexts = []string{
	"plain", "a\tb", "a\rb\u0085c\u2028d", "\x00\x1b[0m", ".nan", "=", "<<", "12:30:45", "🚀 ä", "a\n\nb ", " x", "a\nflow: b", "'\"\\", "yes", "\n", "a\n\n",
}

// filledWith is a deployment with two texts in every place that takes one.
func filledWith(a, b string) *Deployment {
	interval := 1.5
	return &Deployment{
		Name: "n", FlowName: "f", Description: &a, Version: &b, Tags: []string{a, b}, Entrypoint: a + ":f", Path: b,
		Parameters:      yaml.MapSlice{{Key: a, Value: []any{b, yaml.MapSlice{{Key: b, Value: a}}, int64(1), 2.0, nil, true}}},
		InfraOverrides:  yaml.MapSlice{{Key: b, Value: a}},
		Schedule:        &Schedule{Interval: &interval, Timezone: &b},
		ParameterSchema: yaml.MapSlice{{Key: "properties", Value: yaml.MapSlice{{Key: b, Value: yaml.MapSlice{{Key: "default", Value: a}}}}}},
		Infrastructure:  Infrastructure{Type: "process", Env: yaml.MapSlice{{Key: a, Value: b}}, Name: &a, Command: []string{b, a}},
	}
}

// Whatever a person or a flow puts into the text fields comes back from the file.
func FuzzWriteRead(f *testing.F) {
	for _, seed := range hardTexts {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		a, b = strings.ToValidUTF8(a, "?"), strings.ToValidUTF8(b, "?")
		if a == "" || b == "" || len(a)+len(b) > 4000 {
			return
		}
		d := filledWith(a, b)
		data, err := Write(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(data, "f.yaml")
		if err != nil {
			t.Fatalf("%v in\n%s", err, data)
		}
		sameDeployment(t, d, back)
	})
}

// The header comment can't be broken out of by a flow's name.
func TestFlowNameStaysInItsComment(t *testing.T) {
	d := &Deployment{Name: "n", FlowName: "a\nname: evil\r\u2028b\x1b[31m", Infrastructure: DefaultInfrastructure()}
	data, err := Write(d)
	if err != nil {
		t.Fatal(err)
	}
	if line := strings.Split(string(data), "\n")[1]; line != "### A complete description of a Prefect Deployment for flow 'a\\nname: evil\\r\\u2028b\\x1b[31m'" {
		t.Errorf("got %q", line)
	}
}

// Python reads the same out of the file.
func TestPythonReadsTheSame(t *testing.T) {
	if exec.Command("python3", "-c", "import yaml").Run() != nil {
		t.Skip("no Python with PyYAML")
	}
	const script = "import json,sys,yaml; d=yaml.safe_load(sys.stdin.buffer); print(json.dumps([d['description'],d['version'],*d['parameters'],d['infrastructure']['env']]))"
	for i, a := range hardTexts {
		b := hardTexts[(i+5)%len(hardTexts)]
		data, err := Write(filledWith(a, b))
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("python3", "-c", script)
		cmd.Stdin = bytes.NewReader(data)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("Python can't read\n%s", data)
		}
		var got []any
		if err := json.Unmarshal(out, &got); err != nil {
			t.Fatal(err)
		}
		if want := []any{a, b, a, map[string]any{a: b}}; !reflect.DeepEqual(got, want) {
			t.Errorf("Python reads %q, wants %q", got, want)
		}
	}
}

func TestStorageBlocks(t *testing.T) {
	for typ, c := range map[string]struct{ values, want string }{
		"local-file-system":  {`{"basepath":"/x"}`, `{"basepath":"/x",`},
		"s3":                 {`{"bucket_path":"b","endpoint_url":"http://h"}`, `{"bucket_path":"b","aws_access_key_id":null,"aws_secret_access_key":null,"endpoint_url":"http://h",`},
		"remote-file-system": {`{"basepath":"s3://b"}`, `{"basepath":"s3://b","settings":{},`},
	} {
		values, err := ordered.DecodeMap([]byte(c.values))
		if err != nil {
			t.Fatal(err)
		}
		b := block.Block{ID: "0b3c9b5e-3c1a-4d6e-8a43-54d3a1c3b1aa", Type: typ, Name: "x", Values: values}
		storage := block.Document(b)
		raw, err := ordered.Encode(storage)
		if err != nil {
			t.Fatal(err)
		}
		want := c.want + `"_is_anonymous":false,"_block_document_name":"x","_block_document_id":"0b3c9b5e-3c1a-4d6e-8a43-54d3a1c3b1aa","_block_type_slug":"` + typ + `"}`
		if string(raw) != want {
			t.Errorf("got  %s\nwant %s", raw, want)
		}
		d := &Deployment{Name: "n", FlowName: "f", Entrypoint: "f.py:f", Storage: storage, Snapshot: strings.Repeat("0a", 32), Infrastructure: DefaultInfrastructure()}
		data, err := Write(d)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Read(data, "f.yaml")
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		back := block.FromDocument(again.Storage)
		if !reflect.DeepEqual(again.Storage, storage) || again.Snapshot != d.Snapshot || back.ID != b.ID || back.Name != "x" || back.Type != typ || back.Anonymous {
			t.Errorf("%+v came back as %+v", storage, back)
		}
	}
}
