// Package infra reads a deployment's infrastructure: how the process of a run is started.
package infra

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Process is the infrastructure of type "process": a command on this machine.
type Process struct {
	Env          map[string]*string // nil takes a variable away
	Labels       map[string]string
	Name         *string
	Command      []string
	StreamOutput bool // pass on what the run prints
}

// defaultCommand runs the flow with the embedded Python package. "python" stands for the
// deployment's interpreter.
var defaultCommand = []string{"python", "-m", "prefect.engine"}

// RunsEngine reports whether a command runs Prefect's engine, in a shell or by another program as
// well.
func RunsEngine(command []string) bool {
	return slices.ContainsFunc(command, func(arg string) bool { return strings.Contains(arg, "prefect.engine") })
}

// Parse reads a deployment's infrastructure (JSON, as the YAML file has it) and puts the
// overrides, an object of dotted keys such as "env.NAME", over it. The error says which key is
// wrong and what would be right.
func Parse(infrastructure, overrides json.RawMessage) (Process, error) {
	p := Process{StreamOutput: true}
	var fields struct {
		Type         *string
		Env          map[string]*string
		Labels       map[string]string
		Name         *string
		Command      []string
		StreamOutput *bool `json:"stream_output"`
	}
	if err := json.Unmarshal(infrastructure, &fields); err != nil {
		return p, fmt.Errorf("reading the deployment's infrastructure: %w", err)
	}
	if fields.Type != nil && *fields.Type != "process" {
		return p, fmt.Errorf("infrastructure type %q can't run here: flows run as processes on this machine, so use type process", *fields.Type)
	}
	p.Env, p.Labels, p.Name, p.Command = fields.Env, fields.Labels, fields.Name, fields.Command
	if fields.StreamOutput != nil {
		p.StreamOutput = *fields.StreamOutput
	}
	if len(p.Command) == 0 {
		p.Command = slices.Clone(defaultCommand)
	}
	return p, p.override(overrides)
}

func (p *Process) override(overrides json.RawMessage) error {
	if len(overrides) == 0 {
		return nil
	}
	var values map[string]any
	d := json.NewDecoder(bytes.NewReader(overrides))
	d.UseNumber()
	if err := d.Decode(&values); err != nil {
		return fmt.Errorf("reading the infrastructure overrides: %w", err)
	}
	for key, value := range values {
		if err := p.overrideOne(key, value); err != nil {
			return fmt.Errorf("infrastructure override %q: %w", key, err)
		}
	}
	return nil
}

func (p *Process) overrideOne(key string, value any) error {
	text, isText := value.(string)
	if !isText && value != nil {
		text = fmt.Sprint(value)
	}
	field, name, nested := strings.Cut(key, ".")
	switch {
	case field == "env" && nested && name != "":
		if p.Env == nil {
			p.Env = map[string]*string{}
		}
		p.Env[name] = nil
		if value != nil {
			p.Env[name] = &text
		}
	case field == "labels" && nested && name != "":
		if p.Labels == nil {
			p.Labels = map[string]string{}
		}
		p.Labels[name] = text
	case key == "name":
		p.Name = &text
	case key == "stream_output":
		on, err := strconv.ParseBool(text)
		if err != nil {
			return fmt.Errorf("%q is not true or false", text)
		}
		p.StreamOutput = on
	case key == "command":
		return p.overrideCommand(value)
	default:
		return fmt.Errorf("there is no such setting; use env.NAME, labels.NAME, name, command or stream_output")
	}
	return nil
}

func (p *Process) overrideCommand(value any) error {
	switch v := value.(type) {
	case []any:
		p.Command = nil
		for _, word := range v {
			p.Command = append(p.Command, fmt.Sprint(word))
		}
	case string:
		words, err := splitWords(v)
		if err != nil {
			return err
		}
		p.Command = words
	}
	if len(p.Command) == 0 {
		return fmt.Errorf("a command needs at least one word")
	}
	return nil
}

// splitWords splits a command line at blanks, as a shell does with quotes and backslashes but
// without its expansions. A JSON list of words is taken as that.
func splitWords(line string) ([]string, error) {
	var words []string
	if json.Unmarshal([]byte(line), &words) == nil {
		return words, nil
	}
	words = nil
	var word strings.Builder
	var quote rune
	inWord, escaped := false, false
	for _, r := range line {
		switch {
		case escaped:
			word.WriteRune(r)
			escaped = false
		case r == '\\' && quote != '\'':
			inWord, escaped = true, true
		case quote != 0:
			if r == quote {
				quote = 0
			} else {
				word.WriteRune(r)
			}
		case r == '\'' || r == '"':
			inWord, quote = true, r
		case r == ' ' || r == '\t' || r == '\n':
			if inWord {
				words = append(words, word.String())
				word.Reset()
			}
			inWord = false
		default:
			inWord = true
			word.WriteRune(r)
		}
	}
	if quote != 0 || escaped {
		return nil, fmt.Errorf("the command %q has a quote that is never closed", line)
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}
