package cli

import (
	"bytes"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"prefect/engine/ordered"
	"prefect/engine/params"

	"github.com/goccy/go-yaml"
)

// readParameters reads --param NAME=VALUE and --params JSON; a value, or the whole of --params, may
// be @FILE (@@TEXT is a text that begins with @), and "-" for --params is standard input. A name
// that stands twice has its last value.
func readParameters(schema *params.Schema, assignments []string, object string, stdin io.Reader) (yaml.MapSlice, error) {
	given := yaml.MapSlice{}
	if object != "" {
		text, err := textOrFile(object, stdin)
		if err != nil {
			return nil, err
		}
		if given, err = ordered.DecodeMap([]byte(text)); err != nil {
			return nil, withHint(errorf("--params is not a JSON object: %w", err), `Write it like --params '{"name": "Marvin"}'.`)
		}
	}
	for _, assignment := range assignments {
		name, typed, _ := strings.Cut(assignment, "=") // checkAssignments has seen to it
		typed, err := textOrFile(typed, nil)
		if err != nil {
			return nil, err
		}
		given = ordered.Set(given, name, schema.Value(name, typed))
	}
	return given, nil
}

// textOrFile is the text itself, the content of FILE for "@FILE", "@TEXT" for "@@TEXT", or standard
// input for "-".
func textOrFile(text string, stdin io.Reader) (string, error) {
	switch {
	case text == "-" && stdin != nil:
		data, err := io.ReadAll(stdin)
		if err != nil {
			return "", errorf("reading standard input: %w", err)
		}
		return utf8Text(data, "standard input")
	case strings.HasPrefix(text, "@@"):
		return text[1:], nil
	case strings.HasPrefix(text, "@"):
		data, err := os.ReadFile(text[1:])
		if err != nil {
			return "", withHint(errorf("reading the parameter file '%s': %w", text[1:], withoutPath(err)),
				"A value that itself begins with '@' is written '@%s'.", text)
		}
		return utf8Text(bytes.TrimSuffix(data, []byte("\n")), "the parameter file '"+text[1:]+"'")
	}
	return text, nil
}

// utf8Text refuses what the command line refuses as well.
func utf8Text(data []byte, where string) (string, error) {
	if !utf8.Valid(data) {
		return "", errorf("%s is not valid UTF-8 text", where)
	}
	return string(data), nil
}
