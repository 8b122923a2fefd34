package manifest

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"prefect/engine/manifest/pyyaml"
	"prefect/engine/ordered"
	"prefect/engine/pattern"
)

// Given tells which fields the person who builds has set on the command line. Parameters and
// infra_overrides need no mark: build fills them only from the command line.
type Given struct {
	Description, Version, WorkQueueName, Tags, Schedule, Infrastructure bool
}

// Rebuilt is what build shall do with a file that is there already.
type Rebuilt struct {
	Deployment *Deployment
	Data       []byte   // the file as it shall be
	Unchanged  bool     // the file says so already: leave it alone
	Kept       []string // paths of what a person had changed and the build keeps, such as "infrastructure.env"
	Lost       string   // see Lost
	Backup     bool     // a person's own comments would be lost: keep the old file as FILE.bak
}

// UnreadableError says that the file in the way is no deployment, so nothing of it could be kept.
type UnreadableError struct{ Err error }

func (e *UnreadableError) Error() string { return e.Err.Error() }

func (e *UnreadableError) Unwrap() error { return e.Err }

// OtherDeploymentError says that the file in the way describes another deployment.
type OtherDeploymentError struct {
	File                 string
	FlowName, Name       string // what the file describes
	NewFlowName, NewName string
}

func (e *OtherDeploymentError) Error() string {
	return fmt.Sprintf("%s describes the deployment '%s/%s', not '%s/%s'", e.File, e.FlowName, e.Name, e.NewFlowName, e.NewName)
}

// Rebuild brings the file of an earlier build up to date. What a person may edit, above the line
// DO NOT EDIT, stays as it is unless the command line says otherwise; what is below is built anew.
// The error is an *UnreadableError or an *OtherDeploymentError if the file is not this deployment's.
func Rebuild(old []byte, filename string, built *Deployment, given Given) (*Rebuilt, error) {
	before, err := Read(old, filename)
	if err != nil {
		return nil, &UnreadableError{err}
	}
	if before.Name != built.Name || before.FlowName != built.FlowName {
		return nil, &OtherDeploymentError{filename, before.FlowName, before.Name, built.FlowName, built.Name}
	}
	r := &Rebuilt{}
	r.Deployment, r.Kept = Merge(before, built, given)
	r.Lost = Lost(before, built)
	if r.Data, err = Write(r.Deployment); err != nil {
		return nil, err
	}
	if queue := DefaultWorkQueue; !before.Has("work_queue_name") {
		before.WorkQueueName = &queue
	}
	said, err := Write(before)
	if err != nil {
		return nil, err
	}
	if r.Unchanged = bytes.Equal(said, r.Data); r.Unchanged {
		r.Data = old
		return r, nil
	}
	r.Backup = hasOwnComments(old)
	return r, nil
}

// Merge keeps of an earlier build what a person has edited, and says what that is: whatever differs
// from the new build and was not given on its command line. A key that the old file lacks is built
// anew. A version is taken for hand-written unless it looks like the MD5 sum that build writes.
func Merge(old, built *Deployment, given Given) (merged *Deployment, kept []string) {
	d := *built
	m := merger{old: old}
	keep(&m, "description", &d.Description, old.Description, given.Description || old.Description == nil)
	keep(&m, "version", &d.Version, old.Version, given.Version || IsDigest(old.Version))
	keep(&m, "work_queue_name", &d.WorkQueueName, old.WorkQueueName, given.WorkQueueName)
	keep(&m, "tags", &d.Tags, old.Tags, given.Tags)
	m.keepPairs("parameters", &d.Parameters, old.Parameters)
	if given.Schedule {
		d.Schedule = withAnchor(d.Schedule, old.Schedule)
	}
	keep(&m, "schedule", &d.Schedule, old.Schedule, given.Schedule)
	m.keepPairs("infra_overrides", &d.InfraOverrides, old.InfraOverrides)
	i, was := &d.Infrastructure, old.Infrastructure
	keep(&m, "infrastructure.env", &i.Env, was.Env, given.Infrastructure)
	keep(&m, "infrastructure.labels", &i.Labels, was.Labels, given.Infrastructure)
	keep(&m, "infrastructure.name", &i.Name, was.Name, given.Infrastructure)
	keep(&m, "infrastructure.command", &i.Command, was.Command, given.Infrastructure)
	keep(&m, "infrastructure.stream_output", &i.StreamOutput, was.StreamOutput, given.Infrastructure)
	return &d, m.kept
}

// Lost says by which key an earlier build had the flow's files elsewhere than in its folder, if the
// new one has not: "storage" or "snapshot"; "" for neither.
func Lost(old, built *Deployment) string {
	switch {
	case built.Storage != nil || built.Snapshot != "":
		return ""
	case old.Storage != nil:
		return "storage"
	case old.Snapshot != "":
		return "snapshot"
	}
	return ""
}

type merger struct {
	old  *Deployment
	kept []string
}

// keep puts the old value in place of the built one, unless that one shall win or the old file has
// no such key.
func keep[T any](m *merger, path string, built *T, old T, builtWins bool) {
	if builtWins || !m.old.Has(path) || same(*built, old) {
		return
	}
	*built = old
	m.kept = append(m.kept, path)
}

// same compares two values; nil and empty collections are the same.
func same(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Kind() == reflect.Slice && va.Len() == 0 && vb.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}

// keepPairs keeps the old pairs, except those that the command line sets anew.
func (m *merger) keepPairs(path string, built *yaml.MapSlice, old yaml.MapSlice) {
	both := old
	for _, item := range *built {
		both = ordered.Set(both, item.Key.(string), item.Value)
	}
	if len(both) > len(*built) {
		m.kept = append(m.kept, path)
	}
	*built = both
}

// IsDigest tells whether a version is what build makes up: nothing, an MD5 sum, or as much of the
// name of a snapshot.
func IsDigest(version *string) bool {
	return version == nil || digestPattern.MatchString(*version)
}

var (
	digestPattern    = pattern.New(`^[0-9a-f]{32}$`)
	digestOfSnapshot = pattern.New(`^[0-9a-f]{64}$`)
)

// withAnchor lets an interval that is built again keep the time it is counted from, so that the
// runs stay where they are.
func withAnchor(built, old *Schedule) *Schedule {
	if built == nil || old == nil || !same(built.Interval, old.Interval) || built.Interval == nil ||
		old.AnchorDate == nil || !same(built.Timezone, old.Timezone) {
		return built
	}
	s := *built
	s.AnchorDate = old.AnchorDate
	return &s
}

// hasOwnComments tells whether a file has comments besides those that build writes.
func hasOwnComments(data []byte) bool {
	comments, err := pyyaml.Comments(data)
	return err == nil && slices.ContainsFunc(comments, func(c string) bool {
		return c != "###" && c != queueComment && c != belowComment && !strings.HasPrefix(c, titleComment)
	})
}
