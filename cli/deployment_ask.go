package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"prefect/cli/render"
	"prefect/engine/ordered"
	"prefect/engine/params"
	"prefect/store"

	"github.com/goccy/go-yaml"
	"golang.org/x/term"
)

// asker asks questions on a terminal, one line each. Forms that redraw the screen are left to
// others: the libraries for them send a query to the terminal whenever any command starts.
type asker struct {
	e       *env
	in      *os.File
	lines   *bufio.Reader
	secrets *render.Secrets
}

// askForRun asks for what the options have not said about a run: its parameters, then its name,
// description, tags and start.
func (e *env) askForRun(ctx context.Context, d store.Deployment, o deploymentRunOptions) (deploymentRunOptions, error) {
	in, ok := e.stdin.(*os.File)
	if !ok || !term.IsTerminal(int(in.Fd())) {
		return o, withHint(errorf("--interactive needs a terminal to ask on"), "Give parameters with -p NAME=VALUE instead.")
	}
	schema, err := params.New(d.ParameterOpenAPISchema)
	if err != nil {
		return o, err
	}
	defaults, err := ordered.DecodeMap(d.Parameters)
	if err != nil {
		return o, err
	}
	a := &asker{e, in, bufio.NewReader(in), render.NewSecrets(d.ParameterOpenAPISchema)}
	e.note("A run of '%s'. Enter takes what stands in [brackets].\n", d.FullName())
	given, err := readParameters(schema, o.params, o.paramsJSON, nil)
	if err != nil {
		return o, err
	}
	for _, name := range schema.Names() {
		if _, known := ordered.Get(given, name); known {
			continue
		}
		assignment, err := a.parameter(ctx, schema, name, defaults)
		if err != nil {
			return o, err
		}
		if assignment != "" {
			o.params = append(o.params, assignment)
		}
	}
	return a.rest(ctx, o)
}

// parameter asks until the answer is one that the flow can take.
func (a *asker) parameter(ctx context.Context, schema *params.Schema, name string, defaults yaml.MapSlice) (string, error) {
	question := name + " (" + schema.Describe(name) + ")"
	required := slices.Contains(schema.Required(), name)
	shown, hasDefault := ordered.Get(defaults, name)
	if !hasDefault {
		shown, hasDefault = schema.Default(name)
	}
	if hasDefault {
		text, err := a.shown(name, shown)
		if err != nil {
			return "", err
		}
		question += " [" + text + "]"
	}
	ask := a.ask
	if probe, err := a.shown(name, "a text"); err != nil {
		return "", err
	} else if strings.Contains(probe, render.Masked) {
		ask = a.askSecret
	}
	for {
		answer, err := ask(ctx, question)
		if err != nil {
			return "", err
		}
		if answer == "" && (hasDefault || !required) {
			return "", nil
		}
		if problem := checkAnswer(schema, name, answer); problem == nil {
			if strings.HasPrefix(answer, "@") { // no file was asked for
				answer = "@" + answer
			}
			return name + "=" + answer, nil
		} else {
			a.e.note("  %s\n", problem)
		}
	}
}

// shown is a parameter's value as JSON, masked if it is a secret.
func (a *asker) shown(name string, value any) (string, error) {
	raw, err := ordered.Encode(yaml.MapSlice{{Key: name, Value: value}})
	if err != nil {
		return "", err
	}
	masked, _ := a.secrets.Parameters(raw).(render.Dict)
	return render.JSONText(masked[0].Value), nil
}

func checkAnswer(schema *params.Schema, name, answer string) error {
	if answer == "" {
		return errors.New("a value is needed")
	}
	err := schema.CheckGiven(yaml.MapSlice{{Key: name, Value: schema.Value(name, answer)}})
	var bad *params.Error
	if errors.As(err, &bad) && len(bad.Problems) > 0 {
		return errors.New(bad.Problems[0].Msg)
	}
	return err
}

func (a *asker) rest(ctx context.Context, o deploymentRunOptions) (deploymentRunOptions, error) {
	var err error
	for _, q := range []struct {
		text string
		to   *string
	}{{"run name [two random words]", &o.runName}, {"description [none]", &o.description}} {
		if *q.to == "" {
			if *q.to, err = a.ask(ctx, q.text); err != nil {
				return o, err
			}
		}
	}
	tags, err := a.ask(ctx, "tags, with commas between them [none]")
	for _, tag := range strings.Split(tags, ",") {
		if tag = strings.TrimSpace(tag); tag != "" {
			o.tags = append(o.tags, tag)
		}
	}
	for err == nil && o.startIn == "" && o.startAt == "" {
		var answer string
		if answer, err = a.ask(ctx, "start, a time or a duration such as 10m [now]"); err != nil || answer == "" {
			break
		}
		if _, err := parseDelay(answer); err == nil {
			o.startIn = answer
		} else if _, ok := parseMoment(answer, a.e.now()); ok {
			o.startAt = answer
		} else {
			a.e.note("  that is neither a time nor a duration\n")
		}
	}
	return o, err
}

// ask prints a question and reads the answer, without the blanks around it. Ctrl+C and the end of
// the input give the whole command up.
func (a *asker) ask(ctx context.Context, question string) (string, error) {
	return a.answer(ctx, question, func() (string, error) { return a.lines.ReadString('\n') })
}

// askSecret asks without showing what is typed.
func (a *asker) askSecret(ctx context.Context, question string) (string, error) {
	fd := int(a.in.Fd())
	before, err := term.GetState(fd)
	if err != nil {
		return a.ask(ctx, question)
	}
	defer term.Restore(fd, before) // also after Ctrl+C, while it is still being read
	return a.answer(ctx, question, func() (string, error) {
		text, err := term.ReadPassword(fd)
		a.e.note("\n")
		return string(text), err
	})
}

func (a *asker) answer(ctx context.Context, question string, read func() (string, error)) (string, error) {
	a.e.note("%s: ", question)
	type reply struct {
		text string
		err  error
	}
	replies := make(chan reply, 1)
	go func() {
		text, err := read()
		replies <- reply{text, err}
	}()
	select {
	case <-ctx.Done():
		a.e.note("\n")
		return "", context.Cause(ctx)
	case r := <-replies:
		if r.err != nil && !(errors.Is(r.err, io.EOF) && r.text != "") {
			a.e.note("\n")
			return "", errorf("no run was created: the questions were not answered")
		}
		return utf8Text(bytes.TrimSpace([]byte(r.text)), "the answer")
	}
}
