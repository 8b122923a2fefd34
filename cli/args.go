package cli

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"

	"prefect/engine/pattern"
	"prefect/engine/suggest"
)

// The flag library stops reading options at the first argument and refuses
// `-t a --tag b`; Prefect's users write options anywhere and mix both forms.
// So the arguments are resolved here against the command tree, which stays the
// only list of options, and handed to the library in the form it understands:
// every option as --first-name=value, then "--", then the arguments.

// call is a command line resolved against the command tree.
type call struct {
	path    []*cli.Command // the commands named, from below the root to the leaf
	options [][]string     // options[0] are the root's, options[i+1] those of path[i]
	args    []string
	help    bool
	topic   string // of `help TOPIC`
}

// argv is the command line in the form the flag library reads.
func (c *call) argv() []string {
	argv := append([]string{"prefect"}, c.options[0]...)
	for i, command := range c.path {
		argv = append(argv, command.Name)
		argv = append(argv, c.options[i+1]...)
	}
	if len(c.args) > 0 && !c.takesAnything() {
		argv = append(argv, "--")
	}
	return append(argv, c.args...)
}

// names is the command as a person types it, without options.
func (c *call) names() string {
	words := []string{"prefect"}
	for _, command := range c.path {
		words = append(words, command.Name)
	}
	return strings.Join(words, " ")
}

// leaf is the last command named, nil for the bare program.
func (c *call) leaf() *cli.Command {
	if len(c.path) == 0 {
		return nil
	}
	return c.path[len(c.path)-1]
}

// takesAnything: commands that only say why they do nothing don't quarrel
// about options first.
func (c *call) takesAnything() bool { return c.leaf() != nil && c.leaf().SkipFlagParsing }

// resolver walks the arguments once, going down the tree at every command name.
type resolver struct {
	call
	flags    []cli.Flag
	commands []*cli.Command
	rest     []string
	option   cli.Flag // the one that was read last
	helping  bool     // after the word help, which takes topics as well
}

// resolve reads the arguments after the program's name. Its errors are
// *usageError: unknown commands and options, missing and impossible values,
// too few or too many arguments.
func resolve(app *cli.App, args []string) (*call, error) {
	if topic, ok := namedTopic(args); ok {
		return &call{options: [][]string{nil}, help: true, topic: topic}, nil
	}
	r := &resolver{flags: app.Flags, commands: app.Commands, rest: helpFirst(args), helping: len(args) > 0 && args[0] == "help"}
	r.options = [][]string{nil}
	for len(r.rest) > 0 && !r.help {
		word := r.rest[0]
		r.rest = r.rest[1:]
		if err := r.read(word); err != nil {
			return nil, err
		}
	}
	// As Prefect's, --version is answered whatever else is asked.
	if hasOption(r.options[0], "--version=true") {
		return &call{options: r.options[:1]}, nil
	}
	if r.help || len(r.commands) > 0 {
		r.help = true
		return &r.call, nil
	}
	for _, word := range args {
		if !utf8.ValidString(word) { // neither the database nor JSON or YAML could hold it
			return nil, r.fail("'"+word+"' is not valid UTF-8 text", "")
		}
	}
	if err := checkArity(&r.call); err != nil {
		return nil, err
	}
	return &r.call, nil
}

// helpFirst turns `help deployment build` into `deployment build --help`.
func helpFirst(args []string) []string {
	if len(args) == 0 || args[0] != "help" {
		return args
	}
	return append(append([]string{}, args[1:]...), "--help")
}

func hasOption(options []string, want string) bool {
	for _, o := range options {
		if o == want {
			return true
		}
	}
	return false
}

func (r *resolver) read(word string) error {
	switch {
	case r.takesAnything() && word != "--help":
		r.args = append(r.args, word)
		return nil
	case word == "--" && len(r.commands) == 0:
		r.args = append(r.args, r.rest...)
		r.rest = nil
		return nil
	case word == "--":
		return nil
	case r.isHelp(word):
		r.help = true
		return nil
	case isOption(word) && !r.isNegativeNumber(word):
		return r.readOption(word)
	case len(r.commands) > 0:
		return r.readCommand(word)
	}
	r.args = append(r.args, word)
	return nil
}

func (r *resolver) readCommand(word string) error {
	for _, command := range r.commands {
		if command.HasName(word) {
			r.path = append(r.path, command)
			r.options = append(r.options, nil)
			r.flags, r.commands = command.Flags, command.Subcommands
			return nil
		}
	}
	if r.helping && len(r.path) == 0 {
		return r.fail("no such command or topic '"+word+"'", suggest.Nearest(word, append(visibleNames(r.commands), topicNames(helpTopics)...)))
	}
	return r.fail("no such command '"+word+"'", suggest.Nearest(word, visibleNames(r.commands)))
}

// isHelp: --help always; -h unless the command has a -h of its own.
func (r *resolver) isHelp(word string) bool {
	return word == "--help" || word == "-h" && findFlag(r.flags, "h") == nil
}

// isOption: a lone "-" is an argument, by custom standard input.
func isOption(word string) bool { return len(word) > 1 && word[0] == '-' }

var negativeNumber = pattern.New(`^-(\d+\.?\d*|\.\d+)$`)

// isNegativeNumber lets `set-concurrency-limit test -1` reach the command,
// which can say what is wrong with -1.
func (r *resolver) isNegativeNumber(word string) bool {
	return negativeNumber.MatchString(word) && findFlag(r.flags, word[1:2]) == nil
}

func (r *resolver) readOption(word string) error {
	dashes, rest := "-", word[1:]
	if strings.HasPrefix(word, "--") {
		dashes, rest = "--", word[2:]
	}
	name, value, hasValue := strings.Cut(rest, "=")
	if f := findFlag(r.flags, name); f != nil && (dashes == "--" || !isLong(name)) {
		return r.setOption(dashes+name, name, f, value, hasValue)
	}
	if dashes == "-" {
		return r.readCluster(rest)
	}
	return r.unknownOption("--" + name)
}

// isLong tells --name from -n and -ib: Prefect's short options have at most
// two letters.
func isLong(name string) bool { return len(name) > 2 }

// readCluster reads short options written together, -xy, and a value glued to
// its option, -nNAME.
func (r *resolver) readCluster(letters string) error {
	for i, letter := range letters {
		name := string(letter)
		f := findFlag(r.flags, name)
		if f == nil {
			return r.unknownOption("-" + letters)
		}
		rest := letters[i+len(name):]
		if takesValue(f) && rest != "" {
			return r.setOption("-"+name, name, f, rest, true)
		}
		if err := r.setOption("-"+name, name, f, "", false); err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) setOption(typed, name string, f cli.Flag, value string, hasValue bool) error {
	r.option = f
	first := f.Names()[0]
	if !takesValue(f) {
		if hasValue {
			return r.fail("option "+typed+" doesn't take a value", "")
		}
		return r.add(first, strconv.FormatBool(!isOff(f, name)))
	}
	if !hasValue {
		if len(r.rest) == 0 {
			return r.fail("option "+typed+" requires a value", "")
		}
		value, r.rest = r.rest[0], r.rest[1:]
	}
	if problem := checkValue(f, value); problem != "" {
		return r.fail("invalid value for "+typed+": '"+value+"' "+problem, "")
	}
	return r.add(first, value)
}

func (r *resolver) add(name, value string) error {
	last := len(r.options) - 1
	r.options[last] = append(r.options[last], "--"+name+"="+value)
	return nil
}

func (r *resolver) unknownOption(typed string) error {
	return r.fail("no such option: "+typed, suggest.Nearest(typed, optionNames(r.flags)))
}

func (r *resolver) fail(text, suggestion string) error {
	if suggestion != "" {
		text += " (did you mean " + suggestion + "?)"
	}
	return &usageError{r.names(), text}
}

// checkValue says what is wrong with a value for a typed option, "" if nothing.
func checkValue(f cli.Flag, value string) string {
	switch f := f.(type) {
	case *cli.IntFlag, *cli.Int64Flag:
		_, err := strconv.ParseInt(value, 10, 64)
		return numberProblem(err, "is not a whole number")
	case *cli.Float64Flag:
		_, err := strconv.ParseFloat(value, 64)
		return numberProblem(err, "is not a number")
	case *spanFlag:
		return f.problem(value)
	case *momentFlag:
		return f.problem(value)
	case *choiceFlag:
		return f.problem(value)
	}
	return ""
}

// numberProblem says what kept a text from being read as a number, "" if nothing did.
func numberProblem(err error, otherwise string) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, strconv.ErrRange):
		return "is too large a number"
	}
	return otherwise
}

// checkArity compares the arguments with the command's ArgsUsage, which is
// therefore more than help text: "PATH" is required, "[NAME]" is not, and
// "FILE..." takes one or more.
func checkArity(c *call) error {
	leaf := c.leaf()
	if leaf == nil {
		return nil
	}
	words := strings.Fields(leaf.ArgsUsage)
	many := false
	for i, word := range words {
		optional := strings.HasPrefix(word, "[")
		many = many || strings.HasSuffix(strings.Trim(word, "[]"), "...")
		if !optional && i >= len(c.args) {
			return &usageError{c.names(), "missing argument " + strings.TrimSuffix(word, "...")}
		}
	}
	if len(c.args) > len(words) && !many {
		return &usageError{c.names(), "unexpected extra argument '" + c.args[len(words)] + "'"}
	}
	return nil
}
