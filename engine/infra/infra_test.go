package infra_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"prefect/engine/infra"
)

const process = `{"type":"process","env":{"A":"1"},"labels":{},"name":null,"command":["python","-m","prefect.engine"],"stream_output":true}`

func TestOverrides(t *testing.T) {
	p, err := infra.Parse(json.RawMessage(process), json.RawMessage(
		`{"env.B":"x=y","env.A":null,"labels.l":"v","stream_output":"false","command":"sh -c 'echo \"a b\"' c\\ d"}`))
	if err != nil {
		t.Fatal(err)
	}
	if *p.Env["B"] != "x=y" || p.Env["A"] != nil || p.Labels["l"] != "v" || p.StreamOutput {
		t.Errorf("overrides gave %+v", p)
	}
	if want := []string{"sh", "-c", `echo "a b"`, "c d"}; !slices.Equal(p.Command, want) {
		t.Errorf("command %q, want %q", p.Command, want)
	}
}

func TestACommandMayBeAJSONList(t *testing.T) {
	for override, want := range map[string][]string{
		`"[\"sh\", \"-c\", \"echo hi\"]"`: {"sh", "-c", "echo hi"},
		`["sh","-c","echo hi"]`:           {"sh", "-c", "echo hi"},
		`"[ -f file ]"`:                   {"[", "-f", "file", "]"},
	} {
		p, err := infra.Parse(json.RawMessage(process), json.RawMessage(`{"command":`+override+`}`))
		if err != nil || !slices.Equal(p.Command, want) {
			t.Errorf("%s: command %q, %v, want %q", override, p.Command, err, want)
		}
	}
}

func TestNoCommandMeansThePythonEngine(t *testing.T) {
	p, err := infra.Parse(json.RawMessage(`{"type":"process"}`), nil)
	if err != nil || strings.Join(p.Command, " ") != "python -m prefect.engine" || !p.StreamOutput {
		t.Errorf("got %+v, %v", p, err)
	}
}

func TestBadInfrastructureNamesTheKey(t *testing.T) {
	for overrides, want := range map[string]string{
		`{"nope.deep.x":"1"}`:        `infrastructure override "nope.deep.x": there is no such setting`,
		`{"env":"x"}`:                `infrastructure override "env": there is no such setting`,
		`{"stream_output":"maybe"}`:  `"maybe" is not true or false`,
		`{"command":"sh -c 'never"}`: "never closed",
		`{"command":""}`:             "at least one word",
	} {
		if _, err := infra.Parse(json.RawMessage(process), json.RawMessage(overrides)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", overrides, err, want)
		}
	}
	if _, err := infra.Parse(json.RawMessage(`{"type":"docker-container"}`), nil); err == nil || !strings.Contains(err.Error(), "use type process") {
		t.Errorf("docker: %v", err)
	}
}
