package cli

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"prefect/cli/render"
	"prefect/engine/agent"
	"prefect/engine/block"
	"prefect/engine/doctor"
	"prefect/engine/settings"
	"prefect/engine/storage"
	"prefect/ignore"
	"prefect/store"
)

// helpTopic is a page of help that belongs to no one command: `prefect help TOPIC`.
type helpTopic struct {
	summary  string // one line, for the list of topics
	text     string // what it is about; one paragraph a line
	sections []helpSection
	more     func() []helpSection // further sections, made from what the program does
	examples string               // one command a line
}

// helpSection is a titled table of what to type, or what is shown, and what it means.
type helpSection struct {
	title string
	rows  []row
}

// helpTopics are the pages by the word that is typed for them.
var helpTopics = map[string]helpTopic{
	"environment": environmentTopic,
	"exit-codes":  exitCodesTopic,
	"files":       filesTopic,
	"output":      outputTopic,
}

var environmentTopic = helpTopic{
	summary: "The environment variables that are read.",
	text: "Settings may be given in the environment, where they count more than in a profile " +
		"('prefect config set'). 'prefect config view' shows which hold, and where each is from.",
	sections: []helpSection{
		{"Settings", []row{
			{"PREFECT_HOME", "The folder of the database, the profiles and the Python package; by default ~/.prefect. In the environment only."},
			{"PREFECT_PROFILES_PATH", "The file of the profiles; by default profiles.toml in PREFECT_HOME. In the environment only."},
			{"PREFECT_PYTHON", "The interpreter that flows are built and run with, 3.8 or newer: its path, or the folder of an environment."},
			{"PREFECT_LOGGING_LEVEL", "What flows log at least: DEBUG, INFO (the default), WARNING, ERROR or CRITICAL."},
			{"PREFECT_LOGGING_EXTRA_LOGGERS", "Loggers of other packages that are recorded too, with commas between them."},
			{"PREFECT_DEBUG_MODE", "Log more, as PREFECT_LOGGING_LEVEL=DEBUG does."},
			{"PREFECT_SCHEDULE_CATCHUP", "What becomes of the runs of a schedule that came while no agent was awake: latest (the default) runs the last of them " +
				"and records the others as skipped, skip records all as skipped, all runs all."},
			{"PREFECT_API_URL", "Kept and shown, without effect: there is no server."},
			{"PREFECT_API_KEY", "Kept, without effect: there is no server."},
		}},
		{"What holds for one command", []row{
			{"PREFECT_PROFILE", "The profile to use, unless -p/--profile names one."},
			{"NO_COLOR", "Any value takes the colours away."},
			{"COLUMNS", "How wide the screen is, if not as wide as the terminal says, or 80."},
			{"TERM, COLORTERM", "Which colours the terminal has; TERM=dumb has none."},
			{"VIRTUAL_ENV, CONDA_PREFIX", "The active environment, whose interpreter is taken if PREFECT_PYTHON names none; then those on the PATH are."},
			{"TZ", "The time zone in which times are shown."},
			{"AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY", "The credentials for S3, and AWS_SESSION_TOKEN; without them AWS_PROFILE or 'default' in ~/.aws is taken, for SSO and roles by the aws command."},
			{"AWS_REGION", "The region of S3 buckets whose block names none."},
			{"AWS_ENDPOINT_URL", "The address of the service for S3 blocks without an endpoint; AWS_ENDPOINT_URL_S3 counts more."},
		}},
		{"Read by a script that imports prefect", []row{
			{"PREFECT_BINARY", "The program that records the runs of a script started by hand; found by itself otherwise."},
			{"PREFECT_UNTRACKED", "With any value, runs of a script started by hand are not recorded."},
		}},
		{"Given to the process of a flow run", []row{
			{"PREFECT__FLOW_RUN_ID", "The id of the run."},
			{"PREFECT__FLOW_RUN_NAME", "The name of the run."},
			{"PREFECT__PARAMETERS", "The parameters as a JSON object, for a command that is not Python."},
		}},
	},
	examples: "PREFECT_HOME=./here prefect deployment ls\nPREFECT_LOGGING_LEVEL=DEBUG prefect agent start -q test",
}

var filesTopic = helpTopic{
	summary: "The files that are kept, and those that are read.",
	text:    "Nothing is written outside of PREFECT_HOME, which is ~/.prefect by default, but for what a command is asked to write.",
	sections: []helpSection{
		{"In PREFECT_HOME", []row{
			{"prefect.db", "The database: deployments, flow runs, their states and logs. Files whose names begin so belong to it while it is in use."},
			{"prefect.db.*.bak", "A copy of the database from before a newer prefect changed its form."},
			{"profiles.toml", "The profiles with their settings."},
			{"blocks", "The blocks, a file each, which only you may read: secrets are among them, credentials of storage are not."},
			{"snapshots", "Snapshots of flows' folders and what was fetched from S3, each content once. 'prefect prune' takes what nothing needs."},
			{"runs", "The folders of runs that come from storage or a snapshot, while they go on."},
			{"sdk", "The Python package that flows import, a folder for each version of it. It is made again when it is missing."},
		}},
		{"In the folder of a flow", []row{
			{"FUNCTION-deployment.yaml", "A deployment, written by 'prefect deployment build' and read by 'prefect deployment apply'."},
			{".prefectignore", "Which files don't belong to the deployment, in the form of a .gitignore."},
		}},
	},
	examples: "prefect deployment build ./log_flow.py:log_flow -n log-simple\nprefect deployment apply log_flow-deployment.yaml",
}

var outputTopic = helpTopic{
	summary: "What commands print for scripts with -o/--output.",
	text: "Commands that list, show or create something print it in a form for people, unless -o says otherwise. " +
		"Results go to standard output; progress, hints and errors go to standard error.\n" +
		"A list is printed as a list, also if it is empty. Times are RFC 3339 in UTC, durations are seconds, ids are UUIDs. " +
		"What isn't known is null. Keys are never renamed or taken away; new ones may be added. " +
		"Nothing is cut or wrapped.",
	sections: []helpSection{{"Formats", []row{
		{"json", "JSON, with the keys below."},
		{"yaml", "The same as YAML."},
		{"name", "One bare name or id a line, which other commands take."},
		{"table", "The table for people, also where another form would be shown."},
		{"wide", "The table with all its columns, none of them cut."},
	}}},
	more:     outputKeys,
	examples: "prefect deployment ls -o name\nprefect deployment inspect log-flow/log-simple -o json | jq .parameters",
}

// outputKeys are the keys of each kind of thing, taken from the values that are printed.
func outputKeys() []helpSection {
	var rows []row
	aBlock, _ := blockValue(block.Block{}) // what could fail are values, which it has none of
	for _, kind := range []struct {
		name  string
		value render.Dict
	}{
		{"flow", flowValue(store.Flow{})},
		{"deployment", deploymentValue(store.Deployment{})},
		{"flow run", flowRunValue(store.FlowRun{}, render.NewSecrets(nil), time.Time{})},
		{"task run", taskRunValue(store.TaskRun{}, render.NewSecrets(nil), time.Time{})},
		{"state", stateValue(store.State{})},
		{"log line", logValue(store.LogLine{})},
		{"work queue", workQueueValue(store.WorkQueue{})},
		{"concurrency limit", concurrencyLimitValue(store.ConcurrencyLimit{})},
		{"block", aBlock},
		{"block type", blockTypeValue(block.Type{})},
		{"next run", nextRunValue(store.Deployment{}, time.Time{})},
		{"flow-run why", whyValue(store.FlowRun{}, agent.Reason{}, time.Time{})},
		{"file", fileValue("", 0)},
		{"ignored file", ignoredValue("", ignore.Ignored{})},
		{"setting", settingValue(settings.Value{}, nil)},
		{"check of doctor", healthValue(doctor.Check{})},
		{"prune", prunedValue(false, time.Time{}, store.Pruned{}, storage.Pruned{}, 0, 0)},
	} {
		var keys []string
		for _, field := range kind.value {
			keys = append(keys, field.Key)
		}
		rows = append(rows, row{kind.name, strings.Join(keys, ", ")})
	}
	return []helpSection{{"Keys", rows}, {"More keys", []row{
		{"deployment apply", "those of a deployment, result (created, updated, unchanged) and changed (the names of the fields)"},
		{"flow-run inspect", "those of a flow run, and task_runs"},
		{"config view", "profile, and settings: a list of them"},
		{"profile", "name, and active in the list, settings (values by name) of one"},
		{"doctor", "healthy, and checks: a list of them"},
		{"sdk install", "python, file, path"},
		{"version", "version, go_version, git_commit, built, os_arch, profile, server_type, database"},
	}}}
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

func (t helpTopic) allSections() []helpSection {
	if t.more == nil {
		return t.sections
	}
	return append(t.sections[:len(t.sections):len(t.sections)], t.more()...)
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
	for _, s := range t.allSections() {
		section(&b, s.title, s.rows, width)
	}
	writeExamples(&b, t.examples)
	return b.String()
}
