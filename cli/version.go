package cli

import (
	"runtime"
	"runtime/debug"
	"time"

	"prefect/cli/render"

	"github.com/urfave/cli/v2"
)

// The version of Prefect whose command line and files these are.
const prefectVersion = "2.1.1"

// release is our own version; a release build sets it with
// -ldflags "-X prefect/cli.release=1.2.3".
var release = "dev"

// Version is what `prefect --version` prints and the embedded Python package
// calls its __version__: Prefect's version, then ours.
func Version() string { return prefectVersion + "+go." + release }

func printVersionNumber(e *env) error {
	e.printf("%s\n", Version())
	return nil
}

func newVersionCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "version",
		Usage:     "Show the version, the profile and where the database is.",
		UsageText: "prefect version\nprefect version -o json",
		Flags:     []cli.Flag{newOutputFlag()},
		Action:    func(c *cli.Context) error { return showVersion(e, c.String("output")) },
	}
}

// showVersion neither opens the database nor starts Python, so that it answers
// also where one of them is broken.
func showVersion(e *env, output string) error {
	s, err := e.loadSettings()
	if err != nil {
		return err
	}
	commit, built := buildInfo()
	lines := []struct{ label, key, text string }{
		{"Version", "version", Version()},
		{"Go version", "go_version", runtime.Version()},
		{"Git commit", "git_commit", commit},
		{"Built", "built", built},
		{"OS/Arch", "os_arch", runtime.GOOS + "/" + runtime.GOARCH},
		{"Profile", "profile", s.Profile},
		{"Server type", "server_type", "none"},
		{"Database", "database", s.DBPath},
	}
	value := render.Dict{}
	for _, l := range lines {
		value = append(value, render.Field{Key: l.key, Value: l.text})
	}
	return e.show(output, value, []string{Version()}, func(*render.Console) error {
		for _, l := range lines {
			e.printf("%-20s %s\n", l.label+":", l.text)
		}
		return nil
	})
}

// buildInfo is what the Go tool knows about the source this was built from;
// `go run` and archives without a repository know nothing.
func buildInfo() (commit, built string) {
	commit, built = "unknown", "unknown"
	if revision := buildSetting("vcs.revision"); len(revision) >= 8 {
		commit = revision[:8]
	}
	if t, ok := sourceTime(); ok {
		built = t.Format("Mon, Jan 2, 2006 3:04 PM")
	}
	return commit, built
}

// sourceTime is when the source was committed, in UTC.
func sourceTime() (t time.Time, ok bool) {
	t, err := time.Parse(time.RFC3339, buildSetting("vcs.time"))
	return t.UTC(), err == nil
}

func buildSetting(key string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}
