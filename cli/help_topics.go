package cli

import (
	"fmt"
	"sort"
	"strings"
)

// helpTopic is a page of help that belongs to no one command: `prefect help TOPIC`.
type helpTopic struct {
	summary  string // one line, for the list of topics
	text     string // what it is about; one paragraph a line
	sections []helpSection
	examples string // one command a line
}

// helpSection is a titled table of what to type, or what is shown, and what it means.
type helpSection struct {
	title string
	rows  []row
}

// helpTopics are the pages by the word that is typed for them.
var helpTopics = map[string]helpTopic{
	"environment": environmentTopic,
	"output":      outputTopic,
}

var environmentTopic = helpTopic{
	summary: "The environment variables that are read.",
}

var outputTopic = helpTopic{
	summary: "What commands print for scripts with -o/--output.",
}

// namedTopic is the topic of the arguments `help TOPIC`.
func namedTopic(args []string) (string, bool) {
	if len(args) != 2 || args[0] != "help" {
		return "", false
	}
	_, ok := helpTopics[args[1]]
	return args[1], ok
}

func topicNames(topics map[string]helpTopic) []string {
	var names []string
	for name := range topics {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func topicRows(topics map[string]helpTopic) []row {
	var rows []row
	for _, name := range topicNames(topics) {
		rows = append(rows, row{name, topics[name].summary})
	}
	return rows
}

// page lays the topic out for a screen of the given width.
func (t helpTopic) page(width int) string {
	var b strings.Builder
	fmt.Fprint(&b, wrap(t.summary, "", width))
	for _, paragraph := range strings.Split(t.text, "\n") {
		if paragraph != "" {
			b.WriteString("\n" + wrap(paragraph, "  ", width))
		}
	}
	for _, s := range t.sections {
		section(&b, s.title, s.rows, width)
	}
	writeExamples(&b, t.examples)
	return b.String()
}
