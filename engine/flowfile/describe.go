// Package flowfile asks Python what the flow in `file.py:flow` is: its name, description and the
// schema of its parameters. The script is loaded for that, but its flows do not run.
package flowfile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
	"prefect/engine/python"
)

// Options says which flow to describe and with what. All paths are absolute.
type Options struct {
	Python   string    // the interpreter
	SDKDir   string    // the folder that holds the prefect package
	File     string    // the script
	Function string    // the variable that holds the flow, as written after the colon
	Root     string    // the deployment's folder, where the script may import from
	Dir      string    // the working directory of the script
	Stderr   io.Writer // gets whatever the script prints; discarded where nil
}

// Flow is what a script says about one of its flows.
type Flow struct {
	Name        string        // as people see it: log-flow
	Function    string        // the variable in the script: log_flow
	Version     string        // the flow's own, or the MD5 of its file; "" where it has neither
	Description string        // the flow's own, or its docstring; "" where it has neither
	IsAsync     bool          // whether its function is a coroutine function
	Source      string        // the file its function stands in, which another file may import it from
	Schema      yaml.MapSlice // parameter_openapi_schema with title, type, properties, required, definitions
	Python      Interpreter
}

// Interpreter is the Python that loaded the script.
type Interpreter struct {
	Executable string `json:"executable"`
	Version    string `json:"version"`
}

// bootstrap is the program that Python runs. It keeps the working directory out of the way while the
// SDK is imported, since a prefect.py there must not be taken for it; and it gives no answer where
// Python is too old to read the SDK. Ctrl+C ends it without a word of ours.
const bootstrap = `
import sys
if sys.version_info < (3, 8): sys.exit(1)
if not sys.path[0]: del sys.path[0]
try:
    from prefect._describe import main
    main()
except KeyboardInterrupt:
    sys.exit(130)
`

// Describe loads the script in a Python process of its own and returns what its flow is. What is wrong
// with the script is an *Error.
func Describe(ctx context.Context, o Options) (*Flow, error) {
	out, err := os.CreateTemp("", "prefect-describe-*.json")
	if err != nil {
		return nil, fmt.Errorf("make a file for Python's answer: %w", err)
	}
	defer os.Remove(out.Name())
	if err := out.Close(); err != nil {
		return nil, fmt.Errorf("make a file for Python's answer: %w", err)
	}
	runErr := run(ctx, o, out.Name())
	data, err := os.ReadFile(out.Name())
	if err != nil {
		return nil, fmt.Errorf("read Python's answer: %w", err)
	}
	if len(data) == 0 {
		return nil, noAnswer(ctx, o, runErr)
	}
	return decode(data, o)
}

func run(ctx context.Context, o Options, out string) error {
	cmd := exec.CommandContext(ctx, o.Python, "-c", bootstrap, o.File, o.Function, o.Root, out)
	cmd.Dir = o.Dir
	cmd.Stdout, cmd.Stderr = o.Stderr, o.Stderr
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "PYTHONPATH=") }),
		"PYTHONPATH="+pythonPath(o.SDKDir))
	return cmd.Run()
}

// pythonPath puts the SDK before what the user has in PYTHONPATH.
func pythonPath(sdkDir string) string {
	if old := os.Getenv("PYTHONPATH"); old != "" {
		return sdkDir + string(os.PathListSeparator) + old
	}
	return sdkDir
}

// noAnswer finds out why Python ended without one: cancelled, too old, no Python, or killed by the script.
func noAnswer(ctx context.Context, o Options, runErr error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err := python.Check(ctx, o.Python); err != nil {
		return err
	}
	how := "exit code 0"
	var exit *exec.ExitError
	if errors.As(runErr, &exit) {
		how = strings.Replace(exit.String(), "exit status", "exit code", 1)
	}
	return &Error{Kind: KindExit, File: o.File, Function: o.Function, Python: o.Python, Message: how, Vanished: true}
}

// answer is what prefect/_describe.py writes.
type answer struct {
	OK     bool        `json:"ok"`
	Python Interpreter `json:"python"`
	Error  *Error      `json:"error"`
	Flow   struct {
		Name        string          `json:"name"`
		Function    string          `json:"function"`
		Version     string          `json:"version"`
		Description string          `json:"description"`
		IsAsync     bool            `json:"is_async"`
		Source      string          `json:"source"`
		Schema      json.RawMessage `json:"parameter_openapi_schema"`
	} `json:"flow"`
}

func decode(data []byte, o Options) (*Flow, error) {
	var a answer
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, fmt.Errorf("read Python's answer about '%s': %w", filepath.Base(o.File), err)
	}
	if !a.OK {
		if a.Error == nil {
			a.Error = &Error{Kind: KindException}
		}
		a.Error.File, a.Error.Function, a.Error.Python = o.File, o.Function, o.Python
		return nil, a.Error
	}
	schema, err := ordered.DecodeMap(a.Flow.Schema)
	if err != nil {
		return nil, fmt.Errorf("read the parameter schema of '%s': %w", a.Flow.Name, err)
	}
	return &Flow{
		Name: a.Flow.Name, Function: a.Flow.Function, Version: a.Flow.Version, Description: a.Flow.Description,
		IsAsync: a.Flow.IsAsync, Source: a.Flow.Source, Schema: schema, Python: a.Python,
	}, nil
}
