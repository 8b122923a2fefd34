package cli

import (
	"errors"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"prefect/engine/block"
	"prefect/engine/ordered"

	"github.com/goccy/go-yaml"
	"github.com/urfave/cli/v2"
)

func newBlockCreateCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "create",
		Usage:     "Save a block.",
		ArgsUsage: "TYPE/NAME",
		Description: "Storage blocks say where flows are kept: a local-file-system has a --basepath, s3 a --bucket, and a remote-file-system a --basepath " +
			"that starts with s3:// or file://. Credentials are part of none: they come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY or from ~/.aws.",
		UsageText: "prefect block create local-file-system/shared --basepath /srv/flows\n" +
			"prefect block create s3/prod --bucket flows/nightly --endpoint https://minio.example.com:9000\n" +
			"prefect block create secret/token --value - < token.txt",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "basepath", Usage: "The `FOLDER`, or for a remote-file-system the address, that files are kept below."},
			&cli.StringFlag{Name: "bucket", Usage: "The `BUCKET`, or BUCKET/FOLDER, of an s3 block."},
			&cli.StringFlag{Name: "endpoint", Usage: "The `URL` of a service that speaks S3; by default Amazon's."},
			&cli.StringFlag{Name: "region", Usage: "The `REGION` of the bucket; by default the one in the environment or the AWS files."},
			&cli.StringFlag{Name: "value", Usage: "The `VALUE` of a string, json, date-time or secret; - reads it from standard input, as a secret must be."},
			&cli.BoolFlag{Name: "overwrite", Usage: "Replace the block of that name."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error { return blockCreate(c, e) },
	}
}

// blockFlags says which types an option is for.
var blockFlags = map[string][]string{
	"basepath": {"local-file-system", "remote-file-system"},
	"bucket":   {"s3"},
	"endpoint": {"s3", "remote-file-system"},
	"region":   {"s3", "remote-file-system"},
	"value":    {"string", "json", "date-time", "secret"},
}

func blockCreate(c *cli.Context, e *env) error {
	typ, name, err := block.ParseSlug(c.Args().First())
	if err != nil {
		return errorf("%w", err)
	}
	if _, ok := block.FindType(typ); !ok {
		return withHint(errorf("there is no block type '%s' that can be made here", typ), "Types are shown by 'prefect block type ls'; those of your own are saved from Python.")
	}
	for flag, types := range blockFlags {
		if c.IsSet(flag) && !slices.Contains(types, typ) {
			return usagef(c, "--%s is for blocks of the type %s, not for %s", flag, strings.Join(types, " or "), typ)
		}
	}
	values, err := e.blockValuesOf(c, typ)
	if err != nil {
		return err
	}
	home, err := e.home()
	if err != nil {
		return err
	}
	saved, err := block.Save(home, block.Block{Type: typ, Name: name, Values: values}, c.Bool("overwrite"), e.now())
	if errors.Is(err, block.ErrTaken) {
		return withHint(errorf("there is a block '%s/%s' already", typ, name), "Replace it with --overwrite, or take another name.")
	}
	if err != nil {
		return errorf("%w", err)
	}
	if output := c.String("output"); output != "" {
		return e.showBlock(output, saved)
	}
	e.success("Saved block '%s' with id '%s'.\n", saved.Slug(), saved.ID)
	return nil
}

// blockValuesOf makes a block's values of the options.
func (e *env) blockValuesOf(c *cli.Context, typ string) (yaml.MapSlice, error) {
	values := yaml.MapSlice{}
	set := func(m *yaml.MapSlice, key, flag string) {
		if c.IsSet(flag) {
			*m = append(*m, yaml.MapItem{Key: key, Value: c.String(flag)})
		}
	}
	switch typ {
	case "local-file-system":
		folder := c.String("basepath")
		if folder == "" {
			return nil, usagef(c, "a local-file-system block needs a --basepath")
		}
		// A block is used from any folder.
		if !strings.HasPrefix(folder, "~") {
			absolute, err := filepath.Abs(folder)
			if err != nil {
				return nil, err
			}
			folder = absolute
		}
		return yaml.MapSlice{{Key: "basepath", Value: folder}}, nil
	case "s3":
		if c.String("bucket") == "" {
			return nil, usagef(c, "an s3 block needs a --bucket")
		}
		values = append(values, yaml.MapItem{Key: "bucket_path", Value: strings.TrimPrefix(c.String("bucket"), "s3://")})
		set(&values, "endpoint_url", "endpoint")
		set(&values, "region_name", "region")
	case "remote-file-system":
		if c.String("basepath") == "" {
			return nil, usagef(c, "a remote-file-system block needs a --basepath")
		}
		set(&values, "basepath", "basepath")
		client := yaml.MapSlice{}
		set(&client, "endpoint_url", "endpoint")
		set(&client, "region_name", "region")
		settings := yaml.MapSlice{}
		if len(client) > 0 {
			settings = append(settings, yaml.MapItem{Key: "client_kwargs", Value: client})
		}
		values = append(values, yaml.MapItem{Key: "settings", Value: settings})
	default:
		return e.plainValue(c, typ)
	}
	return values, nil
}

// plainValue is the value of a block that has only one.
func (e *env) plainValue(c *cli.Context, typ string) (yaml.MapSlice, error) {
	if !c.IsSet("value") {
		return nil, usagef(c, "a %s block needs a --value", typ)
	}
	text := c.String("value")
	if typ == "secret" && text != "-" {
		return nil, usagef(c, "a secret on the command line is seen by every user of the machine; write --value - and give it on standard input")
	}
	if text == "-" {
		data, err := io.ReadAll(io.LimitReader(e.stdin, 1<<20))
		if err != nil {
			return nil, errorf("reading standard input: %w", err)
		}
		text = strings.TrimSuffix(strings.TrimSuffix(string(data), "\n"), "\r")
	}
	var value any = text
	switch typ {
	case "json":
		decoded, err := ordered.Decode([]byte(text))
		if err != nil {
			return nil, errorf("the value is not JSON: %w", err)
		}
		value = decoded
	case "date-time":
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return nil, errorf("the value '%s' is not a time such as 2030-01-31T09:00:00+00:00", text)
		}
	}
	return yaml.MapSlice{{Key: "value", Value: value}}, nil
}
