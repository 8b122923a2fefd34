package cli

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"

	"prefect/cli/render"
	"prefect/engine/storage"
	"prefect/ignore"

	"github.com/dustin/go-humanize"
	"github.com/urfave/cli/v2"
)

func newDeploymentFilesCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "files",
		Usage:     "List what would be packaged of a flow's folder.",
		ArgsUsage: "[FOLDER]",
		Description: "What .prefectignore names is left out, read as git reads .gitignore, and so are .git, deployment files and PREFECT_HOME. " +
			"Only a build with --storage-block or --snapshot packages files; without, flows run where they are.",
		UsageText: "prefect deployment files\nprefect deployment files --ignored\nprefect deployment files -o name | xargs du -ch",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "ignored", Usage: "List what is left out instead, with the file, line and pattern that say so."},
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return deploymentFiles(c.Context, e, c.Args().First(), c.Bool("ignored"), c.String("output"))
		},
	}
}

func deploymentFiles(ctx context.Context, e *env, folder string, ignored bool, output string) error {
	root, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	o, err := e.packageOptions(root)
	if err != nil {
		return err
	}
	if ignored {
		return e.listIgnored(root, o, output)
	}
	return e.listPackaged(ctx, root, o, output)
}

// packageOptions say what of a flow's folder is packaged.
func (e *env) packageOptions(root string) (storage.Options, error) {
	matcher, err := ignore.Read(root)
	if err != nil {
		return storage.Options{}, errorf("%w", err)
	}
	leave, err := e.neverPackaged()
	return storage.Options{Matcher: matcher, Leave: leave}, err
}

// neverPackaged are folders whose files are no part of a flow: the database has parameters in it.
func (e *env) neverPackaged() ([]string, error) {
	home, err := e.home()
	return []string{home}, err
}

// listPackaged lists what a build would package, and fails where that would.
func (e *env) listPackaged(ctx context.Context, root string, o storage.Options, output string) error {
	p, err := storage.Gather(ctx, root, o)
	if err != nil {
		return storageError(err)
	}
	defer p.Close()
	values, names := []any{}, []string{}
	t := render.Table{Title: "Packaged Files", Columns: []render.Column{{Header: "Size", Right: true, Keep: true}, {Header: "File", Style: render.Blue}}}
	for _, f := range p.Files {
		names = append(names, render.SafeLine(f.Path))
		if showsValues(output) {
			values = append(values, fileValue(f.Path, f.Size))
		} else if output != outputName {
			t.Rows = append(t.Rows, []render.Cell{render.Text(size(f.Size)), render.Text(f.Path)})
		}
	}
	e.tellLeftOut(p.Notes)
	t.Caption = fmt.Sprintf("%s, %s", count(len(names), "file"), size(p.Bytes))
	t.CaptionStyle = render.DimItalic
	return e.showTable(output, values, names, t)
}

// listIgnored writes lines as `git check-ignore -v` does.
func (e *env) listIgnored(root string, o storage.Options, output string) error {
	values, names := []any{}, []string{}
	o.Ignored = func(i ignore.Ignored) {
		path := i.Path
		if i.IsDir {
			path += "/"
		}
		switch output {
		case outputName:
			names = append(names, render.SafeLine(path))
		case outputJSON, outputYAML:
			values = append(values, ignoredValue(path, i))
		default:
			e.printf("%s\t%s\n", i.Rule.String(), render.SafeLine(path))
		}
	}
	for _, err := range storage.Files(root, o) {
		if err != nil {
			return errorf("%w", err)
		}
	}
	return e.show(output, values, names, func(*render.Console) error { return nil })
}

func fileValue(path string, size int64) render.Dict {
	return render.Dict{{Key: "path", Value: path}, {Key: "size", Value: size}}
}

func ignoredValue(path string, i ignore.Ignored) render.Dict {
	value := render.Dict{{Key: "path", Value: path}, {Key: "is_folder", Value: i.IsDir}, {Key: "pattern", Value: i.Rule.Pattern}, {Key: "file", Value: nil}, {Key: "line", Value: nil}}
	if i.Rule.File != "" {
		value[3].Value, value[4].Value = i.Rule.File, i.Rule.Line
	}
	return value
}

// size is a number of bytes as people read it.
func size(n int64) string { return humanize.Bytes(uint64(max(n, 0))) }

// count is a number of things.
func count(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return strconv.Itoa(n) + " " + thing
}
