package cli

import (
	"context"
	"io"
	"strings"

	"prefect/cli/render"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

type flowRunLogsOptions struct {
	follow, reverse bool
	head, tail      int
	output          string
}

func newFlowRunLogsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "logs",
		Usage:     "Show the log of a flow run: what it logged and what it printed.",
		ArgsUsage: "ID",
		Description: "ID is the run's id, the first characters of its id, or its name. Lines that the run printed are marked STDOUT or STDERR. " +
			"With -f, -o json writes one object a line.",
		UsageText: "prefect flow-run logs calm-otter\nprefect flow-run logs calm-otter --tail 20 -f\nprefect flow-run logs calm-otter -o json",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "Go on showing lines as they come, until the run is over."},
			&cli.IntFlag{Name: "head", Usage: "Only the first `N` lines."},
			&cli.IntFlag{Name: "tail", Usage: "Only the last `N` lines."},
			&cli.BoolFlag{Name: "reverse", Aliases: []string{"r"}, Usage: "The last line first."},
			newChoice("output", []string{"o"}, []string{outputJSON, outputYAML, outputTable}, "Show the lines as `FORMAT`; json and yaml are for scripts."),
		},
		Action: func(c *cli.Context) error {
			o := flowRunLogsOptions{c.Bool("follow"), c.Bool("reverse"), c.Int("head"), c.Int("tail"), c.String("output")}
			switch {
			case c.IsSet("head") && c.IsSet("tail"):
				return usagef(c, "use either --head or --tail")
			case c.IsSet("head") && o.head < 1, c.IsSet("tail") && o.tail < 1:
				return usagef(c, "--head and --tail take a number of lines above 0")
			case o.follow && (o.reverse || o.head > 0):
				return usagef(c, "--follow can't be used with --reverse or --head")
			}
			return flowRunLogs(c.Context, e, c.Args().First(), o)
		},
	}
}

func flowRunLogs(ctx context.Context, e *env, word string, o flowRunLogsOptions) error {
	db, run, err := e.findFlowRun(ctx, word)
	if err != nil {
		return err
	}
	secrets, err := e.newFlowRunView(db).secretsOf(ctx, run)
	if err != nil {
		return err
	}
	secrets.Parameters(run.Parameters) // now it knows what to hide in the lines
	w := e.newLogWriter(run, secrets, o)
	last, err := readLogs(ctx, db, run.ID, o, w.write)
	if err != nil {
		return err
	}
	if o.follow {
		if _, err := followFlowRun(ctx, db, run.ID, last, follower{lines: w.write}); err != nil {
			return err
		}
	}
	return w.close()
}

// logPage is how many lines are read at a time: a log can be larger than memory.
const logPage = 1000

// readLogs hands the lines that were asked for on, page by page, and returns the last line's ID.
func readLogs(ctx context.Context, db *store.DB, id string, o flowRunLogsOptions, write func([]store.LogLine) error) (last int64, err error) {
	if o.tail > 0 && !o.reverse {
		return readTail(ctx, db, id, o.tail, write)
	}
	at, left := int64(0), o.head+o.tail
	if o.head > 0 && o.reverse {
		return readHeadReversed(ctx, db, id, o.head, write)
	}
	for {
		n := logPage
		if left > 0 {
			n = min(n, left)
		}
		read := db.Logs
		if o.reverse {
			read = db.LogsBackwards
		}
		page, err := read(ctx, id, at, n)
		if err != nil {
			return at, databaseError(err)
		}
		if len(page) == 0 {
			return at, nil
		}
		at = page[len(page)-1].ID
		if err := write(page); err != nil {
			return at, err
		}
		if left > 0 {
			if left -= len(page); left == 0 {
				return at, nil
			}
		}
	}
}

// readTail hands on the last n lines in their order. Only their place is looked up backwards.
func readTail(ctx context.Context, db *store.DB, id string, n int, write func([]store.LogLine) error) (last int64, err error) {
	lines, err := db.LogsBackwards(ctx, id, 0, n)
	if err != nil || len(lines) == 0 {
		return 0, databaseError(err)
	}
	reverseLines(lines)
	return lines[len(lines)-1].ID, write(lines)
}

func readHeadReversed(ctx context.Context, db *store.DB, id string, n int, write func([]store.LogLine) error) (last int64, err error) {
	lines, err := db.Logs(ctx, id, 0, n)
	if err != nil || len(lines) == 0 {
		return 0, databaseError(err)
	}
	last = lines[len(lines)-1].ID
	reverseLines(lines)
	return last, write(lines)
}

func reverseLines(lines []store.LogLine) {
	for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
		lines[i], lines[j] = lines[j], lines[i]
	}
}

// A logWriter shows log lines in one of the forms of output.
type logWriter struct {
	e       *env
	run     store.FlowRun
	secrets *render.Secrets
	list    *render.List // json or yaml
	oneLine bool         // json, an object a line
}

func (e *env) newLogWriter(run store.FlowRun, secrets *render.Secrets, o flowRunLogsOptions) *logWriter {
	w := &logWriter{e: e, run: run, secrets: secrets}
	switch {
	case o.output == outputJSON && o.follow:
		w.oneLine = true
	case o.output == outputJSON:
		w.list = e.out.JSONList()
	case o.output == outputYAML:
		w.list = e.out.YAMLList()
	}
	return w
}

func (w *logWriter) write(lines []store.LogLine) error {
	var text strings.Builder
	for _, l := range lines {
		l.Message = w.secrets.Text(l.Message)
		var err error
		switch {
		case w.oneLine:
			err = w.e.out.JSONLine(logValue(l))
		case w.list != nil:
			err = w.list.Add(logValue(l))
		default:
			text.WriteString(w.dated(l))
		}
		if err != nil {
			return err
		}
	}
	_, err := io.WriteString(w.e.out, text.String())
	return err
}

func (w *logWriter) close() error {
	if w.list == nil {
		return nil
	}
	return w.list.Close()
}

// dated is a line as people read it later.
func (w *logWriter) dated(l store.LogLine) string {
	level, label := render.LevelName(l.Level), l.Label
	if l.Source != store.FromLog {
		level, label = strings.ToUpper(l.Source), "Flow run '"+w.run.Name+"'"
	}
	return render.DatedLogLine(l.At, level, label, l.Message)
}

// logValue is a log line for scripts, under the keys of Prefect's API.
func logValue(l store.LogLine) render.Dict {
	return render.Dict{{Key: "id", Value: l.ID}, {Key: "timestamp", Value: l.At}, {Key: "level", Value: l.Level}, {Key: "name", Value: l.Logger},
		{Key: "message", Value: l.Message}, {Key: "flow_run_id", Value: l.FlowRunID}, {Key: "task_run_id", Value: textOrNil(l.TaskRunID)},
		{Key: "source", Value: l.Source}}
}
