package cli

import (
	"context"
	"io"

	"prefect/cli/render"
	"prefect/engine/ordered"
	"prefect/engine/storage"
	"prefect/ignore"

	"github.com/goccy/go-yaml"
	"github.com/urfave/cli/v2"
)

// newBlockFSCmd is how the embedded Python package reaches storage: a block's type and values come
// in the variable PREFECT__BLOCK, as JSON.
func newBlockFSCmd(e *env) *cli.Command {
	operation := func(name, usage, args string, do func(ctx context.Context, e *env, b fsBlock, args []string, c *cli.Context) error) *cli.Command {
		return &cli.Command{
			Name: name, Usage: usage, ArgsUsage: args, UsageText: "prefect block fs " + name + " " + args, Hidden: true,
			Flags: []cli.Flag{&cli.StringFlag{Name: "ignore-file", Usage: "Leave out what the patterns of `FILE` name."}},
			Action: func(c *cli.Context) error {
				b, err := e.blockFromEnvironment()
				if err != nil {
					return err
				}
				return do(c.Context, e, b, c.Args().Slice(), c)
			},
		}
	}
	return &cli.Command{
		Name:      "fs",
		Usage:     "Read and write files of a storage block, for the Python package.",
		UsageText: "prefect block fs read flow.py",
		Hidden:    true,
		Subcommands: []*cli.Command{
			operation("read", "Write a file to standard output.", "PATH", fsRead),
			operation("write", "Write standard input to a file.", "PATH", fsWrite),
			operation("get", "Copy what is below a path into a folder.", "PATH FOLDER", fsGet),
			operation("put", "Copy a folder below a path.", "FOLDER PATH", fsPut),
		},
	}
}

type fsBlock struct {
	typ    string
	values yaml.MapSlice
}

func (e *env) blockFromEnvironment() (b fsBlock, err error) {
	whole, err := ordered.DecodeMap([]byte(e.getenv("PREFECT__BLOCK")))
	if err != nil {
		return b, errorf("reading PREFECT__BLOCK: %w", err)
	}
	typ, _ := ordered.Get(whole, "type")
	values, _ := ordered.Get(whole, "values")
	b.typ, _ = typ.(string)
	b.values, _ = values.(yaml.MapSlice)
	return b, nil
}

func (b fsBlock) locate(sub string) (storage.Location, error) {
	return storage.Locate(b.typ, b.values, sub)
}

func fsRead(ctx context.Context, e *env, b fsBlock, args []string, _ *cli.Context) error {
	l, err := b.locate("")
	if err != nil {
		return err
	}
	content, err := storage.Open(ctx, l, args[0])
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = io.Copy(e.out, content)
	return err
}

func fsWrite(ctx context.Context, e *env, b fsBlock, args []string, _ *cli.Context) error {
	l, err := b.locate("")
	if err != nil {
		return err
	}
	content, err := io.ReadAll(e.stdin)
	if err != nil {
		return errorf("reading standard input: %w", err)
	}
	return storage.Write(ctx, l, args[0], content)
}

func fsGet(ctx context.Context, e *env, b fsBlock, args []string, _ *cli.Context) error {
	l, err := b.locate(args[0])
	if err != nil {
		return err
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	got, err := storage.Get(ctx, l, home, args[1])
	if err != nil {
		return err
	}
	return e.out.JSON(render.Dict{{Key: "files", Value: got.Files}})
}

func fsPut(ctx context.Context, e *env, b fsBlock, args []string, c *cli.Context) error {
	l, err := b.locate(args[1])
	if err != nil {
		return err
	}
	o := storage.Options{}
	if file := c.String("ignore-file"); file != "" {
		if o.Matcher, err = ignore.ReadFile(file); err != nil {
			return err
		}
	}
	if o.Leave, err = e.neverPackaged(); err != nil {
		return err
	}
	put, err := storage.Upload(ctx, l, args[0], o)
	if err != nil {
		return err
	}
	for _, note := range put.Notes {
		e.note("%s\n", note)
	}
	return e.out.JSON(render.Dict{{Key: "files", Value: put.Files}, {Key: "sent", Value: put.Sent}})
}
