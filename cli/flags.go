package cli

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// switchFlag is a yes-or-no option with a name for each answer, such as
// --show-sources/--hide-sources. The last one typed counts.
type switchFlag struct {
	*cli.BoolFlag
	off string
}

func newSwitch(on, off string, value bool, usage string) *switchFlag {
	return &switchFlag{&cli.BoolFlag{Name: on, Value: value, Usage: usage}, off}
}

// choiceFlag is an option whose value is one of a few words.
type choiceFlag struct {
	*cli.StringFlag
	choices []string
}

func newChoice(name string, aliases []string, choices []string, usage string) *choiceFlag {
	return &choiceFlag{&cli.StringFlag{Name: name, Aliases: aliases, Usage: usage}, choices}
}

func (f *choiceFlag) problem(value string) string {
	for _, c := range f.choices {
		if c == value {
			return ""
		}
	}
	return "is not one of '" + strings.Join(f.choices, "', '") + "'"
}

// checkAssignments refuses values of options that are not NAME=VALUE.
func checkAssignments(c *cli.Context, options ...string) error {
	for _, option := range options {
		for _, text := range c.StringSlice(option) {
			if name, _, ok := strings.Cut(text, "="); !ok || name == "" {
				return usagef(c, "invalid value for --%s: '%s' is not NAME=VALUE", option, text)
			}
		}
	}
	return nil
}

// findFlag is the flag that has the name (without dashes), nil if none has.
func findFlag(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if isOff(f, name) {
			return f
		}
		for _, n := range f.Names() {
			if n == name {
				return f
			}
		}
	}
	return nil
}

func takesValue(f cli.Flag) bool {
	doc, ok := f.(cli.DocGenerationFlag)
	return ok && doc.TakesValue()
}

func isOff(f cli.Flag, name string) bool {
	s, ok := f.(*switchFlag)
	return ok && s.off == name
}

// optionNames are the long forms of the options help shows, with dashes.
func optionNames(flags []cli.Flag) []string {
	names := []string{"--help"}
	for _, f := range flags {
		if v, ok := f.(cli.VisibleFlag); ok && !v.IsVisible() {
			continue
		}
		names = append(names, dashed(f.Names()[0]))
		if s, ok := f.(*switchFlag); ok {
			names = append(names, dashed(s.off))
		}
	}
	return names
}

// dashed is how an option's first name is typed, which is the long one.
func dashed(name string) string { return "--" + name }

func visibleNames(commands []*cli.Command) []string {
	var names []string
	for _, c := range commands {
		if !c.Hidden {
			names = append(names, c.Name)
		}
	}
	return names
}
