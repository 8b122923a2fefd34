package settings

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const twoProfiles = `active = "work"

[profiles.default]
PREFECT_LOGGING_LEVEL = "WARNING"

[profiles.work]
PREFECT_LOGGING_LEVEL = "DEBUG"
PREFECT_PYTHON = "/usr/bin/python3"
PREFECT_HOME = "/elsewhere"
`

func TestEnvironmentBeforeProfileBeforeDefault(t *testing.T) {
	home := t.TempDir()
	write(t, filepath.Join(home, "profiles.toml"), twoProfiles)
	for _, c := range []struct {
		environ []string
		flag    string
		profile string
		level   string
		source  Source
	}{
		{nil, "", "work", "DEBUG", FromProfile},
		{[]string{"PREFECT_PROFILE=default"}, "", "default", "WARNING", FromProfile},
		{[]string{"PREFECT_PROFILE=default"}, "work", "work", "DEBUG", FromProfile},
		{[]string{"PREFECT_LOGGING_LEVEL=ERROR"}, "", "work", "ERROR", FromEnvironment},
		{[]string{"PREFECT_LOGGING_LEVEL="}, "", "work", "DEBUG", FromProfile},
	} {
		s, err := Load(append(c.environ, "PREFECT_HOME="+home), c.flag)
		if err != nil {
			t.Fatal(err)
		}
		v, _ := s.Value("PREFECT_LOGGING_LEVEL")
		if s.Profile != c.profile || v.Text != c.level || v.Source != c.source {
			t.Errorf("%v, -p %q: profile %s, %s from %s", c.environ, c.flag, s.Profile, v.Text, v.Source)
		}
	}
	s, _ := Load([]string{"PREFECT_HOME=" + home}, "")
	if s.Home != home || s.DBPath != filepath.Join(home, "prefect.db") {
		t.Errorf("a profile moved its own home: %s, %s", s.Home, s.DBPath)
	}
	want := []string{"PREFECT_LOGGING_LEVEL=DEBUG", "PREFECT_PYTHON=/usr/bin/python3"}
	if got := s.Environ(); !reflect.DeepEqual(got, want) {
		t.Errorf("flows get %v", got)
	}
	if got := s.Get("PREFECT_API_URL"); got != "" {
		t.Errorf("an unset setting is %q", got)
	}
}

func TestHome(t *testing.T) {
	user := t.TempDir()
	t.Setenv("HOME", user)
	t.Setenv("USERPROFILE", user)
	for set, want := range map[string]string{
		"":          filepath.Join(user, ".prefect"),
		"~":         user,
		"~/x":       filepath.Join(user, "x"),
		"/abs/path": "/abs/path",
	} {
		s, err := Locate([]string{"HOME=" + user, "USERPROFILE=" + user, "PREFECT_HOME=" + set})
		if err != nil {
			t.Fatal(err)
		}
		if want, _ = filepath.Abs(want); s.Home != want {
			t.Errorf("PREFECT_HOME=%s is %s, want %s", set, s.Home, want)
		}
	}
	s, err := Locate([]string{"PREFECT_HOME=" + user, "PREFECT_PROFILES_PATH=${PREFECT_HOME}/p.toml"})
	if err != nil || s.ProfilesPath != filepath.Join(user, "p.toml") {
		t.Errorf("profiles are at %s: %v", s.ProfilesPath, err)
	}
}

func TestCheckFindsImpossibleValues(t *testing.T) {
	home := t.TempDir()
	for entry, want := range map[string]string{
		"PREFECT_LOGGING_LEVEL=loud": "PREFECT_LOGGING_LEVEL 'loud' (from env): value is not one of",
		"PREFECT_DEBUG_MODE=maybe":   "PREFECT_DEBUG_MODE 'maybe' (from env): value could not be parsed to a boolean",
		"PREFECT_LOGGING_LEVEL=15":   "",
		"PREFECT_DEBUG_MODE=1":       "",
	} {
		s, err := Load([]string{"PREFECT_HOME=" + home, entry}, "")
		if err != nil {
			t.Fatal(err)
		}
		err = s.Check()
		if (want == "") != (err == nil) || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", entry, err)
		}
	}
}

// A file that real Prefect or a person wrote is read, and written back with
// nothing lost.
func TestProfilesComeBackUnchanged(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profiles.toml")
	write(t, path, twoProfiles)
	if err := UpdateProfiles(path, func(*Profiles) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(path); string(data) != twoProfiles {
		t.Errorf("rewritten as\n%s", data)
	}
	odd := "[profiles.\"my prof\"]\nA = 'quo\"te\\'\nN = 3\nB = true\nF = 1.5\n"
	write(t, path, odd)
	if err := UpdateProfiles(path, func(*Profiles) error { return nil }); err != nil {
		t.Fatal(err)
	}
	p, err := ReadProfiles(path)
	if err != nil {
		t.Fatal(err)
	}
	profile, _ := p.Get("my prof")
	want := []Entry{{"A", `quo"te\`}, {"N", "3"}, {"B", "True"}, {"F", "1.5"}}
	if profile == nil || !reflect.DeepEqual(profile.Entries, want) || p.Active != DefaultProfile {
		t.Errorf("came back as %+v", profile)
	}
}

func TestBadProfilesAreNamedAndLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profiles.toml")
	for text, want := range map[string]string{
		"active = \"x\"\n\nnonsense here\n": "line 3",
		"other = 1\n":                       "an entry 'other'",
		"[profiles.a]\nX = [1]\n":           "'X' in profile 'a' is not a text",
		"active = 3\n":                      "",
		"active = \"\xff\"\n":               "not UTF-8",
		"[profiles.a]\nX=\"1\"\nX=\"2\"\n":  "line",
		"profiles.a = 4\n":                  "'profiles.a' in it is not a table",
		"[[profiles]]\n":                    "",
		"profiles = 4\n":                    "'profiles' in it is not a table",
		"[profiles.a.b]\nX = \"deep\"\n":    "an entry 'profiles.a.b.X'",
	} {
		write(t, path, text)
		err := UpdateProfiles(path, func(p *Profiles) error { p.Active = "changed"; return nil })
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v", text, err)
		}
		if data, _ := os.ReadFile(path); string(data) != text {
			t.Errorf("%q was changed to %q", text, data)
		}
	}
}

func TestAnErrorWritesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "profiles.toml")
	stop := errors.New("stop")
	if err := UpdateProfiles(path, func(*Profiles) error { return stop }); err != stop {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file was written: %v", err)
	}
}

// Many writers at once, as separate commands would be: no setting is lost.
func TestNoWriterLosesAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "profiles.toml")
	var group sync.WaitGroup
	const writers, each = 8, 10
	for w := range writers {
		group.Go(func() {
			for i := range each {
				err := UpdateProfiles(path, func(p *Profiles) error {
					p.Add(&Profile{Name: fmt.Sprintf("w%d-%d", w, i)})
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	p, err := ReadProfiles(path)
	if err != nil || len(p.List) != writers*each+1 {
		t.Errorf("%d profiles are left: %v", len(p.List), err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("others may read the file: %v, %v", info.Mode(), err)
	}
}

func TestALinkStaysALink(t *testing.T) {
	folder := t.TempDir()
	target, path := filepath.Join(folder, "mine.toml"), filepath.Join(folder, "profiles.toml")
	write(t, target, twoProfiles)
	if err := os.Symlink(target, path); err != nil {
		t.Skip("no symbolic links here:", err)
	}
	if err := UpdateProfiles(path, func(p *Profiles) error { p.Active = "default"; return nil }); err != nil {
		t.Fatal(err)
	}
	if p, err := ReadProfiles(target); err != nil || p.Active != "default" {
		t.Errorf("the target wasn't written: %v", err)
	}
	if info, _ := os.Lstat(path); info.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced by a file")
	}
}

// FuzzProfiles: whatever is read is written so that it reads the same.
func FuzzProfiles(f *testing.F) {
	f.Add(twoProfiles)
	f.Add("[profiles.\"a b\"]\n\"K\\u0000\" = \"\"\"x\ny\"\"\"\n")
	f.Add("active = \"\"\n[profiles.\"\"]\n")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parse([]byte(text))
		if err != nil {
			return
		}
		again, err := parse(p.encode())
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Errorf("%q\nbecame %q: %v", text, p.encode(), err)
		}
	})
}

func TestEverySettingIsKnownOrExplained(t *testing.T) {
	for _, s := range Known() {
		if _, idle := WithoutEffect(s.Name); idle {
			t.Errorf("%s is both in force and without effect", s.Name)
		}
		if s.Default != "" && s.Default != "None" {
			if _, err := s.Clean(s.Default); err != nil {
				t.Errorf("%s can't have its own default: %v", s.Name, err)
			}
		}
	}
}
