package cli

import (
	"errors"
	"strings"

	"prefect/cli/render"
	"prefect/engine/settings"
	"prefect/engine/suggest"

	"github.com/urfave/cli/v2"
)

func newProfileCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "profile",
		Aliases:   []string{"profiles"},
		Usage:     "Keep several sets of settings and switch between them.",
		UsageText: "prefect profile create test\nprefect profile use test",
		Subcommands: []*cli.Command{
			newProfileCreateCmd(e),
			newProfileDeleteCmd(e),
			newProfileInspectCmd(e),
			newProfileLsCmd(e),
			newProfileRenameCmd(e),
			newProfileUseCmd(e),
		},
	}
}

func newProfileCreateCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "create",
		Usage:     "Make a new profile.",
		ArgsUsage: "NAME",
		UsageText: "prefect profile create test\nprefect profile create test --from default",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "from", Usage: "Copy the settings of profile `NAME`."},
		},
		Action: func(c *cli.Context) error {
			return profileCreate(e, c.Args().First(), c.String("from"))
		},
	}
}

func newProfileDeleteCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "delete",
		Usage:     "Delete a profile; the default profile is emptied.",
		ArgsUsage: "NAME",
		UsageText: "prefect profile delete test",
		Action:    func(c *cli.Context) error { return profileDelete(e, c.Args().First()) },
	}
}

func newProfileInspectCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "inspect",
		Usage:     "Show the settings in a profile, the active one if none is named.",
		ArgsUsage: "[NAME]",
		UsageText: "prefect profile inspect test",
		Flags:     []cli.Flag{newOutputFlag()},
		Action: func(c *cli.Context) error {
			return profileInspect(e, c.Args().First(), c.String("output"))
		},
	}
}

func newProfileLsCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "ls",
		Usage:     "List the profiles.",
		UsageText: "prefect profile ls",
		Flags:     []cli.Flag{newOutputFlag()},
		Action:    func(c *cli.Context) error { return profileLs(e, c.String("output")) },
	}
}

func newProfileRenameCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "rename",
		Usage:     "Give a profile another name.",
		ArgsUsage: "NAME NEW_NAME",
		UsageText: "prefect profile rename test staging",
		Action:    func(c *cli.Context) error { return profileRename(e, c.Args().Get(0), c.Args().Get(1)) },
	}
}

func newProfileUseCmd(e *env) *cli.Command {
	return &cli.Command{
		Name:      "use",
		Usage:     "Make a profile the active one.",
		ArgsUsage: "NAME",
		UsageText: "prefect profile use test",
		Action:    func(c *cli.Context) error { return profileUse(e, c.Args().First()) },
	}
}

// profiles reads the profiles also where the selected one doesn't exist, so
// that the commands of this file can put that right.
func (e *env) profiles() (*settings.Settings, error) {
	s, err := settings.Load(e.environ, e.profile)
	if unknown := (*settings.UnknownProfileError)(nil); errors.As(err, &unknown) {
		return s, nil
	}
	return s, err
}

func noProfile(name string, p *settings.Profiles) error {
	err := errorf("Profile '%s' not found.", name)
	if near := suggest.Nearest(name, profileNames(p)); near != "" {
		return withHint(err, "Did you mean '%s'?", near)
	}
	return err
}

func profileNames(p *settings.Profiles) []string {
	names := make([]string, len(p.List))
	for i, profile := range p.List {
		names[i] = profile.Name
	}
	return names
}

// checkProfileName refuses names that can't be told apart when shown.
func checkProfileName(name string) error {
	if strings.TrimSpace(name) != name || name == "" || render.SafeLine(name) != name {
		return errorf("'%s' can't be the name of a profile: it is empty, or has spaces around it or characters that can't be shown", name)
	}
	return nil
}

func profileCreate(e *env, name, from string) error {
	s, err := e.profiles()
	if err != nil {
		return err
	}
	if err := checkProfileName(name); err != nil {
		return err
	}
	err = settings.UpdateProfiles(s.ProfilesPath, func(p *settings.Profiles) error {
		if _, ok := p.Get(name); ok {
			return withHint(errorf("Profile '%s' already exists.", name),
				"To create a new profile, remove the existing profile first: prefect profile delete '%s'", name)
		}
		profile := &settings.Profile{Name: name}
		if from != "" {
			source, ok := p.Get(from)
			if !ok {
				return noProfile(from, p)
			}
			profile.Entries = append(profile.Entries, source.Entries...)
		}
		p.Add(profile)
		return nil
	})
	if err != nil {
		return err
	}
	if from == "" {
		from = "None"
	}
	e.success("\nCreated profile with properties:\n    name - '%s'\n    from name - %s\n\n"+
		"Use created profile for future, subsequent commands:\n    prefect profile use '%s'\n\n"+
		"Use created profile temporarily for a single command:\n    prefect -p '%s' config view\n\n", name, from, name, name)
	return nil
}

func profileDelete(e *env, name string) error {
	s, err := e.profiles()
	if err != nil {
		return err
	}
	err = settings.UpdateProfiles(s.ProfilesPath, func(p *settings.Profiles) error {
		if _, ok := p.Get(name); !ok {
			return noProfile(name, p)
		}
		if name == s.Profile || name == p.Active {
			return errorf("Profile '%s' is the active profile. You must switch profiles before it can be deleted.", name)
		}
		p.Remove(name)
		return nil
	})
	if err != nil {
		return err
	}
	if name == settings.DefaultProfile {
		e.success("Reset profile '%s'.\n", name)
	} else {
		e.success("Removed profile '%s'.\n", name)
	}
	return nil
}

func profileInspect(e *env, name, output string) error {
	s, err := e.profiles()
	if err != nil {
		return err
	}
	if name == "" {
		name = s.Profile
		e.note("No name provided, defaulting to '%s'\n", name)
	}
	profile, ok := s.Profiles.Get(name)
	if !ok {
		return noProfile(name, s.Profiles)
	}
	entries, names := render.Dict{}, []string{}
	for _, entry := range profile.Entries {
		entries = append(entries, render.Field{Key: entry.Name, Value: shownEntry(entry)})
		names = append(names, entry.Name)
	}
	value := render.Dict{{Key: "name", Value: name}, {Key: "settings", Value: entries}}
	return e.show(output, value, names, func(*render.Console) error {
		if len(entries) == 0 {
			e.printf("Profile '%s' is empty.\n", name)
		}
		for _, entry := range profile.Entries {
			e.printf("%s='%s'\n", entry.Name, shownEntry(entry))
		}
		return nil
	})
}

func profileLs(e *env, output string) error {
	s, err := e.profiles()
	if err != nil {
		return err
	}
	list := []any{}
	table := render.Table{
		Columns:      []render.Column{{Header: "Available Profiles:", Right: true, Style: render.Muted}},
		HeaderStyle:  render.Heading,
		Caption:      "* active profile",
		CaptionStyle: render.DimItalic,
	}
	for _, name := range profileNames(s.Profiles) {
		active := name == s.Profile
		list = append(list, render.Dict{{Key: "name", Value: name}, {Key: "active", Value: active}})
		cell := render.Text("  " + name)
		if active {
			cell = render.Styled(render.Green, "  * "+name)
		}
		table.Rows = append(table.Rows, []render.Cell{cell})
	}
	return e.show(output, list, profileNames(s.Profiles), func(out *render.Console) error {
		return out.Table(table)
	})
}

func profileRename(e *env, name, newName string) error {
	s, err := e.profiles()
	if err != nil {
		return err
	}
	if err := checkProfileName(newName); err != nil {
		return err
	}
	err = settings.UpdateProfiles(s.ProfilesPath, func(p *settings.Profiles) error {
		profile, ok := p.Get(name)
		if !ok {
			return noProfile(name, p)
		}
		if _, ok := p.Get(newName); ok {
			return errorf("Profile '%s' already exists.", newName)
		}
		profile.Name = newName
		if p.Active == name {
			p.Active = newName
		}
		return nil
	})
	if err != nil {
		return err
	}
	e.success("Renamed profile '%s' to '%s'.\n", name, newName)
	return nil
}

func profileUse(e *env, name string) error {
	s, err := e.profiles()
	if err != nil {
		return err
	}
	usesServer := false
	err = settings.UpdateProfiles(s.ProfilesPath, func(p *settings.Profiles) error {
		profile, ok := p.Get(name)
		if !ok {
			return noProfile(name, p)
		}
		_, usesServer = profile.Value("PREFECT_API_URL")
		p.Active = name
		return nil
	})
	if err != nil {
		return err
	}
	e.success("Active profile is now '%s'.\n", name)
	e.noteOverride("PREFECT_PROFILE", "select another profile")
	if usesServer {
		e.noteLocal(s)
	}
	return nil
}
