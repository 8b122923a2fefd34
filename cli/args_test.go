package cli

import (
	"bytes"
	"errors"
	"reflect"
	"strings"
	"testing"

	"prefect/cli/render"

	"github.com/urfave/cli/v2"
)

// got is what the commands of testApp were called with.
type got struct {
	Command string
	Args    []string
	Name    string
	Tags    []string
	Infra   string
	Block   string
	Limit   int
	Created bool
	Hours   int
	Profile string
}

// testApp has an option of every kind, on the real App with its settings.
func testApp(calls *[]got) *cli.App {
	record := func(c *cli.Context) error {
		*calls = append(*calls, got{c.Command.Name, c.Args().Slice(), c.String("name"), c.StringSlice("tag"),
			c.String("infra"), c.String("infra-block"), c.Int("limit"), c.Bool("by-created"), c.Int("hours"), c.String("profile")})
		return nil
	}
	app := newApp(&env{out: render.NewConsole(&bytes.Buffer{}, noEnv), err: render.NewConsole(&bytes.Buffer{}, noEnv)})
	app.Commands = []*cli.Command{
		{Name: "deployment", Aliases: []string{"deployments"}, Subcommands: []*cli.Command{
			{Name: "build", ArgsUsage: "PATH", Action: record, Flags: []cli.Flag{
				&cli.StringFlag{Name: "name", Aliases: []string{"n"}},
				&cli.StringSliceFlag{Name: "tag", Aliases: []string{"t"}},
				newChoice("infra", []string{"i"}, []string{"process", "docker-container"}, ""),
				&cli.StringFlag{Name: "infra-block", Aliases: []string{"ib"}},
				&cli.IntFlag{Name: "limit", Aliases: []string{"l"}},
				&cli.BoolFlag{Name: "force", Aliases: []string{"f"}},
			}},
			{Name: "apply", ArgsUsage: "FILE...", Action: record},
			{Name: "ls", Action: record, Flags: []cli.Flag{newSwitch("by-created", "no-by-created", false, "")}},
			{Name: "run", ArgsUsage: "[NAME]", Action: record},
		}},
		{Name: "preview", ArgsUsage: "[NAME]", Action: record, Flags: []cli.Flag{
			&cli.IntFlag{Name: "hours", Aliases: []string{"h"}},
		}},
		{Name: "limit", ArgsUsage: "NAME LIMIT", Action: record},
		{Name: "orion", ArgsUsage: "[ARGS...]", SkipFlagParsing: true, Action: record},
	}
	prepare(app.Commands)
	return app
}

func noEnv(string) string { return "" }

func TestArgumentsInAnyOrder(t *testing.T) {
	build := func(g got) got {
		g.Command, g.Args = "build", []string{"./f.py:flow"}
		return g
	}
	for _, c := range []struct {
		line string
		want got
	}{
		{"deployment build -n x -t a ./f.py:flow", build(got{Name: "x", Tags: []string{"a"}})},
		{"deployment build ./f.py:flow -n x -t a", build(got{Name: "x", Tags: []string{"a"}})},
		{"deployment build -n x ./f.py:flow -t a --tag c -t d", build(got{Name: "x", Tags: []string{"a", "c", "d"}})},
		{"deployment build ./f.py:flow --tag=a,b", build(got{Tags: []string{"a,b"}})},
		{"deployment build ./f.py:flow -ib process/x -i process", build(got{Block: "process/x", Infra: "process"})},
		{"deployment build ./f.py:flow -ib=process/x --infra=process", build(got{Block: "process/x", Infra: "process"})},
		{"deployment build ./f.py:flow -nfoo", build(got{Name: "foo"})},
		{"deployment build ./f.py:flow -fnfoo", build(got{Name: "foo"})},
		{"deployment build ./f.py:flow -n=foo", build(got{Name: "foo"})},
		{"deployment build ./f.py:flow --name=a=b", build(got{Name: "a=b"})},
		{"deployment build ./f.py:flow --name=", build(got{})},
		{"deployment build ./f.py:flow -n --tag", build(got{Name: "--tag"})},
		{"deployment build ./f.py:flow -n x -n y", build(got{Name: "y"})},
		{"deployment build ./f.py:flow -l -1", build(got{Limit: -1})},
		{"deployment build -n x -- ./f.py:flow", build(got{Name: "x"})},
		{"deployment build -n -- ./f.py:flow", build(got{Name: "--"})},
		{"deployment build -- -odd-", got{Command: "build", Args: []string{"-odd-"}}},
		{"deployment build -", got{Command: "build", Args: []string{"-"}}},
		{"deployments build ./f.py:flow", build(got{})},
		{"deployment apply a.yaml b.yaml", got{Command: "apply", Args: []string{"a.yaml", "b.yaml"}}},
		{"deployment ls --by-created", got{Command: "ls", Created: true}},
		{"deployment ls --by-created --no-by-created", got{Command: "ls"}},
		{"deployment run help", got{Command: "run", Args: []string{"help"}}},
		{"deployment run h", got{Command: "run", Args: []string{"h"}}},
		{"preview -h 2", got{Command: "preview", Hours: 2}},
		{"limit q -1", got{Command: "limit", Args: []string{"q", "-1"}}},
		{"-p test deployment ls", got{Command: "ls", Profile: "test"}},
		{"orion start --host=0.0.0.0 -x", got{Command: "orion", Args: []string{"start", "--host=0.0.0.0", "-x"}}},
	} {
		var calls []got
		app := testApp(&calls)
		call, err := resolve(app, strings.Fields(c.line))
		if err == nil {
			err = app.Run(call.argv())
		}
		if err != nil || len(calls) != 1 {
			t.Errorf("%s: %v, %d calls", c.line, err, len(calls))
			continue
		}
		if c.want.Args == nil {
			c.want.Args = []string{}
		}
		if !reflect.DeepEqual(calls[0], c.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", c.line, calls[0], c.want)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	for line, want := range map[string]string{
		"deployment build":                 "prefect deployment build: missing argument PATH",
		"deployment apply":                 "prefect deployment apply: missing argument FILE",
		"limit q":                          "prefect limit: missing argument LIMIT",
		"deployment build a b":             "prefect deployment build: unexpected extra argument 'b'",
		"deployment build f -n":            "prefect deployment build: option -n requires a value",
		"deployment build f --name":        "prefect deployment build: option --name requires a value",
		"deployment build f --nmae x":      "prefect deployment build: no such option: --nmae (did you mean --name?)",
		"deployment build f --cheese":      "prefect deployment build: no such option: --cheese",
		"deployment build f -x":            "prefect deployment build: no such option: -x",
		"deployment build f --n":           "", // a short name with two dashes is taken, as Go's flags are
		"deployment build f -name x":       "", // -n ame, as Click reads it, then x is too much
		"deployment build f --limit ten":   "prefect deployment build: invalid value for --limit: 'ten' is not a whole number",
		"deployment build f -i kubernetes": "prefect deployment build: invalid value for -i: 'kubernetes' is not one of 'process', 'docker-container'",
		"deployment build f --force=1":     "prefect deployment build: option --force doesn't take a value",
		"deploymnet build":                 "prefect: no such command 'deploymnet' (did you mean deployment?)",
		"deployment biuld":                 "prefect deployment: no such command 'biuld' (did you mean build?)",
		"deployment xyzzy":                 "prefect deployment: no such command 'xyzzy'",
		"deployment --name x build f":      "prefect deployment: no such option: --name",
		"--profile":                        "prefect: option --profile requires a value",
	} {
		var calls []got
		_, err := resolve(testApp(&calls), strings.Fields(line))
		var usage *usageError
		if !errors.As(err, &usage) {
			t.Errorf("%s: %v is no usage error", line, err)
			continue
		}
		if want != "" && err.Error() != want {
			t.Errorf("%s:\n got %s\nwant %s", line, err, want)
		}
	}
}

func TestHelpIsFoundAnywhere(t *testing.T) {
	for line, want := range map[string]string{
		"":                                  "prefect",
		"help":                              "prefect",
		"-h":                                "prefect",
		"deployment":                        "prefect deployment",
		"help deployment build":             "prefect deployment build",
		"deployment build --help":           "prefect deployment build",
		"deployment build f --help":         "prefect deployment build",
		"deployment build --help f -n":      "prefect deployment build",
		"deployment build -n x f -h --nope": "prefect deployment build",
		"preview --help":                    "prefect preview",
		"orion start --help":                "prefect orion",
	} {
		var calls []got
		call, err := resolve(testApp(&calls), strings.Fields(line))
		if err != nil || !call.help || call.names() != want {
			t.Errorf("%q: %v, %+v", line, err, call)
		}
	}
}

// Whatever is typed, resolving it gives help, a usage error, or a command line
// that the flag library reads back without an error of its own.
func FuzzResolve(f *testing.F) {
	for _, s := range []string{"deployment build f -n x", "deployment build -ib x -- -y", "-p x deployment ls --by-created", "limit q -1", "orion -x", "deployment build f -fnx -l 3 --tag=", "preview -h", "--", "- -- -", "deployment build f -n\x00é", "deployment build --=x", "deployment build f -é"} {
		f.Add(strings.ReplaceAll(s, " ", "\n"))
	}
	f.Fuzz(func(t *testing.T, line string) {
		var calls []got
		app := testApp(&calls)
		call, err := resolve(app, strings.Split(line, "\n"))
		var usage *usageError
		switch {
		case errors.As(err, &usage), err == nil && call.help:
			return
		case err != nil:
			t.Fatalf("%q: %v is no usage error", line, err)
		}
		if err := app.Run(call.argv()); err != nil {
			t.Errorf("%q became %q: %v", line, call.argv(), err)
		}
	})
}
