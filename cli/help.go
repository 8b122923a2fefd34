package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// helpPage is what a help screen is made from, for the program, a group and a
// command alike.
type helpPage struct {
	names       string
	usage       string // one line: what it does
	description string // more, where one line is not enough
	arguments   string
	examples    string // one command a line
	commands    []*cli.Command
	flags       []cli.Flag
	topics      map[string]helpTopic // the program's page only
}

func newHelpPage(app *cli.App, c *call) helpPage {
	leaf := c.leaf()
	if leaf == nil {
		return helpPage{"prefect", app.Usage, app.Description, "", app.UsageText, app.Commands, app.Flags, helpTopics}
	}
	return helpPage{c.names(), leaf.Usage, leaf.Description, leaf.ArgsUsage, leaf.UsageText, leaf.Subcommands, leaf.Flags, nil}
}

func (e *env) printHelp(app *cli.App, c *call) error {
	text := ""
	if topic, ok := helpTopics[c.topic]; ok {
		text = topic.page(e.out.Width())
	} else {
		text = newHelpPage(app, c).text(e.out.Width())
	}
	_, err := io.WriteString(e.out, text)
	return err
}

// text lays the page out for a screen of the given width.
func (p helpPage) text(width int) string {
	var b strings.Builder
	b.WriteString("Usage: " + strings.TrimSpace(wrap(p.synopsis(), "       ", width)) + "\n\n")
	b.WriteString(wrap(p.usage, "  ", width))
	if p.description != "" {
		b.WriteString("\n")
		for _, paragraph := range strings.Split(p.description, "\n") {
			b.WriteString(wrap(paragraph, "  ", width))
		}
	}
	section(&b, "Commands", commandRows(p.commands), width)
	section(&b, "Options", optionRows(p.flags), width)
	section(&b, "Topics of 'prefect help TOPIC'", topicRows(p.topics), width)
	writeExamples(&b, p.examples)
	if len(p.commands) > 0 {
		b.WriteString("\n" + wrap("Type '"+p.names+" COMMAND --help' for a command's options and examples.", "", width))
	}
	return b.String()
}

func writeExamples(b *strings.Builder, examples string) {
	if examples == "" {
		return
	}
	b.WriteString("\nExamples:\n")
	for _, line := range strings.Split(strings.TrimSpace(examples), "\n") {
		b.WriteString("  $ " + line + "\n")
	}
}

func (p helpPage) synopsis() string {
	parts := []string{p.names, "[OPTIONS]"}
	if len(p.commands) > 0 {
		parts = append(parts, "COMMAND [ARGS]...")
	}
	if p.arguments != "" {
		parts = append(parts, p.arguments)
	}
	return strings.Join(parts, " ")
}

// row is one line of a help table: what to type, and what it does.
type row struct{ left, right string }

func commandRows(commands []*cli.Command) []row {
	var rows []row
	for _, c := range commands {
		if !c.Hidden {
			rows = append(rows, row{c.Name, c.Usage})
		}
	}
	return rows
}

func optionRows(flags []cli.Flag) []row {
	return append(flagRows(flags), row{"--help", "Show this message and exit."})
}

func flagRows(flags []cli.Flag) []row {
	var rows []row
	for _, f := range flags {
		if v, ok := f.(cli.VisibleFlag); !ok || v.IsVisible() {
			rows = append(rows, optionRow(f))
		}
	}
	return rows
}

func optionRow(f cli.Flag) row {
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return row{dashed(f.Names()[0]), ""}
	}
	placeholder, usage := cutPlaceholder(doc.GetUsage())
	left := joinNames(f)
	if doc.TakesValue() {
		left += " " + placeholder
	}
	if c, ok := f.(*choiceFlag); ok {
		usage += " One of: " + strings.Join(c.choices, ", ") + "."
	}
	return row{left, usage}
}

// joinNames shows -n, --name and --on / --off.
func joinNames(f cli.Flag) string {
	var short, long []string
	for i, n := range f.Names() {
		if i == 0 || isLong(n) {
			long = append(long, dashed(n))
		} else {
			short = append(short, "-"+n)
		}
	}
	text := strings.Join(append(short, long...), ", ")
	if s, ok := f.(*switchFlag); ok {
		text += " / --" + s.off
	}
	return text
}

// cutPlaceholder takes the word in backquotes out of "Start `NAME` now", by
// which an option's usage says what its value is called.
func cutPlaceholder(usage string) (placeholder, text string) {
	_, rest, ok := strings.Cut(usage, "`")
	word, _, closed := strings.Cut(rest, "`")
	if !ok || !closed {
		return "VALUE", usage
	}
	return word, strings.Replace(usage, "`"+word+"`", word, 1)
}

// section writes a titled table whose right column is wrapped; where what is
// to be typed is too long for that, the explanation goes below it.
func section(b *strings.Builder, title string, rows []row, width int) {
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n" + wrap(title+":", "", width))
	column := 0
	for _, r := range rows {
		if n := utf8.RuneCountInString(r.left); n > column && n <= min(26, width/3) {
			column = n
		}
	}
	column = max(column, 4)
	indent := strings.Repeat(" ", column+4)
	for _, r := range rows {
		text := wrap(r.right, indent, width)
		if utf8.RuneCountInString(r.left) > column {
			b.WriteString("  " + strings.TrimSpace(wrap(r.left, "      ", width)) + "\n" + text)
			continue
		}
		fmt.Fprintf(b, "  %-*s  %s", column, r.left, strings.TrimPrefix(text, indent))
	}
}

// wrap breaks text at spaces so that no line is wider than width where that
// is possible, every line indented, and ends it with a newline.
func wrap(text, indent string, width int) string {
	room := max(width-len(indent), 16)
	var b strings.Builder
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > room {
			b.WriteString(indent + line + "\n")
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	b.WriteString(indent + line + "\n")
	return b.String()
}
