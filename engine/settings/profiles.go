package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// DefaultProfile always exists, empty if nothing was ever set in it.
const DefaultProfile = "default"

// Profiles is the content of a profiles.toml.
type Profiles struct {
	Active string
	List   []*Profile // in the file's order
}

// Profile is a named set of settings.
type Profile struct {
	Name    string
	Entries []Entry // in the file's order
}

// Entry is one setting of a profile.
type Entry struct{ Name, Value string }

// Get finds a profile by its name.
func (p *Profiles) Get(name string) (*Profile, bool) {
	for _, profile := range p.List {
		if profile.Name == name {
			return profile, true
		}
	}
	return nil, false
}

// Add puts a profile at the end.
func (p *Profiles) Add(profile *Profile) { p.List = append(p.List, profile) }

// Remove takes a profile away. The default profile is emptied instead.
func (p *Profiles) Remove(name string) {
	for i, profile := range p.List {
		if profile.Name != name {
			continue
		}
		if name == DefaultProfile {
			profile.Entries = nil
			return
		}
		p.List = append(p.List[:i], p.List[i+1:]...)
		return
	}
}

// Value is the value of a setting in the profile.
func (p *Profile) Value(name string) (string, bool) {
	for _, e := range p.Entries {
		if e.Name == name {
			return e.Value, true
		}
	}
	return "", false
}

// Set gives a setting a value, in its place if it had one.
func (p *Profile) Set(name, value string) {
	for i, e := range p.Entries {
		if e.Name == name {
			p.Entries[i].Value = value
			return
		}
	}
	p.Entries = append(p.Entries, Entry{name, value})
}

// Unset takes a setting away and reports whether it was there.
func (p *Profile) Unset(name string) bool {
	for i, e := range p.Entries {
		if e.Name == name {
			p.Entries = append(p.Entries[:i], p.Entries[i+1:]...)
			return true
		}
	}
	return false
}

// ReadProfiles reads a profiles.toml. A file that isn't there is one with an
// empty default profile.
func ReadProfiles(path string) (*Profiles, error) {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the profiles: %w", err)
	}
	profiles, err := parse(data)
	if err != nil {
		return nil, fmt.Errorf("'%s' is not a profiles file: %w; mend it, or move it away", path, err)
	}
	return profiles, nil
}

func parse(data []byte) (*Profiles, error) {
	if !utf8.Valid(data) {
		return nil, errors.New("it is not UTF-8 text")
	}
	var file struct {
		Active   string                    `toml:"active"`
		Profiles map[string]map[string]any `toml:"profiles"`
	}
	meta, err := toml.Decode(string(data), &file)
	if err != nil {
		return nil, tomlError(err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		return nil, fmt.Errorf("it has an entry '%s' that is neither 'active' nor a profile", extra[0])
	}
	p := &Profiles{Active: orDefault(file.Active, DefaultProfile)}
	for _, key := range meta.Keys() {
		if table := meta.Type(key...) == "Hash"; !table && key[0] == "profiles" && len(key) < 3 {
			return nil, fmt.Errorf("'%s' in it is not a table", key)
		}
		if err := p.addKey(key, file.Profiles); err != nil {
			return nil, err
		}
	}
	if _, ok := p.Get(DefaultProfile); !ok {
		p.List = append([]*Profile{{Name: DefaultProfile}}, p.List...)
	}
	return p, nil
}

// addKey takes one key of the file, which come in the file's order.
func (p *Profiles) addKey(key toml.Key, values map[string]map[string]any) error {
	if len(key) < 2 {
		return nil
	}
	profile, ok := p.Get(key[1])
	if !ok {
		profile = &Profile{Name: key[1]}
		p.Add(profile)
	}
	if len(key) < 3 {
		return nil
	}
	switch v := values[key[1]][key[2]].(type) {
	case string:
		profile.Set(key[2], v)
	case bool:
		profile.Set(key[2], map[bool]string{true: "True", false: "False"}[v])
	case int64, float64:
		profile.Set(key[2], fmt.Sprint(v))
	default:
		return fmt.Errorf("the value of '%s' in profile '%s' is not a text", key[2], key[1])
	}
	return nil
}

func tomlError(err error) error {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("line %d: %s", parse.Position.Line, parse.Message)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "toml: "))
}

// encode writes the profiles as Prefect does.
func (p *Profiles) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "active = %s\n", quote(p.Active))
	for _, profile := range p.List {
		fmt.Fprintf(&b, "\n[profiles.%s]\n", tomlKey(profile.Name))
		for _, e := range profile.Entries {
			fmt.Fprintf(&b, "%s = %s\n", tomlKey(e.Name), quote(e.Value))
		}
	}
	return b.Bytes()
}

func tomlKey(key string) string {
	for _, r := range key {
		bare := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-'
		if !bare {
			return quote(key)
		}
	}
	if key == "" {
		return `""`
	}
	return key
}

// quote writes a TOML basic string.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
