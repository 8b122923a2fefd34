package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
)

func newManCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:        "man",
		Usage:       "Print the manual page.",
		Description: "It has the help of every command on one page, for man(1).",
		UsageText:   "prefect man | man -l -\nprefect man > ~/.local/share/man/man1/prefect.1",
		Action: func(*cli.Context) error {
			_, err := io.WriteString(e.out, manPage(newApp(e)))
			return err
		},
	}
}

// manPage is prefect.1, written with the macros of man(7) from what the help screens are made of.
func manPage(app *cli.App) string {
	var m manual
	date := ""
	if t, ok := sourceTime(); ok {
		date = t.Format(time.DateOnly)
	}
	m.line(".TH PREFECT 1 %q %s %s", date, quoteRoff("prefect "+Version()), quoteRoff("User Commands"))
	m.line(".nr HY 0\n.ad l") // a word that is to be typed stays whole
	root := newHelpPage(app, &call{})
	m.section("NAME")
	m.text("prefect - " + strings.TrimSuffix(strings.ToLower(root.usage[:1])+root.usage[1:], "."))
	m.section("SYNOPSIS")
	m.line("%s", markUp(root.synopsis()))
	m.section("OPTIONS")
	m.rows(flagRows(root.flags))
	m.rows([]row{{"--help", "Show the help of the program or of a command and exit."}})
	m.examples(root.examples)
	m.section("COMMANDS")
	m.commands(app, nil, app.Commands)
	for _, name := range topicNames(helpTopics) {
		m.section(strings.ToUpper(strings.ReplaceAll(name, "-", " ")))
		m.topic(helpTopics[name])
	}
	return m.b.String()
}

// manual is a page as far as it is written.
type manual struct{ b strings.Builder }

func (m *manual) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

func (m *manual) section(title string) { m.line(".SH %s", quoteRoff(title)) }

// text writes a paragraph, so that no line of it can be taken for a macro.
func (m *manual) text(paragraph string) { m.line(`\&%s`, escapeRoff(paragraph)) }

// commands writes those that do something themselves, under the words by which they are called.
func (m *manual) commands(app *cli.App, above []*cli.Command, commands []*cli.Command) {
	for _, c := range commands {
		if c.Hidden {
			continue
		}
		path := append(above[:len(above):len(above)], c)
		if len(c.Subcommands) > 0 {
			m.commands(app, path, c.Subcommands)
			continue
		}
		page := newHelpPage(app, &call{path: path})
		m.line(".SS %s", quoteRoff(page.synopsis()))
		m.text(page.usage)
		for _, paragraph := range strings.Split(page.description, "\n") {
			if paragraph != "" {
				m.line(".PP")
				m.text(paragraph)
			}
		}
		m.rows(flagRows(page.flags))
		m.examples(page.examples)
	}
}

func (m *manual) topic(t helpTopic) {
	m.text(t.summary)
	for _, paragraph := range strings.Split(t.text, "\n") {
		if paragraph != "" {
			m.line(".PP")
			m.text(paragraph)
		}
	}
	for _, s := range t.allSections() {
		m.line(".SS %s", quoteRoff(s.title))
		m.rows(s.rows)
	}
	m.examples(t.examples)
}

func (m *manual) rows(rows []row) {
	for _, r := range rows {
		m.line(".TP\n%s", markUp(r.left))
		m.text(r.right)
	}
}

func (m *manual) examples(examples string) {
	if examples == "" {
		return
	}
	m.line(".PP\nExamples:\n.PP\n.RS 4\n.EX")
	for _, example := range strings.Split(strings.TrimSpace(examples), "\n") {
		m.text("$ " + example)
	}
	m.line(".EE\n.RE")
}

// markUp writes what is to be typed as it is in bold, and what stands for something else in italics.
func markUp(typed string) string {
	var words []string
	for _, word := range strings.Fields(typed) {
		bare := strings.TrimSuffix(word, ",")
		comma := word[len(bare):]
		font := "B"
		switch {
		case bare == "/" || bare == "":
			font = "R"
		case strings.ToLower(bare) != bare && !strings.Contains(bare, "_") || strings.HasPrefix(bare, "["):
			font = "I"
		}
		words = append(words, `\f`+font+escapeRoff(bare)+`\fR`+comma)
	}
	return strings.Join(words, " ")
}

var roffEscapes = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`, "`", `\(ga`, "^", `\(ha`, "~", `\(ti`)

func escapeRoff(text string) string { return roffEscapes.Replace(text) }

// quoteRoff makes one argument of a macro.
func quoteRoff(text string) string {
	return `"` + strings.ReplaceAll(escapeRoff(text), `"`, `\(dq`) + `"`
}
