package cli

import "prefect/cli/render"

// The forms of output that scripts read, besides the one people do.
const (
	outputJSON = "json"
	outputYAML = "yaml"
	outputName = "name"
)

// newOutputFlag is the -o/--output of a command that lists, shows or creates.
func newOutputFlag() *choiceFlag {
	return newChoice("output", []string{"o"}, []string{outputJSON, outputYAML, outputName},
		"Show the result as `FORMAT`, for scripts.")
}

// show writes a result in the form --output asked for. names has one bare name
// or id for each thing; pretty draws the form people read.
func (e *env) show(format string, value any, names []string, pretty func(out *render.Console) error) error {
	switch format {
	case outputJSON:
		return e.out.JSON(value)
	case outputYAML:
		return e.out.YAML(value)
	case outputName:
		for _, name := range names {
			e.printf("%s\n", name)
		}
		return nil
	}
	return pretty(e.out)
}
