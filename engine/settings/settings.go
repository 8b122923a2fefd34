// Package settings finds what the user has set: in the environment, in the
// selected profile, or not at all, in this order. Profiles are in
// $PREFECT_HOME/profiles.toml, in the format of Prefect 2.1.
package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
)

// Source says where a value comes from, in the words of `config view`.
type Source string

// The sources of a value.
const (
	FromEnvironment Source = "env"
	FromProfile     Source = "profile"
	FromDefaults    Source = "defaults"
)

// Value is a setting with the value in force.
type Value struct {
	Setting
	Text   string
	Source Source
}

// Shown is the value as it may be shown: of a secret, only that there is one.
func (v Value) Shown() string {
	if v.Secret && v.Source != FromDefaults {
		return "********"
	}
	return v.Text
}

// Settings is what holds for one command.
type Settings struct {
	Home         string // absolute; nothing is created here
	ProfilesPath string
	DBPath       string // Home/prefect.db
	Profile      string // the selected one: -p, else PREFECT_PROFILE, else the active one
	Profiles     *Profiles

	environ map[string]string
}

// Load reads the environment (KEY=value) and the profiles. profile is the one
// asked for on the command line, "" for none. Where the selected profile
// doesn't exist, it returns an *UnknownProfileError and the settings
// nevertheless. Values are not checked, see Check.
func Load(environ []string, profile string) (*Settings, error) {
	s, err := Locate(environ)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(s.Home); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("PREFECT_HOME is '%s', which is no folder; set it to one, or leave it out for ~/.prefect", s.Home)
	}
	s.Profiles, err = ReadProfiles(s.ProfilesPath)
	if err != nil {
		return nil, err
	}
	switch {
	case profile != "":
		s.Profile = profile
	case s.environ["PREFECT_PROFILE"] != "":
		s.Profile = s.environ["PREFECT_PROFILE"]
	default:
		s.Profile = s.Profiles.Active
	}
	if _, ok := s.Profiles.Get(s.Profile); !ok {
		return s, &UnknownProfileError{s.Profile}
	}
	return s, nil
}

// UnknownProfileError is returned by Load where the selected profile isn't there.
type UnknownProfileError struct{ Name string }

func (e *UnknownProfileError) Error() string { return fmt.Sprintf("Unknown profile '%s'.", e.Name) }

// Locate finds the folder and files without reading any of them.
func Locate(environ []string) (*Settings, error) {
	s := &Settings{environ: map[string]string{}}
	for _, entry := range environ {
		if k, v, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(k, "PREFECT_") && v != "" {
			s.environ[k] = v
		}
	}
	home, err := absolute(orDefault(s.environ["PREFECT_HOME"], "~/.prefect"), environ)
	if err != nil {
		return nil, fmt.Errorf("find PREFECT_HOME: %w", err)
	}
	s.Home = home
	s.DBPath = filepath.Join(home, "prefect.db")
	s.ProfilesPath = filepath.Join(home, "profiles.toml")
	if path := s.environ["PREFECT_PROFILES_PATH"]; path != "" {
		path = strings.ReplaceAll(path, "${PREFECT_HOME}", home)
		if s.ProfilesPath, err = absolute(path, environ); err != nil {
			return nil, fmt.Errorf("find PREFECT_PROFILES_PATH: %w", err)
		}
	}
	return s, nil
}

func orDefault(value, fallback string) string {
	if value == "" {
		return fallback
	}
	return value
}

// absolute expands a leading ~ and makes a path independent of the folder.
func absolute(path string, environ []string) (string, error) {
	if path == "~" || strings.HasPrefix(path, "~/") || strings.HasPrefix(path, `~\`) {
		home := homeFolder(environ)
		if home == "" {
			return "", fmt.Errorf("there is no HOME to put '%s' in; set PREFECT_HOME to a folder", path)
		}
		path = filepath.Join(home, path[1:])
	}
	return filepath.Abs(path)
}

func homeFolder(environ []string) string {
	name := "HOME"
	if runtime.GOOS == "windows" {
		name = "USERPROFILE"
	}
	for i := len(environ) - 1; i >= 0; i-- {
		if k, v, ok := strings.Cut(environ[i], "="); ok && k == name && v != "" {
			return v
		}
	}
	home, _ := os.UserHomeDir()
	return home
}

// Value is the value in force of one setting. An unknown name has none.
func (s *Settings) Value(name string) (Value, bool) {
	setting, ok := Lookup(name)
	if !ok {
		return Value{}, false
	}
	if text, ok := s.environ[name]; ok {
		return Value{setting, text, FromEnvironment}, true
	}
	if text, ok := s.profile().Value(name); ok && !setting.EnvironmentOnly {
		return Value{setting, text, FromProfile}, true
	}
	return Value{setting, setting.Default, FromDefaults}, true
}

// Get is the text of a setting, "" if it isn't set anywhere.
func (s *Settings) Get(name string) string {
	if v, ok := s.Value(name); ok && v.Source != FromDefaults {
		return v.Text
	}
	return ""
}

// Values are all known settings, in order.
func (s *Settings) Values() []Value {
	values := make([]Value, len(known))
	for i, setting := range known {
		values[i], _ = s.Value(setting.Name)
	}
	return values
}

// Check returns a *ValueError for the first value that its setting can't have.
func (s *Settings) Check() error {
	for _, v := range s.Values() {
		if v.Source == FromDefaults {
			continue
		}
		if _, err := v.Clean(v.Text); err != nil {
			return &ValueError{v, err}
		}
	}
	return nil
}

// ValueError is a value that its setting can't have.
type ValueError struct {
	Value
	Reason error
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%s '%s' (from %s): %v", e.Name, e.Text, e.Source, e.Reason)
}

// Idle are the names in the profile and, of Prefect 2.1.1's settings, in the
// environment that change nothing here.
func (s *Settings) Idle() []string {
	var names []string
	for _, entry := range s.profile().Entries {
		if setting, ok := Lookup(entry.Name); !ok || setting.EnvironmentOnly {
			names = append(names, entry.Name)
		}
	}
	for name := range s.environ {
		if _, ok := withoutEffect[name]; ok {
			if _, twice := s.profile().Value(name); !twice {
				names = append(names, name)
			}
		}
	}
	sort.Strings(names)
	return names
}

// Environ is what the processes of a flow are to find in their environment
// besides what is there already: the profile's settings, as KEY=value.
func (s *Settings) Environ() []string {
	var environ []string
	for _, v := range s.Values() {
		if v.Source == FromProfile {
			environ = append(environ, v.Name+"="+v.Text)
		}
	}
	return environ
}

func (s *Settings) profile() *Profile {
	if p, ok := s.Profiles.Get(s.Profile); ok {
		return p
	}
	return &Profile{}
}
