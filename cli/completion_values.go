package cli

import (
	"context"
	"slices"
	"strings"

	"prefect/engine/params"
	"prefect/engine/schedule"
	"prefect/engine/settings"
	"prefect/store"

	"github.com/urfave/cli/v2"
)

// completer finds what an argument or the value of an option can be. What it can't find out it leaves
// away, and what doesn't begin as the word does it may return.
type completer func(context.Context, *env, *typing) []candidate

// argumentCompleters says what the first argument of a command is, and the others where it takes any
// number of them. Commands that aren't named have what their group has; nil is for words that are new
// or can't be known.
var argumentCompleters = map[string]completer{
	"agent":                    workQueueNames,
	"block":                    blockSlugs,
	"block create":             nil,
	"block type":               blockTypeSlugs,
	"concurrency-limit":        limitedTags,
	"concurrency-limit create": nil,
	"config set":               settingAssignments,
	"config unset":             settingNamesInForce,
	"deployment":               deploymentNames,
	"deployment apply":         fileNames,
	"deployment build":         entrypoints,
	"deployment files":         fileNames,
	"flow-run":                 flowRunNames,
	"profile":                  profileCandidates,
	"profile create":           nil,
	"quickstart":               fileNames,
	"work-queue":               workQueueNames,
	"work-queue create":        nil,
}

// optionCompleters says what the values of options are, wherever they occur or for one command only.
var optionCompleters = map[string]completer{
	"block --id":                blockIDs,
	"block create --basepath":   fileNames,
	"deployment --id":           deploymentIDs,
	"deployment build --output": fileNames,
	"profile create --from":     profileCandidates,
	"--flow-name":               flowNames,
	"--param":                   parameterAssignments,
	"--params":                  fileNames,
	"--profile":                 profileCandidates,
	"--python":                  fileNames,
	"--storage-block":           storageBlockSlugs,
	"--state":                   stateNames,
	"--state-type":              stateTypes,
	"--timezone":                timeZones,
	"--work-queue":              workQueueNames,
}

func argumentCompleter(path []*cli.Command) completer {
	words := commandWords(path)
	for len(words) > 0 {
		if complete, ok := argumentCompleters[strings.Join(words, " ")]; ok {
			return complete
		}
		words = words[:len(words)-1]
	}
	return nil
}

func optionCompleter(path []*cli.Command, f cli.Flag) completer {
	words := commandWords(path)
	option := "--" + f.Names()[0]
	for {
		if complete, ok := optionCompleters[strings.Join(append(words[:len(words):len(words)], option), " ")]; ok {
			return complete
		}
		if len(words) == 0 {
			return nil
		}
		words = words[:len(words)-1]
	}
}

func commandWords(path []*cli.Command) []string {
	var words []string
	for _, c := range path {
		words = append(words, c.Name)
	}
	return words
}

func fileNames(context.Context, *env, *typing) []candidate { return []candidate{{}} }

// entrypoints are scripts, and after "flow.py:" what only the script could tell.
func entrypoints(_ context.Context, _ *env, t *typing) []candidate {
	if strings.Contains(t.word, ".py:") {
		return nil
	}
	return []candidate{{}}
}

func timeZones(context.Context, *env, *typing) []candidate {
	return candidatesOf(schedule.Zones()...)
}

func stateTypes(context.Context, *env, *typing) []candidate {
	var found []candidate
	for _, t := range store.AllStateTypes() {
		found = append(found, candidate{text: string(t)})
	}
	return found
}

func profileCandidates(_ context.Context, e *env, _ *typing) []candidate {
	s, err := settings.Locate(e.environ)
	if err != nil {
		return nil
	}
	profiles, err := settings.ReadProfiles(s.ProfilesPath)
	if err != nil {
		return nil
	}
	return candidatesOf(profileNames(profiles)...)
}

func settingAssignments(_ context.Context, _ *env, t *typing) []candidate {
	name, _, named := strings.Cut(t.word, "=")
	var found []candidate
	for _, s := range settings.Known() {
		switch {
		case s.EnvironmentOnly:
		case !named:
			found = append(found, candidate{s.Name + "=", s.Default})
		case s.Name == name:
			for _, value := range s.Values {
				found = append(found, candidate{name + "=" + value, ""})
			}
		}
	}
	return found
}

func settingNamesInForce(_ context.Context, e *env, t *typing) []candidate {
	s, err := settings.Load(e.environ, t.profile())
	if err != nil {
		return nil
	}
	profile, ok := s.Profiles.Get(s.Profile)
	if !ok {
		return nil
	}
	var found []candidate
	for _, entry := range profile.Entries {
		found = append(found, candidate{entry.Name, shownEntry(entry)})
	}
	return found
}

// profile is the value of -p/--profile, as far as it has been typed.
func (t *typing) profile() string {
	name := ""
	for _, option := range t.options[0] {
		if value, ok := strings.CutPrefix(option, "--profile="); ok {
			name = value
		}
	}
	return name
}

// manyRuns is how many flow runs are offered: nobody looks through more.
const manyRuns = 100

func deploymentNames(ctx context.Context, e *env, t *typing) []candidate {
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) { return db.DeploymentNames(ctx, t.word) })
}

func deploymentIDs(ctx context.Context, e *env, t *typing) []candidate {
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) { return db.DeploymentIDs(ctx, t.word) })
}

func flowNames(ctx context.Context, e *env, t *typing) []candidate {
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) { return db.FlowNames(ctx, t.word) })
}

func workQueueNames(ctx context.Context, e *env, t *typing) []candidate {
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) { return db.WorkQueueNames(ctx, t.word) })
}

func limitedTags(ctx context.Context, e *env, t *typing) []candidate {
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) { return db.LimitedTags(ctx, t.word) })
}

func flowRunNames(ctx context.Context, e *env, t *typing) []candidate {
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) { return db.FlowRunNames(ctx, t.word, manyRuns) })
}

// parameterAssignments are the parameters of the deployment that is named before, as NAME=.
func parameterAssignments(ctx context.Context, e *env, t *typing) []candidate {
	if len(t.args) == 0 {
		return nil
	}
	flow, name, _ := strings.Cut(t.args[0], "/")
	return e.lookUp(ctx, func(db *store.DB) ([]store.Named, error) {
		d, err := db.DeploymentByName(ctx, flow, name)
		if err != nil {
			return nil, err
		}
		return parameterNames(d)
	})
}

func parameterNames(d store.Deployment) ([]store.Named, error) {
	schema, err := params.New(d.ParameterOpenAPISchema)
	if err != nil {
		return nil, err
	}
	var names []store.Named
	for _, name := range schema.Names() {
		note := ""
		if slices.Contains(schema.Required(), name) {
			note = "required"
		}
		names = append(names, store.Named{Name: name + "=", Note: note})
	}
	return names, nil
}

// lookUp asks the database, which is not made for this if there is none.
func (e *env) lookUp(ctx context.Context, ask func(*store.DB) ([]store.Named, error)) []candidate {
	s, err := settings.Locate(e.environ)
	if err != nil {
		return nil
	}
	db, err := store.OpenExisting(ctx, s.DBPath)
	if err != nil {
		return nil
	}
	defer db.Close()
	named, err := ask(db)
	if err != nil {
		return nil
	}
	found := make([]candidate, len(named))
	for i, n := range named {
		found[i] = candidate{n.Name, n.Note}
	}
	return found
}
