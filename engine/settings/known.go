package settings

import (
	"fmt"
	"strconv"
	"strings"
)

// Setting is one setting that has an effect here.
type Setting struct {
	Name    string
	Default string   // as `config view --show-defaults` shows it
	Secret  bool     // never shown in full
	Values  []string // those it can have, nil where they can't be listed
	// EnvironmentOnly settings say where the profiles are, so they can't be
	// in a profile themselves.
	EnvironmentOnly bool
	clean           func(string) (string, error)
}

// known is every setting that has an effect here, in the order it is shown.
var known = []Setting{
	{Name: "PREFECT_API_KEY", Default: "None", Secret: true, clean: text},
	{Name: "PREFECT_API_URL", Default: "None", clean: text},
	{Name: "PREFECT_DEBUG_MODE", Default: "False", Values: []string{"True", "False"}, clean: boolean},
	{Name: "PREFECT_HOME", Default: "~/.prefect", EnvironmentOnly: true, clean: text},
	{Name: "PREFECT_LOGGING_EXTRA_LOGGERS", clean: optionalText},
	{Name: "PREFECT_LOGGING_LEVEL", Default: "INFO", Values: []string{"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"}, clean: level},
	{Name: "PREFECT_PROFILES_PATH", Default: "${PREFECT_HOME}/profiles.toml", EnvironmentOnly: true, clean: text},
	{Name: "PREFECT_PYTHON", Default: "None", clean: text},
	{Name: "PREFECT_SCHEDULE_CATCHUP", Default: "latest", Values: []string{"latest", "skip", "all"}, clean: catchup},
}

// withoutEffect are the other settings of Prefect 2.1.1, each with the reason
// why setting it would change nothing here. "" stands for the usual reason.
var withoutEffect = map[string]string{
	"PREFECT_AGENT_PREFETCH_SECONDS":                         "the agent starts every run at its time",
	"PREFECT_AGENT_QUERY_INTERVAL":                           "the agent sees a new run as soon as it is there",
	"PREFECT_API_REQUEST_TIMEOUT":                            "",
	"PREFECT_CLI_COLORS":                                     "colours are off wherever the environment variable NO_COLOR is set",
	"PREFECT_CLI_WRAP_LINES":                                 "lines are never wrapped",
	"PREFECT_CLOUD_URL":                                      "nothing is sent to Prefect Cloud",
	"PREFECT_LOCAL_STORAGE_PATH":                             "flows run from the folder they are in",
	"PREFECT_LOGGING_ORION_BATCH_INTERVAL":                   "",
	"PREFECT_LOGGING_ORION_BATCH_SIZE":                       "",
	"PREFECT_LOGGING_ORION_ENABLED":                          "the logs of a run are always kept",
	"PREFECT_LOGGING_ORION_MAX_LOG_SIZE":                     "",
	"PREFECT_LOGGING_SERVER_LEVEL":                           "",
	"PREFECT_LOGGING_SETTINGS_PATH":                          "use PREFECT_LOGGING_LEVEL and PREFECT_LOGGING_EXTRA_LOGGERS",
	"PREFECT_ORION_ANALYTICS_ENABLED":                        "nothing is ever sent anywhere",
	"PREFECT_ORION_API_DEFAULT_LIMIT":                        "",
	"PREFECT_ORION_API_HOST":                                 "",
	"PREFECT_ORION_API_PORT":                                 "",
	"PREFECT_ORION_DATABASE_CONNECTION_TIMEOUT":              "",
	"PREFECT_ORION_DATABASE_CONNECTION_URL":                  "the database is prefect.db in PREFECT_HOME",
	"PREFECT_ORION_DATABASE_ECHO":                            "",
	"PREFECT_ORION_DATABASE_MIGRATE_ON_START":                "",
	"PREFECT_ORION_DATABASE_PASSWORD":                        "",
	"PREFECT_ORION_DATABASE_TIMEOUT":                         "",
	"PREFECT_ORION_SERVICES_FLOW_RUN_NOTIFICATIONS_ENABLED":  "",
	"PREFECT_ORION_SERVICES_LATE_RUNS_AFTER_SECONDS":         "",
	"PREFECT_ORION_SERVICES_LATE_RUNS_ENABLED":               "",
	"PREFECT_ORION_SERVICES_LATE_RUNS_LOOP_SECONDS":          "",
	"PREFECT_ORION_SERVICES_SCHEDULER_DEPLOYMENT_BATCH_SIZE": "",
	"PREFECT_ORION_SERVICES_SCHEDULER_ENABLED":               "",
	"PREFECT_ORION_SERVICES_SCHEDULER_INSERT_BATCH_SIZE":     "",
	"PREFECT_ORION_SERVICES_SCHEDULER_LOOP_SECONDS":          "",
	"PREFECT_ORION_SERVICES_SCHEDULER_MAX_RUNS":              "",
	"PREFECT_ORION_SERVICES_SCHEDULER_MAX_SCHEDULED_TIME":    "",
	"PREFECT_ORION_UI_API_URL":                               "",
	"PREFECT_ORION_UI_ENABLED":                               "",
	"PREFECT_TEST_MODE":                                      "it is for Prefect's own tests",
	"PREFECT_TEST_SETTING":                                   "it is for Prefect's own tests",
}

// Known returns the settings that have an effect here, sorted by name.
func Known() []Setting { return append([]Setting{}, known...) }

// Names returns the names of Known, for near-miss suggestions.
func Names() []string {
	names := make([]string, len(known))
	for i, s := range known {
		names[i] = s.Name
	}
	return names
}

// Lookup finds a known setting by its name.
func Lookup(name string) (Setting, bool) {
	for _, s := range known {
		if s.Name == name {
			return s, true
		}
	}
	return Setting{}, false
}

// WithoutEffect reports whether name is a setting of Prefect 2.1.1 that would
// change nothing here, and why.
func WithoutEffect(name string) (reason string, ok bool) {
	reason, ok = withoutEffect[name]
	if ok && reason == "" {
		reason = "it belongs to a Prefect server, and there is none"
	}
	return reason, ok
}

// Clean checks a value for the setting and returns it in its usual form. The
// error says what is wrong with the value alone, without naming the setting.
func (s Setting) Clean(value string) (string, error) { return s.clean(value) }

func text(value string) (string, error) {
	if strings.TrimSpace(value) == "" {
		return "", fmt.Errorf("value is empty")
	}
	return optionalText(value)
}

func optionalText(value string) (string, error) {
	if i := strings.IndexFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }); i >= 0 {
		return "", fmt.Errorf("value contains a control character")
	}
	return value, nil
}

func boolean(value string) (string, error) {
	switch strings.ToLower(value) {
	case "1", "true", "t", "yes", "y", "on":
		return "True", nil
	case "0", "false", "f", "no", "n", "off":
		return "False", nil
	}
	return "", fmt.Errorf("value could not be parsed to a boolean")
}

// catchup is what becomes of the runs of a schedule that no agent was there for.
func catchup(value string) (string, error) {
	switch value {
	case "latest", "skip", "all":
		return value, nil
	}
	return "", fmt.Errorf("value is not one of latest, skip and all")
}

// level takes what Python's logging takes: a name, in any case, or a number.
func level(value string) (string, error) {
	upper := strings.ToUpper(value)
	switch upper {
	case "CRITICAL", "FATAL", "ERROR", "WARNING", "WARN", "INFO", "DEBUG", "NOTSET":
		return upper, nil
	}
	if n, err := strconv.Atoi(value); err == nil && n >= 0 {
		return value, nil
	}
	return "", fmt.Errorf("value is not one of DEBUG, INFO, WARNING, ERROR and CRITICAL")
}
