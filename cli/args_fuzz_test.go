package cli

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// recordingApp is the real command tree, whose commands only note what they are called with.
func recordingApp(note func(*cli.Context)) *cli.App {
	e, _, _ := testEnv()
	app := newApp(e)
	record := func(c *cli.Context) error {
		note(c)
		return nil
	}
	app.Action = record
	everyCommand(app.Commands, nil, func(c *cli.Command, _ []string) {
		if len(c.Subcommands) == 0 {
			c.Action = record
		}
	})
	return app
}

// Whatever command line is accepted, the command gets every argument and every value as it was typed.
func FuzzAcceptedLineArrives(f *testing.F) {
	everyCommand(recordingApp(nil).Commands, nil, func(c *cli.Command, words []string) {
		for _, args := range prefectCommands(c.UsageText) {
			f.Add(strings.Join(args, "\n"))
		}
		for _, flag := range c.Flags {
			f.Add(strings.Join(append(words, "x", dashed(flag.Names()[0]), "1", "-"+flag.Names()[len(flag.Names())-1]+"=--", "--", "-y"), "\n"))
		}
	})
	f.Add("deployment\nrun\nlog-flow/x\n-p\nname= Marvin \n-tnightly ")
	f.Fuzz(func(t *testing.T, line string) {
		typed := strings.Split(line, "\n")
		var got *cli.Context
		app := recordingApp(func(c *cli.Context) { got = c })
		call, err := resolve(app, typed)
		var usage *usageError
		if errors.As(err, &usage) || err == nil && call.help {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v is no usage error", typed, err)
		}
		if err := app.Run(call.argv()); err != nil || got == nil {
			t.Fatalf("%q became %q: %v", typed, call.argv(), err)
		}
		if !slices.Equal(got.Args().Slice(), append([]string{}, call.args...)) {
			t.Errorf("%q: the arguments are %q, not %q", typed, got.Args().Slice(), call.args)
		}
		rest := typed
		for _, arg := range call.args {
			i := slices.Index(rest, arg)
			if i < 0 {
				t.Fatalf("%q: the arguments are %q", typed, call.args)
			}
			rest = rest[i+1:]
		}
		checkOptions(t, typed, call, got)
	})
}

// checkOptions compares the values of a command's options with what was typed last, or each time.
func checkOptions(t *testing.T, typed []string, call *call, got *cli.Context) {
	if call.leaf() == nil {
		return
	}
	given := map[string][]string{}
	for _, option := range call.options[len(call.options)-1] {
		name, value, _ := strings.Cut(strings.TrimPrefix(option, "--"), "=")
		given[name] = append(given[name], value)
	}
	for _, f := range call.leaf().Flags {
		name := f.Names()[0]
		values := given[name]
		if got.IsSet(name) != (len(values) > 0) {
			t.Errorf("%q: --%s is set: %t, given were %q", typed, name, got.IsSet(name), values)
		}
		if len(values) == 0 {
			continue
		}
		last := values[len(values)-1]
		switch f.(type) {
		case *cli.StringSliceFlag:
			if !slices.Equal(got.StringSlice(name), values) {
				t.Errorf("%q: --%s is %q, not %q", typed, name, got.StringSlice(name), values)
			}
		case *cli.StringFlag, *choiceFlag:
			if got.String(name) != last {
				t.Errorf("%q: --%s is %q, not %q", typed, name, got.String(name), last)
			}
		case *cli.BoolFlag, *switchFlag:
			if got.Bool(name) != (last == "true") {
				t.Errorf("%q: --%s is %t, not %s", typed, name, got.Bool(name), last)
			}
		}
		for _, value := range values {
			if takesValue(f) && !slices.ContainsFunc(typed, func(word string) bool { return strings.HasSuffix(word, value) }) {
				t.Errorf("%q: --%s is %q", typed, name, value)
			}
		}
	}
}
