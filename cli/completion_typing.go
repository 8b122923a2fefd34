package cli

import (
	"context"
	"strings"

	"prefect/cli/render"

	"github.com/urfave/cli/v2"
)

// typing is a command line that is not finished.
type typing struct {
	resolver
	word    string   // what there is of the last word
	begin   string   // stands before it in the same word, "--output="
	flag    cli.Flag // the option whose value the word is, nil if it isn't one
	noFlags bool     // "--" has been typed
}

// candidate is what a word could become. One without a text stands for the files that the shell finds.
type candidate struct{ text, note string }

// readTyping reads the words after the program's name. What is wrong with them is said when the line
// is run.
func readTyping(app *cli.App, words []string) *typing {
	t := &typing{resolver: resolver{flags: app.Flags, commands: app.Commands, rest: words}}
	t.options = [][]string{nil}
	if len(words) > 1 && words[0] == "help" {
		t.helping = true
		t.rest = words[1:]
	}
	t.word = words[len(words)-1]
	for len(t.rest) > 1 {
		word := t.rest[0]
		t.rest = t.rest[1:]
		if word == "--" && len(t.commands) == 0 {
			t.noFlags = true
			t.args = append(t.args, t.rest[:len(t.rest)-1]...)
			return t
		}
		_ = t.read(word)
	}
	if len(t.rest) == 0 {
		t.flag = t.option // it took the last word as its value
		return t
	}
	if name, value, ok := strings.Cut(t.word, "="); ok && isOption(t.word) {
		if f := findFlag(t.flags, strings.TrimLeft(name, "-")); f != nil && takesValue(f) {
			t.flag, t.begin, t.word = f, name+"=", value
		}
	}
	return t
}

// candidates are what the last word could become, each the whole word.
func (t *typing) candidates(ctx context.Context, e *env) []candidate {
	var found []candidate
	for _, c := range t.all(ctx, e) {
		// A name that can't be shown can't be chosen from a list either.
		if c.text != "" && (!strings.HasPrefix(c.text, t.word) || render.SafeLine(c.text) != c.text) {
			continue
		}
		if c.text != "" {
			c.text = t.begin + c.text
		}
		found = append(found, candidate{c.text, shortNote(c.note)})
	}
	return found
}

// shortNote keeps a long description from filling the list.
func shortNote(note string) string {
	first, _, _ := strings.Cut(note, "\n")
	runes := []rune(render.SafeLine(first))
	if len(runes) > 72 {
		return string(runes[:71]) + "…"
	}
	return string(runes)
}

func (t *typing) all(ctx context.Context, e *env) []candidate {
	leaf := t.leaf()
	switch {
	case t.takesAnything():
		return nil
	case t.flag != nil:
		return t.values(ctx, e)
	case strings.HasPrefix(t.word, "-") && !t.noFlags:
		return t.optionCandidates()
	case len(t.commands) > 0:
		return t.commandCandidates()
	case t.helping || leaf == nil:
		return nil
	}
	words := strings.Fields(leaf.ArgsUsage)
	many := len(words) > 0 && strings.HasSuffix(strings.Trim(words[len(words)-1], "[]"), "...")
	complete := argumentCompleter(t.path)
	switch {
	case len(t.args) >= len(words) && !many && !t.noFlags:
		return t.optionCandidates()
	case len(t.args) >= 1 && !many || complete == nil:
		return nil
	}
	return complete(ctx, e, t)
}

func (t *typing) values(ctx context.Context, e *env) []candidate {
	if c, ok := t.flag.(*choiceFlag); ok {
		return candidatesOf(c.choices...)
	}
	if complete := optionCompleter(t.path, t.flag); complete != nil {
		return complete(ctx, e, t)
	}
	return nil
}

// optionCandidates are the options that the command has and that may be given now.
func (t *typing) optionCandidates() []candidate {
	var found []candidate
	given := t.options[len(t.options)-1]
	for _, f := range t.flags {
		if v, ok := f.(cli.VisibleFlag); ok && !v.IsVisible() || isGiven(f, given) {
			continue
		}
		r := optionRow(f)
		found = append(found, candidate{dashed(f.Names()[0]), r.right})
		if s, ok := f.(*switchFlag); ok {
			found = append(found, candidate{dashed(s.off), r.right})
		}
	}
	return append(found, candidate{"--help", "Show the help of this command."})
}

// isGiven: an option that counts once needn't be offered again.
func isGiven(f cli.Flag, given []string) bool {
	if s, ok := f.(cli.DocGenerationSliceFlag); ok && s.IsSliceFlag() {
		return false
	}
	for _, option := range given {
		if strings.HasPrefix(option, "--"+f.Names()[0]+"=") {
			return true
		}
	}
	return false
}

func (t *typing) commandCandidates() []candidate {
	var found []candidate
	for _, r := range commandRows(t.commands) {
		found = append(found, candidate{r.left, r.right})
	}
	if len(t.path) == 0 && t.helping {
		for _, r := range topicRows(helpTopics) {
			found = append(found, candidate{r.left, r.right})
		}
	}
	return found
}

func candidatesOf(words ...string) []candidate {
	found := make([]candidate, len(words))
	for i, w := range words {
		found[i].text = w
	}
	return found
}
