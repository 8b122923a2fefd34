package cli

import (
	"embed"
	"io"

	"github.com/urfave/cli/v2"
)

// The scripts only ask `prefect __complete` what could be typed next, and show it in their shell's way.
//
//go:embed completion/prefect.*
var completionScripts embed.FS

func newCompletionCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "Print the script that completes commands, options and names in a shell.",
		UsageText: "prefect completion bash > ~/.local/share/bash-completion/completions/prefect",
		Subcommands: []*cli.Command{
			newCompletionShellCmd(e, "bash", "prefect.bash", "prefect completion bash > ~/.local/share/bash-completion/completions/prefect",
				"Load it at once with: source <(prefect completion bash). The line does for ~/.bashrc too; a file as in the example is loaded only when needed, by the package bash-completion."),
			newCompletionShellCmd(e, "zsh", "prefect.zsh", "prefect completion zsh > ~/.zfunc/_prefect",
				"Load it at once with: source <(prefect completion zsh). A file named _prefect in a folder of $fpath is found by compinit at the next start; ~/.zfunc is one if ~/.zshrc has the line 'fpath+=~/.zfunc' before compinit."),
			newCompletionShellCmd(e, "fish", "prefect.fish", "prefect completion fish > ~/.config/fish/completions/prefect.fish",
				"Load it at once with: prefect completion fish | source. A file as in the example is loaded when needed."),
			newCompletionShellCmd(e, "powershell", "prefect.ps1", "prefect completion powershell >> $PROFILE",
				"Load it at once with: prefect completion powershell | Out-String | Invoke-Expression. In the profile it is loaded at every start."),
		},
	}
}

func newCompletionShellCmd(e *env, shell, file, example, loading string) *cli.Command {
	return &cli.Command{
		Name:        shell,
		Usage:       "Print the script for " + shell + ".",
		Description: loading,
		UsageText:   "prefect completion " + shell + "\n" + example,
		Action: func(*cli.Context) error {
			script, err := completionScripts.ReadFile("completion/" + file)
			if err != nil {
				return err
			}
			_, err = e.out.Write(script)
			return err
		},
	}
}

// newCompleteCmd is what the scripts ask: `__complete SHELL LINE`, where LINE is the command line from
// the program's name up to the cursor. It prints a line for each word that could stand there, with a
// tab and a few words about it where the shell shows them; an empty line means that files could. What
// can't be found out is not completed: an error message in the middle of a line helps nobody.
func newCompleteCmd(e *env) *cli.Command {
	return silentCommand("__complete", func(c *cli.Context) error {
		shell, ok := completingShells[c.Args().First()]
		if !ok {
			return nil
		}
		words := splitLine(c.Args().Get(1), shell.escape)
		if len(words) < 2 {
			return nil
		}
		for _, found := range readTyping(newApp(e), texts(words[1:])).candidates(c.Context, e) {
			line := "" // for files
			if found.text != "" {
				if line = shell.line(found, words[len(words)-1], c.Args().Get(2)); line == "" {
					continue // nothing is left to type
				}
			}
			io.WriteString(e.out, line+"\n")
		}
		return nil
	})
}
