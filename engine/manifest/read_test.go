package manifest

import (
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"prefect/engine/block"
)

const small = "name: d\nflow_name: f\nentrypoint: f.py:f\n"

// Each error is one line that names the place and what is expected there.
func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "f.yaml: the file is empty; \"prefect deployment build\" writes deployment files"},
		{"# only a comment\n", "f.yaml: the file is empty; \"prefect deployment build\" writes deployment files"},
		{"- a\n", "f.yaml:1:1: expected a deployment, which is a mapping of keys such as name and flow_name, not a list"},
		{"import os\nimport re\n", "f.yaml:1:1: expected a deployment, which is a mapping of keys such as name and flow_name, not a single value"},
		{"def f():\n    x: int = 1\n    return\n", "f.yaml:3:5: expected \"key: value\", but there is no ':' after the key"},
		{"flow_name: f\n", "f.yaml: the key name is missing; give the deployment a name"},
		{"name: d\n", "f.yaml: the key flow_name is missing; run \"prefect deployment build\", which writes it"},
		{"name: d\nflow_name: f\n", "f.yaml: the key entrypoint (\"FILE.py:FUNCTION\") is missing, so no run could find the flow; run \"prefect deployment build\", which writes it"},
		{"name: a/b\nflow_name: f\n", "f.yaml:1:7: the deployment name \"a/b\" contains '/'; / % & > < are not allowed in names"},
		{"name: d\nflow_name: \"a\\e[0m\"\n", "f.yaml:2:12: the flow name \"a\\x1b[0m\" contains the control character U+001B"},
		{"name: ''\n", "f.yaml:1:7: the deployment name is empty"},
		{"name: ~\n", "f.yaml:1:7: name must be a text, not null"},
		{small + "work_queue_name: a>b\n", "f.yaml:4:18: the work queue name \"a>b\" contains '>'; / % & > < are not allowed in names; write null for no queue"},
		{small + "tags:\n  a: 1\n", "f.yaml:5:3: tags must be a list of strings, not a mapping"},
		{small + "tags: a, b\n", "f.yaml:4:7: tags must be a list of strings, not a, b"},
		{small + "tags: [a, [b]]\n", "f.yaml:4:11: tags[1] must be a text, not a list"},
		{small + "tag: [a]\n", "f.yaml:4:1: unknown key 'tag'; did you mean 'tags'?"},
		{small + "bogus: 1\n", "f.yaml:4:1: unknown key 'bogus'; the keys there are name, description, version, work_queue_name, tags, parameters, " +
			"schedule, infra_overrides, infrastructure, flow_name, manifest_path, storage, snapshot, path, entrypoint, parameter_openapi_schema"},
		{small + "name: e\n", "f.yaml:4:1: the key name stands twice; the first is on line 1"},
		{small + "parameters: [1]\n", "f.yaml:4:13: parameters must be a mapping of names to values, not a list"},
		{small + "schedule: '0 5 * * *'\n", "f.yaml:4:11: schedule must be a mapping with the key cron, interval or rrule, or null for none, not '0 5 * * *'"},
		{small + "schedule: {}\n", "f.yaml:4:11: schedule needs the key cron, interval or rrule; write \"schedule: null\" for none"},
		{small + "schedule: {cron: '* * * * *', interval: 5}\n", "f.yaml:4:41: schedule has both cron and interval; a deployment takes one"},
		{small + "schedule: {cron: '* * * * *', time_zone: UTC}\n", "f.yaml:4:31: unknown key 'time_zone' in schedule; did you mean 'timezone'?"},
		{small + "schedule: {interval: 0}\n", "f.yaml:4:22: schedule.interval must be more than 0 seconds, not 0"},
		{small + "schedule: {interval: .nan}\n", "f.yaml:4:22: schedule.interval must be more than 0 seconds, not .nan"},
		{small + "schedule: {interval: soon}\n", "f.yaml:4:22: schedule.interval must be a number of seconds, such as 3600, not soon"},
		{small + "schedule: {interval: 60, anchor_date: noon}\n", "f.yaml:4:39: schedule.anchor_date must be a date and time, such as '2022-08-22T09:00:00+00:00', not noon"},
		{small + "schedule: {cron: '* * * * *', day_or: maybe}\n", "f.yaml:4:39: schedule.day_or must be true or false, not maybe"},
		{small + "infrastructure: {type: docker-container}\n", "f.yaml:4:24: infrastructure.type is 'docker-container', but only 'process' can run here; build the deployment with \"-i process\""},
		{small + "infrastructure: {type: process, image: x}\n", "f.yaml:4:33: unknown key 'image' in infrastructure; the keys there are type, env, labels, name, command, stream_output"},
		{small + "infrastructure: {command: python -m x}\n", "f.yaml:4:27: infrastructure.command must be a list of words, such as [python, -m, prefect.engine], not python -m x"},
		{small + "infrastructure: {env: {A: null}}\n", "f.yaml:4:27: infrastructure.env.A must be a text, not null"},
		{small + "infrastructure: {env: {A: [1]}}\n", "f.yaml:4:27: infrastructure.env.A must be a text, not a list"},
		{small + "storage: local-file-system/x\n", "f.yaml:4:10: storage must be the mapping of a storage block, as \"prefect deployment build\" writes it, not local-file-system/x"},
		{small + "storage: {_block_document_name: b}\n", "f.yaml:4:10: storage has no _block_type_slug, which says what it is"},
		{small + "storage: {_block_type_slug: gcs}\n", "f.yaml:4:29: storage._block_type_slug is 'gcs', but only local-file-system, s3 and remote-file-system can be used here"},
		{small + "storage: {bucket_path: b, aws_secret_access_key: hush, _block_type_slug: s3}\n", "f.yaml:4:24: storage: aws_secret_access_key can't be part of a block: " + block.FromEnvironment},
		{small + "storage: {_block_type_slug: s3}\n", "f.yaml:4:10: storage: bucket_path is missing"},
		{small + "storage: {bucket_path: [b], _block_type_slug: s3}\n", "f.yaml:4:24: storage: bucket_path must be a text"},
		{small + "snapshot: abc\n", "f.yaml:4:11: snapshot must be a SHA-256 of 64 hex digits, not abc"},
		{"name: d\nflow_name: f\nentrypoint: f.py\n", "f.yaml:3:13: entrypoint must be \"FILE.py:FUNCTION\", not f.py"},
		{small + "parameter_openapi_schema: {properties: {x: 1}}\n", "f.yaml:4:44: parameter_openapi_schema.properties.x must be a mapping, not 1"},
		{small + "parameters: {a: 2022-02-30}\n", "f.yaml:4:17: there is no date or time 2022-02-30; write it in quotes if it is a text"},
		{small + "description: \"x\n", "f.yaml:5:1: the closing quote is missing"},
	} {
		d, err := Read([]byte(c.text), "f.yaml")
		if err == nil {
			t.Errorf("%q was accepted: %+v", c.text, d)
		} else if err.Error() != c.want {
			t.Errorf("%q\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// Text fields keep what a person wrote; values have the types that Python gives them.
func TestPlainScalarsByPlace(t *testing.T) {
	d, err := Read([]byte(small+`version: 1.10
tags: [yes, 12:30:45, 017]
parameters: {'name':'Marvin', on: yes, t: 12:30:45, o: 017, e: 1e3, d: 2022-08-22, n: ~, deep: {1: [x]}}
infra_overrides: {env.A: 1, stream_output: no}
infrastructure: {env: {MODE: 0755, DEBUG: yes}, stream_output: 'no'}
schedule: {interval: 1:00:00, anchor_date: 2022-08-22 09:00:00Z}
`), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := func(s string) *string { return &s }
	hour := 3600.0
	infra := DefaultInfrastructure()
	infra.Env, infra.StreamOutput = yaml.MapSlice{{Key: "MODE", Value: "0755"}, {Key: "DEBUG", Value: "yes"}}, false
	want := &Deployment{
		Name: "d", FlowName: "f", Entrypoint: "f.py:f", Version: text("1.10"), Tags: []string{"yes", "12:30:45", "017"},
		Parameters: yaml.MapSlice{{Key: "name", Value: "Marvin"}, {Key: "on", Value: true}, {Key: "t", Value: int64(45045)}, {Key: "o", Value: int64(15)},
			{Key: "e", Value: "1e3"}, {Key: "d", Value: "2022-08-22"}, {Key: "n", Value: nil}, {Key: "deep", Value: yaml.MapSlice{{Key: "1", Value: []any{"x"}}}}},
		InfraOverrides: yaml.MapSlice{{Key: "env.A", Value: int64(1)}, {Key: "stream_output", Value: false}},
		Infrastructure: infra, ParameterSchema: EmptySchema(),
		Schedule: &Schedule{Interval: &hour, AnchorDate: text("2022-08-22T09:00:00+00:00")},
	}
	sameDeployment(t, want, d)
}

// Absent keeps, empty clears: the two can be told apart.
func TestHasAndPos(t *testing.T) {
	d, err := Read([]byte(small+"tags:\nschedule:\n  cron: 0 5 * * *\ninfra_overrides:\n  env.A.B: x\nparameters: {l: [1, {k: 2}]}\n"), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][3]any{
		"tags": {true, 4, 6}, "version": {false, 1, 1}, "schedule.cron": {true, 6, 9}, "schedule.timezone": {false, 6, 3},
		"infra_overrides.env.A.B": {true, 8, 12}, "parameters.l[1].k": {true, 9, 25}, "parameters.l[7]": {false, 9, 17}, "infrastructure.env": {false, 1, 1},
	} {
		line, col := d.Pos(path)
		if got := [3]any{d.Has(path), line, col}; got != want {
			t.Errorf("%s: got %v, want %v", path, got, want)
		}
	}
	if err := d.ErrorAt("schedule.cron", "bad cron %q", "x"); err.Error() != `f.yaml:6:9: bad cron "x"` {
		t.Errorf("got %v", err)
	}
	built := &Deployment{}
	if line, col := built.Pos("tags"); line != 0 || col != 0 || built.Has("tags") {
		t.Error("a deployment that was not read has a place")
	}
}

func TestParseDuration(t *testing.T) {
	for text, want := range map[string]float64{
		"60": 60, "01:30": 90, "01:00:00": 3600, "2 01:00:00": 176400, "1 day, 0:00:01.5": 86401.5, "PT1H": 3600, "P1DT2M": 86520, "-PT1S": -1, "-1 day, 23:59:59": -1, "PT": 0, "90.5": 90.5,
	} {
		if got, ok := ParseDuration(text); !ok || got != want {
			t.Errorf("%q is %v (%v), want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"", "+5", " 3 ", "soon", "1h", "1:2:3:4", "P1Y"} {
		if got, ok := ParseDuration(text); ok {
			t.Errorf("%q was accepted as %v", text, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(small))
	f.Add([]byte(small + "schedule: {interval: '1 01:00:00', anchor_date: 2022-01-01}\ninfrastructure: {env: {A: b}}\ntags: [&a x, *a]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Read(data, "f.yaml")
		if err != nil {
			if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "pyyaml") || !strings.HasPrefix(err.Error(), "f.yaml") {
				t.Errorf("not a one-line message: %q", err)
			}
			return
		}
		out, err := Write(d)
		if err != nil {
			t.Fatal(err)
		}
		back, err := Read(out, "f.yaml")
		if err != nil {
			t.Fatalf("%v in what was written:\n%s", err, out)
		}
		again, err := Write(back)
		if err != nil || !reflect.DeepEqual(out, again) {
			t.Errorf("%v: writing twice differs:\n%s\n%s", err, out, again)
		}
	})
}
