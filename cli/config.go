package cli

import (
	"strings"

	"prefect/cli/render"
	"prefect/engine/python"
	"prefect/engine/settings"
	"prefect/engine/suggest"

	"github.com/urfave/cli/v2"
)

func newConfigCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "config",
		Usage:     "Change and show the settings.",
		UsageText: "prefect config view --show-defaults",
		Subcommands: []*cli.Command{
			newConfigSetCmd(e),
			newConfigUnsetCmd(e),
			newConfigViewCmd(e),
		},
	}
}

func newConfigSetCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "set",
		Usage:     "Give settings a value in the current profile.",
		ArgsUsage: "SETTING=VALUE...",
		UsageText: "prefect config set PREFECT_LOGGING_LEVEL=DEBUG\n" +
			"prefect -p test config set PREFECT_PYTHON=/usr/bin/python3.11",
		Action: func(c *cli.Context) error { return configSet(e, c.Args().Slice()) },
	}
}

func newConfigUnsetCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "unset",
		Usage:     "Take settings out of the current profile, so that their defaults hold again.",
		ArgsUsage: "SETTING...",
		UsageText: "prefect config unset PREFECT_LOGGING_LEVEL",
		Action:    func(c *cli.Context) error { return configUnset(e, c.Args().Slice()) },
	}
}

type configViewOptions struct {
	defaults, sources bool
	output            string
}

func newConfigViewCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "view",
		Usage:     "Show the settings in force.",
		UsageText: "prefect config view --show-defaults\nprefect config view -o json",
		Flags: []cli.Flag{
			newSwitch("show-defaults", "hide-defaults", false, "Show settings that are not set as well, or not (the default)."),
			newSwitch("show-sources", "hide-sources", true, "Show where each value comes from (the default), or not."),
			newOutputFlag(),
		},
		Action: func(c *cli.Context) error {
			return configView(e, configViewOptions{c.Bool("show-defaults"), c.Bool("show-sources"), c.String("output")})
		},
	}
}

func configSet(e *env, args []string) error {
	var entries []settings.Entry
	for _, arg := range args {
		entry, err := parseEntry(arg)
		if err != nil {
			return err
		}
		entries = append(entries, entry)
	}
	s, err := e.loadSettings()
	if err != nil {
		return err
	}
	err = e.changeProfile(s, func(p *settings.Profile) error {
		for _, entry := range entries {
			p.Set(entry.Name, entry.Value)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, entry := range entries {
		e.printf("Set '%s' to '%s'.\n", entry.Name, shownEntry(entry))
		e.noteOverride(entry.Name, "override your config value")
	}
	e.printf("Updated profile '%s'.\n", s.Profile)
	e.noteNewValues(s, entries)
	return nil
}

// noteNewValues says what will come of values that were just set.
func (e *env) noteNewValues(s *settings.Settings, entries []settings.Entry) {
	local := false
	for _, entry := range entries {
		switch {
		case entry.Name == "PREFECT_API_URL" || entry.Name == "PREFECT_API_KEY":
			local = true
		case entry.Name == "PREFECT_PYTHON" && entry.Value != "":
			if _, err := python.Find(python.Search{Setting: entry.Value, Getenv: e.getenv}); err != nil {
				e.warn("%s\n", err)
			}
		}
	}
	if local {
		e.noteLocal(s)
	}
}

// parseEntry reads SETTING=VALUE and checks both sides.
func parseEntry(arg string) (settings.Entry, error) {
	name, value, ok := strings.Cut(arg, "=")
	if !ok {
		return settings.Entry{}, errorf("Failed to parse argument '%s'. Use the format 'VAR=VAL'.", arg)
	}
	setting, ok := settings.Lookup(name)
	if !ok {
		return settings.Entry{}, unknownSetting(name)
	}
	if setting.EnvironmentOnly {
		return settings.Entry{}, errorf("'%s' says where the profiles are, so it can only be set in the environment", name)
	}
	clean, err := setting.Clean(value)
	if err != nil {
		return settings.Entry{}, errorf("Validation error for setting '%s': %w", name, err)
	}
	return settings.Entry{Name: name, Value: clean}, nil
}

func unknownSetting(name string) error {
	if reason, ok := settings.WithoutEffect(name); ok {
		return errorf("'%s' has no effect here: %s", name, reason)
	}
	err := errorf("Unknown setting name '%s'.", name)
	if near := suggest.Nearest(name, settings.Names()); near != "" {
		return withHint(err, "Did you mean '%s'?", near)
	}
	return withHint(err, "The settings are shown by 'prefect config view --show-defaults'.")
}

func shownEntry(entry settings.Entry) string {
	setting, _ := settings.Lookup(entry.Name)
	return settings.Value{Setting: setting, Text: entry.Value, Source: settings.FromProfile}.Shown()
}

// noteLocal tells whoever points Prefect at a server what happens here instead.
func (e *env) noteLocal(s *settings.Settings) {
	e.note("No server is used here: everything stays in the local database %s\n", s.DBPath)
}

// noteOverride warns that an environment variable counts more than a profile.
func (e *env) noteOverride(name, effect string) {
	if e.getenv(name) != "" {
		e.warn("%s is also set by an environment variable which will %s. Run `unset %s` to clear it.\n", name, effect, name)
	}
}

// changeProfile alters the selected profile in the file.
func (e *env) changeProfile(s *settings.Settings, change func(*settings.Profile) error) error {
	return settings.UpdateProfiles(s.ProfilesPath, func(p *settings.Profiles) error {
		profile, ok := p.Get(s.Profile)
		if !ok {
			return &settings.UnknownProfileError{Name: s.Profile}
		}
		return change(profile)
	})
}

func configUnset(e *env, names []string) error {
	s, err := e.loadSettings()
	if err != nil {
		return err
	}
	err = e.changeProfile(s, func(p *settings.Profile) error {
		for _, name := range names {
			if p.Unset(name) {
				continue
			}
			if _, ok := settings.Lookup(name); !ok {
				return unknownSetting(name)
			}
			return errorf("'%s' is not set in profile '%s'.", name, s.Profile)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, name := range names {
		e.printf("Unset '%s'.\n", name)
		e.noteOverride(name, "keep it set")
	}
	e.printf("Updated profile '%s'.\n", s.Profile)
	return nil
}

func configView(e *env, o configViewOptions) error {
	s, err := e.loadSettings()
	if err != nil {
		return err
	}
	var shown []settings.Value
	for _, v := range s.Values() {
		if o.defaults || v.Source != settings.FromDefaults {
			shown = append(shown, v)
		}
	}
	if idle := s.Idle(); len(idle) > 0 {
		e.note("Set, but without effect here: %s\n", strings.Join(idle, ", "))
	}
	return e.show(o.output, settingsValue(s.Profile, shown), settingNames(shown), func(*render.Console) error {
		e.printf("PREFECT_PROFILE='%s'\n", s.Profile)
		for _, v := range shown {
			source := ""
			if o.sources {
				source = " (from " + string(v.Source) + ")"
			}
			e.printf("%s='%s'%s\n", v.Name, v.Shown(), source)
		}
		return nil
	})
}

func settingsValue(profile string, values []settings.Value) render.Dict {
	list := []any{}
	for _, v := range values {
		var text any = v.Shown()
		if v.Source == settings.FromDefaults && v.Default == "None" {
			text = nil
		}
		list = append(list, settingValue(v, text))
	}
	return render.Dict{{Key: "profile", Value: profile}, {Key: "settings", Value: list}}
}

func settingValue(v settings.Value, text any) render.Dict {
	return render.Dict{{Key: "name", Value: v.Name}, {Key: "value", Value: text}, {Key: "source", Value: string(v.Source)}}
}

func settingNames(values []settings.Value) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = v.Name
	}
	return names
}
