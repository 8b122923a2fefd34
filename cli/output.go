package cli

import "prefect/cli/render"

// The forms of output: those that scripts read, and those people do.
const (
	outputJSON  = "json"
	outputYAML  = "yaml"
	outputName  = "name"
	outputTable = "table"
	outputWide  = "wide"
)

// newOutputFlag is the -o/--output of a command that lists, shows or creates.
func newOutputFlag() *choiceFlag {
	return newChoice("output", []string{"o"}, []string{outputJSON, outputYAML, outputTable, outputWide, outputName},
		"Show the result as `FORMAT`; json, yaml and name are for scripts.")
}

// showsValues reports whether a form of output shows values whole; a table needs none of them.
func showsValues(format string) bool { return format == outputJSON || format == outputYAML }

// forScripts reports whether a form of output is read by programs, so that nothing may be added to it.
func forScripts(format string) bool {
	return showsValues(format) || format == outputName
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

// showTable is show for a list. Wide shows the table with all its columns, none of them cut.
func (e *env) showTable(format string, values []any, names []string, t render.Table) error {
	if values == nil {
		values = []any{} // an empty list, not null
	}
	t.Wide = format == outputWide
	return e.show(format, values, names, func(out *render.Console) error { return out.Table(t) })
}
