package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"prefect/store"

	"github.com/urfave/cli/v2"
)

// namedHome is a PREFECT_HOME with deployments and runs, some of whose names a shell has to quote.
func namedHome(t *testing.T) string {
	t.Helper()
	ctx, home := context.Background(), t.TempDir()
	db, err := store.Open(ctx, filepath.Join(home, "prefect.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var all []store.Deployment
	for _, name := range []string{"log-flow/simple", "log-flow/at: noon", "my flow/$1", "it's/x", "bad\x1b[2J/x"} {
		flow, deployment, _ := strings.Cut(name, "/")
		queue, about := flow+"-queue", "What it does.\nAt length."
		all = append(all, store.Deployment{FlowName: flow, Name: deployment, WorkQueueName: &queue, Description: &about,
			Tags: json.RawMessage("[]"), Parameters: json.RawMessage("{}"), Infrastructure: json.RawMessage("{}"), InfraOverrides: json.RawMessage("{}"),
			ParameterOpenAPISchema: json.RawMessage(`{"properties":{"name":{"type":"string"},"count":{"type":"integer"}},"required":["name"]}`)})
	}
	if _, err := db.ApplyDeployments(ctx, all); err != nil {
		t.Fatal(err)
	}
	d, err := db.DeploymentByName(ctx, "log-flow", "simple")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"calm-otter", "calm-owl", "brave-fox"} {
		if _, _, err := db.CreateFlowRun(ctx, d, store.NewRun{Name: name, Parameters: d.Parameters, At: db.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// completed is what a completion script is told.
func completed(t *testing.T, home string, args ...string) string {
	t.Helper()
	e, out, stderr := testEnv()
	e.environ = []string{"PREFECT_HOME=" + home}
	if err := e.run(context.Background(), append([]string{"__complete"}, args...)); err != nil || stderr.Len() > 0 {
		t.Errorf("%q: %v, stderr %q", args, err, stderr)
	}
	return out.String()
}

func TestWhatCompletes(t *testing.T) {
	home := namedHome(t)
	for line, want := range map[string]string{
		"prefect conf":                                             "config|",
		"prefect nope":                                             "",
		"prefect __comp":                                           "",
		"prefect completion ":                                      "bash|zsh|fish|powershell|",
		"prefect --vers":                                           "--version|",
		"prefect help env":                                         "environment|",
		"prefect help conf":                                        "config|",
		"prefect help config v":                                    "view|",
		"prefect help config view ":                                "",
		"prefect -p d":                                             "default|",
		"prefect -p x profile use ":                                "default|",
		"prefect profile create ":                                  "",
		"prefect profile create x --from ":                         "default|",
		"prefect config view -o ":                                  "json|yaml|table|wide|name|",
		"prefect config view --output y":                           "yaml|",
		"prefect config view --output=y":                           "--output=yaml|",
		"prefect config view -o=y":                                 "-o=yaml|",
		"prefect config view -o json --hide-s":                     "--hide-sources|",
		"prefect config view -o json --out":                        "",
		"prefect config view -- --o":                               "",
		"prefect config set PREFECT_DEBUG":                         "PREFECT_DEBUG_MODE=|",
		"prefect config set A=b PREFECT_DEBUG":                     "PREFECT_DEBUG_MODE=|",
		"prefect config set PREFECT_SCHEDULE_CATCHUP=":             "PREFECT_SCHEDULE_CATCHUP=latest|PREFECT_SCHEDULE_CATCHUP=skip|PREFECT_SCHEDULE_CATCHUP=all|",
		"prefect config set PREFECT_LOGGING_LEVEL=W":               "PREFECT_LOGGING_LEVEL=WARNING|",
		"prefect config set PREFECT_API_URL=":                      "",
		"prefect deployment inspect ":                              "it's/x|log-flow/at: noon|log-flow/simple|my flow/$1|",
		"prefect deployments inspect log-flow/s":                   "log-flow/simple|",
		"prefect deployment --nonsense inspect log-flow/s":         "log-flow/simple|",
		"prefect deployment inspect x ":                            "--output|--help|",
		"prefect deployment inspect 'my f":                         "my flow/$1|",
		`prefect deployment inspect "my f`:                         "my flow/$1|",
		`X=1 prefect deployment inspect my\ f`:                     "my flow/$1|",
		"prefect deployment ls --flow-name ":                       "it's|log-flow|my flow|", // and not the one with an escape sequence
		"prefect deployment ls --flow-name l":                      "log-flow|",
		"prefect deployment ls --flow-name log-flow --flow-":       "--flow-name|",
		"prefect agent start -q ":                                  "it's-queue|log-flow-queue|my flow-queue|",
		"prefect deployment run log-flow/simple -p ":               "name=|count=|",
		"prefect deployment run log-flow/simple --param na":        "name=|",
		"prefect deployment build ":                                "|",
		"prefect deployment build flow.py:":                        "",
		"prefect deployment build x.py:f --timezone Europe/Berl":   "Europe/Berlin|",
		"prefect deployment build x.py:f -o ":                      "|",
		"prefect flow-run delete ":                                 "brave-fox|calm-owl|calm-otter|",
		"prefect flow-run delete calm-ot":                          "calm-otter|",
		"prefect flow-run ls --state Ti":                           "TimedOut|",
		"prefect flow-run ls --state-type CRA":                     "CRASHED|",
		"prefect flow-run cancel calm-otter br":                    "brave-fox|",
		"prefect work-queue set-concurrency-limit log":             "log-flow-queue|",
		"prefect work-queue set-concurrency-limit log-flow-queue ": "",
		"prefect work-queue create ":                               "",
		"prefect cloud ":                                           "",
		"prefect":                                                  "",
		"":                                                         "",
	} {
		got := ""
		for _, entry := range strings.SplitAfter(completed(t, home, "fish", line), "\n") {
			text, _, _ := strings.Cut(strings.TrimSuffix(entry, "\n"), "\t")
			if entry != "" {
				got += text + "|"
			}
		}
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", line, got, want)
		}
	}
}

func TestCandidatesAsEachShellTakesThem(t *testing.T) {
	home := namedHome(t)
	const breaks = "\"'@><=;|&(:"
	for _, c := range []struct{ shell, typed, want string }{
		{"bash", "log-flow/s", "log-flow/simple\n"},
		{"bash", "log-flow/a", "log-flow/at:\\ noon\n"},
		{"bash", "log-flow/at:", "\\ noon\n"},
		{"bash", `log-flow/at\:`, "log-flow/at:\\ noon\n"},
		{"bash", `"log-flow/at:`, "log-flow/at: noon\n"},
		{"bash", "my", "my\\ flow/\\$1\n"},
		{"bash", `"my`, "my flow/\\$1\n"},
		{"bash", "'my", "my flow/$1\n"},
		{"bash", "i", "it\\'s/x\n"},
		{"zsh", "log-flow/a", "log-flow/at\\: noon:What it does.\n"},
		{"zsh", `my\ f`, "my flow/$1:What it does.\n"},
		{"fish", "log-flow/a", "log-flow/at: noon\tWhat it does.\n"},
		{"powershell", "log-flow/s", "log-flow/simple\tlog-flow/simple\tWhat it does.\n"},
		{"powershell", "my` f", "'my flow/$1'\tmy flow/$1\tWhat it does.\n"},
		{"powershell", "i", "'it''s/x'\tit's/x\tWhat it does.\n"},
		{"tcsh", "log", ""},
	} {
		if got := completed(t, home, c.shell, "prefect deployment inspect "+c.typed, breaks); got != c.want {
			t.Errorf("%s, %s: got %q, want %q", c.shell, c.typed, got, c.want)
		}
	}
}

// Where nothing was ever applied, completion makes neither a database nor a noise.
func TestNothingToComplete(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	if got := completed(t, home, "bash", "prefect deployment inspect "); got != "" {
		t.Errorf("completed %q", got)
	}
	if _, err := os.Stat(home); !os.IsNotExist(err) {
		t.Errorf("%s was made: %v", home, err)
	}
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(home, "prefect.db")
	if err := os.WriteFile(damaged, []byte("this is no database"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := completed(t, home, "bash", "prefect deployment inspect "); got != "" {
		t.Errorf("completed %q", got)
	}
}

// A new command has to say what its arguments are.
func TestEveryArgumentIsKnown(t *testing.T) {
	e, _, _ := testEnv()
	everyCommand(newApp(e).Commands, nil, func(c *cli.Command, words []string) {
		if c.Hidden || c.ArgsUsage == "" {
			return
		}
		for n := len(words); n > 0; n-- {
			if _, ok := argumentCompleters[strings.Join(words[:n], " ")]; ok {
				return
			}
		}
		t.Errorf("completion.go doesn't say what %s of 'prefect %s' is", c.ArgsUsage, strings.Join(words, " "))
	})
}

// What completers are for exists.
func TestNoCompleterIsStale(t *testing.T) {
	e, _, _ := testEnv()
	app := newApp(e)
	known := map[string]bool{}
	note := func(words []string, flags []cli.Flag) {
		known[strings.Join(words, " ")] = true
		for _, f := range flags {
			for n := len(words); n >= 0; n-- {
				known[strings.Join(append(words[:n:n], dashed(f.Names()[0])), " ")] = true
			}
		}
	}
	note(nil, app.Flags)
	everyCommand(app.Commands, nil, func(c *cli.Command, words []string) { note(words, c.Flags) })
	for _, completers := range []map[string]completer{argumentCompleters, optionCompleters} {
		for key := range completers {
			if !known[key] {
				t.Errorf("there is no %q", key)
			}
		}
	}
}

// The scripts as the real shells run them.
func TestCompletionInShells(t *testing.T) {
	home := namedHome(t)
	program, err := exec.LookPath("prefect") // this test binary, put there by testscript
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ shell, flags, script, want string }{
		{"bash", "--norc", `source <(prefect completion bash)
			for COMP_LINE in 'prefect conf' 'prefect deployment inspect log-flow/at:' 'prefect nope'; do
				COMP_POINT=${#COMP_LINE}; _prefect prefect; printf '<%s>\n' "${COMPREPLY[@]}"
			done; complete -p prefect`,
			"<config>\n<\\ noon>\n<>\ncomplete -o default -F _prefect prefect\n"},
		{"zsh", "-f", `compdef() { registered=$* }; source <(prefect completion zsh); print $registered
			_describe() { print -rl -- "${(P@)4}" "${@[5,-1]}" }; _files() { print files }
			try() { words=("$@"); CURRENT=$#; PREFIX=$@[-1]; _prefect }
			try prefect conf; try prefect deployment inspect 'my\ f'; try prefect config set PREFECT_D; try prefect nope`,
			"_prefect prefect\nconfig:Change and show the settings.\nmy flow/$1:What it does.\nPREFECT_DEBUG_MODE=:False\n-S\n\n"},
		{"fish", "--no-config", `prefect completion fish | source
			complete -C 'prefect conf'; complete -C 'prefect deployment inspect my\ f'; complete -C 'prefect nope'`,
			"config\tChange and show the settings.\nmy flow/$1\tWhat it does.\n"},
		{"pwsh", "-NoProfile", `prefect completion powershell | Out-String | Invoke-Expression
			foreach ($line in 'prefect conf', 'prefect deployment inspect i', 'prefect nope') {
				(TabExpansion2 -inputScript $line -cursorColumn $line.Length).CompletionMatches | ForEach-Object { $_.CompletionText } }`,
			"config\n'it''s/x'\n"},
	} {
		t.Run(c.shell, func(t *testing.T) {
			if _, err := exec.LookPath(c.shell); err != nil {
				t.Skip("no " + c.shell)
			}
			var stderr bytes.Buffer
			cmd := exec.Command(c.shell, c.flags, "-c", c.script)
			cmd.Env = append(os.Environ(), "PREFECT_HOME="+home, "PATH="+filepath.Dir(program)+string(os.PathListSeparator)+os.Getenv("PATH"))
			cmd.Stderr = &stderr
			out, err := cmd.Output()
			if err != nil || stderr.Len() > 0 || string(out) != c.want {
				t.Errorf("%v, stderr %q\n got %q\nwant %q", err, stderr.String(), out, c.want)
			}
		})
	}
}
