package cli

import (
	"os/exec"
	"strings"
	"testing"
)

// layers says which packages of ours may import a package, by the beginning of its path: main → cli
// → engine → store, and ignore beside it.
var layers = []struct {
	imported string
	by       []string
}{
	{"prefect/cli", []string{"prefect", "prefect/cli"}},
	{"prefect/engine", []string{"prefect/cli", "prefect/engine"}},
	{"prefect/store/storetest", nil}, // for tests alone
	{"prefect/store", []string{"prefect/cli", "prefect/engine", "prefect/store"}},
	{"prefect/ignore", []string{"prefect/cli", "prefect/engine"}},
	{"database/sql", []string{"prefect/store"}},
	{"modernc.org/", []string{"prefect/store"}},
	{"github.com/urfave/cli", []string{"prefect/cli"}},
	{"github.com/charmbracelet/", []string{"prefect/cli/render"}},
	{"golang.org/x/term", []string{"prefect/cli"}},
	{"github.com/sabhiram/go-gitignore", []string{"prefect/ignore"}},
	{"github.com/aws/", []string{"prefect/engine/storage"}},
	{"github.com/teambition/rrule-go", []string{"prefect/engine/schedule"}},
}

func TestPackagesImportOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		for _, imported := range words[1:] {
			checkImport(t, words[0], imported)
		}
	}
}

func checkImport(t *testing.T, importer, imported string) {
	for _, layer := range layers {
		if !strings.HasPrefix(imported, layer.imported) {
			continue
		}
		allowed := false
		for _, by := range layer.by {
			allowed = allowed || importer == by || by != "prefect" && strings.HasPrefix(importer, by+"/")
		}
		if !allowed {
			t.Errorf("%s imports %s, which is for %s", importer, imported, strings.Join(layer.by, ", "))
		}
	}
}
