package cli

import (
	"strings"
	"testing"
)

// Whatever stands on the command line, completing it is quiet, and what it offers goes on from what
// was typed and can be shown.
func FuzzComplete(f *testing.F) {
	for _, line := range []string{"prefect ", "prefect config view --o", "prefect -p", "prefect help d", "X=1 prefect profile use ",
		`prefect deployment inspect "a\"b`, "prefect deployment run x -p ", "prefect flow-run ls --state=", "prefect deployment build 'é\\", "prefect deployment build -nx -- -"} {
		f.Add("fish", line)
		f.Add("bash", line)
	}
	home := f.TempDir()
	f.Fuzz(func(t *testing.T, shell, line string) {
		got := completed(t, home, shell, line, "\"'@><=;|&(:")
		if shell != "fish" {
			return
		}
		words := splitLine(line, '\\')
		for _, entry := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
			text, _, _ := strings.Cut(entry, "\t")
			if text != "" && !strings.HasPrefix(text, words[len(words)-1].text) {
				t.Errorf("%q: offers %q", line, text)
			}
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
				t.Errorf("%q: offers %q", line, text)
			}
		}
	})
}
