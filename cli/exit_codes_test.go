package cli

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// run runs a command line within this process.
func run(args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Main(append([]string{"prefect"}, args...), strings.NewReader(""), &out, &errs)
	return code, out.String(), errs.String()
}

// leaves calls do for every command that does something, with the words that name it.
func leaves(commands []*cli.Command, path []string, do func(path []string, c *cli.Command)) {
	for _, c := range commands {
		here := append(append([]string{}, path...), c.Name)
		if len(c.Subcommands) > 0 {
			leaves(c.Subcommands, here, do)
		} else {
			do(here, c)
		}
	}
}

func TestEveryCommandRefusesWrongUsageWith2(t *testing.T) {
	t.Setenv("PREFECT_HOME", t.TempDir())
	n := 0
	leaves(commands(&env{}), nil, func(path []string, c *cli.Command) {
		if c.SkipFlagParsing {
			return // it only says why it does nothing here
		}
		n++
		wrong := [][]string{{"--no-such-option"}}
		required := 0
		for _, word := range strings.Fields(c.ArgsUsage) {
			if !strings.HasPrefix(word, "[") {
				required++
			}
		}
		if required > 0 {
			wrong = append(wrong, nil) // without its arguments
		}
		if !strings.Contains(c.ArgsUsage, "...") {
			wrong = append(wrong, strings.Fields(strings.Repeat("x ", len(strings.Fields(c.ArgsUsage))+1)))
		}
		for _, args := range wrong {
			line := append(append([]string{}, path...), args...)
			code, stdout, stderr := run(line...)
			if code != exitUsage || stdout != "" || !strings.Contains(stderr, "Try 'prefect "+strings.Join(path, " ")) {
				t.Errorf("%v ended with %d\nstdout: %s\nstderr: %s", line, code, stdout, stderr)
			}
		}
		if code, stdout, stderr := run(append(path, "--help")...); code != exitDone || stdout == "" || stderr != "" {
			t.Errorf("%v --help ended with %d: %s", path, code, stderr)
		}
	})
	if n < 30 {
		t.Errorf("only %d commands were tried", n)
	}
}

// Neither the database nor JSON could hold such text, and a database that held it would be called damaged.
func TestTextThatIsNotUTF8IsRefusedWith2(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PREFECT_HOME", home)
	for _, line := range []string{"work-queue create q\xff", "concurrency-limit create t\xff 1", "deployment run f/d -n r\xff", "deployment run f/d -t=t\xff",
		"deployment run f/d --description d\xff", "deployment run f/d --idempotency-key k\xff", "deployment run f/d -px=\xff", "agent start -q q\xff --drain",
		"deployment build f.py:f -n d\xff", "config set PREFECT_API_KEY=\xff", "profile create p\xff"} {
		code, stdout, stderr := run(strings.Fields(line)...)
		if code != exitUsage || stdout != "" || !strings.Contains(stderr, "is not valid UTF-8 text\n") {
			t.Errorf("%q ended with %d\nstdout: %s\nstderr: %s", line, code, stdout, stderr)
		}
	}
	if left, err := os.ReadDir(home); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestWhatIsNotThereIs1(t *testing.T) {
	t.Setenv("PREFECT_HOME", t.TempDir())
	for _, line := range []string{"flow-run inspect nope", "flow-run logs nope", "flow-run watch nope", "flow-run why nope", "flow-run cancel nope",
		"flow-run retry nope", "flow-run delete nope", "work-queue inspect nope", "work-queue pause nope", "work-queue resume nope",
		"work-queue set-concurrency-limit nope 1", "work-queue clear-concurrency-limit nope", "work-queue preview nope", "work-queue delete nope",
		"concurrency-limit inspect nope", "concurrency-limit delete nope", "concurrency-limit reset nope", "deployment inspect f/nope",
		"deployment run f/nope", "deployment delete f/nope", "profile use nope", "config set PREFECT_NOPE=1"} {
		code, stdout, stderr := run(strings.Fields(line)...)
		if code != exitFailed || stdout != "" || stderr == "" {
			t.Errorf("%s ended with %d\nstdout: %s\nstderr: %s", line, code, stdout, stderr)
		}
	}
}

func TestListsOfNothingAre0(t *testing.T) {
	t.Setenv("PREFECT_HOME", t.TempDir())
	for _, line := range []string{"deployment ls", "flow ls", "flow-run ls", "work-queue ls", "concurrency-limit ls"} {
		for _, format := range []string{"json", "yaml"} {
			if code, stdout, stderr := run(append(strings.Fields(line), "-o", format)...); code != exitDone || stdout != "[]\n" || stderr != "" {
				t.Errorf("%s -o %s ended with %d: %q %q", line, format, code, stdout, stderr)
			}
		}
		if code, stdout, _ := run(append(strings.Fields(line), "-o", "name")...); code != exitDone || stdout != "" {
			t.Errorf("%s -o name ended with %d: %q", line, code, stdout)
		}
	}
}
