package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"prefect/engine/python"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts in testdata/script run the real command line, each in a folder
// and a HOME of its own. Besides testscript's own commands they have:
//
//	exitcode N COMMAND ARGS...      run COMMAND, which must end with code N
//	waitfor FILE [REGEXP]           wait until FILE is there (and matches)
//	s3server                        start a real S3 server with the bucket "flows", and set its credentials and $S3
//	cmpnorm FILE1 FILE2             cmp with ids, times and hex digits as X and the folder as $WORK
//
// UPDATE_SCRIPTS=1 go test ./cli -run Script/NAME rewrites what a script compares.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"prefect": func() { os.Exit(Main(os.Args, os.Stdin, os.Stdout, os.Stderr)) },
	})
}

func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup:               setUpScript,
		Condition:           condition,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exitcode": exitCode,
			"waitfor":  waitFor,
			"cmpnorm":  compareNormalised,
			"s3server": startS3,
		},
	})
}

func setUpScript(env *testscript.Env) error {
	home := filepath.Join(env.WorkDir, "home")
	env.Setenv("HOME", home)
	env.Setenv("USERPROFILE", home)
	env.Setenv("PREFECT_HOME", filepath.Join(home, ".prefect"))
	env.Setenv("TZ", "UTC")
	env.Setenv("NO_COLOR", "1")
	env.Setenv("COLUMNS", "100")
	// The interpreter that flows get, for scripts that run Python themselves.
	found, err := python.Find(python.Search{})
	if err != nil {
		return err
	}
	env.Setenv("PYTHON", found)
	// The program's path, for scripts that take everything off the PATH.
	self, err := exec.LookPath("prefect")
	if err != nil {
		return err
	}
	env.Setenv("PREFECT", self)
	// By itself the race detector waits a second at the end of each process.
	env.Setenv("GORACE", "atexit_sleep_ms=10")
	return os.MkdirAll(home, 0o755)
}

// exitCode pins which code a command ends with; `!` only knows that it failed.
func exitCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exitcode N COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		got = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	}
	if got != want {
		ts.Fatalf("%s ended with code %d, not %d", strings.Join(args[1:], " "), got, want)
	}
}

// waitFor looks until a background command has written what it is to write.
// The limit is only there so that a broken test ends.
func waitFor(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: waitfor FILE [REGEXP]")
	}
	pattern := regexp.MustCompile(`(?s).*`)
	if len(args) == 2 {
		pattern = regexp.MustCompile("(?m)" + args[1])
	}
	file := ts.MkAbs(args[0])
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if data, err := os.ReadFile(file); err == nil && pattern.Match(data) {
			return
		}
	}
	data, err := os.ReadFile(file)
	ts.Fatalf("waited in vain for %s: %v\n%s", strings.Join(args, " "), err, data)
}

// varying is what differs from run to run.
var varying = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UUID"},
	{regexp.MustCompile(`\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?`), "TIME"},
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d\.\d{3}\b`), "CLOCK"},
	{regexp.MustCompile(`DateTime\([^()]*tzinfo=Timezone\('\+00:00'\)\)`), "DATETIME"},
	{regexp.MustCompile(`\b[0-9a-f]{32}\b`), "HEX"},
	{regexp.MustCompile(`127\.0\.0\.1:\d+`), "127.0.0.1:PORT"},
	{regexp.MustCompile(`datetime\.timedelta\([^()]*\)`), "TIMEDELTA"},
}

func normalised(text string) string {
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.text)
	}
	return text
}

func compareNormalised(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cmpnorm FILE1 FILE2")
	}
	read := func(file string) string {
		return normalised(strings.ReplaceAll(ts.ReadFile(file), ts.Getenv("WORK"), "$WORK"))
	}
	got, want := read(args[0]), read(args[1])
	if got != want {
		ts.Fatalf("%s differs from %s once normalised:\n--- %s\n%s--- %s\n%s",
			args[0], args[1], args[0], got, args[1], want)
	}
}
