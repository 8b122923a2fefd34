package runner

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"prefect/store"
)

// protocol is the version of the channel's messages.
const protocol = 1

// message is any line that the flow's Python process sends; Kind says which fields count.
// ARCHITECTURE.md has the list.
type message struct {
	Kind string `json:"k"`
	N    int64  `json:"n"` // a question's number
	At   int64  `json:"at"`

	// hello
	Version    int    `json:"v"`
	PID        int    `json:"pid"`
	Python     string `json:"python"`
	Executable string `json:"executable"`

	// flow_run, task_run, and their states
	ID              string          `json:"id"`
	Name            string          `json:"name"`
	FlowName        string          `json:"flow_name"`
	FlowVersion     *string         `json:"flow_version"`
	ParentTaskRunID *string         `json:"parent_task_run_id"`
	Parameters      json.RawMessage `json:"parameters"`
	Tags            json.RawMessage `json:"tags"`
	FlowRunID       string          `json:"flow_run_id"`
	TaskKey         string          `json:"task_key"`
	DynamicKey      string          `json:"dynamic_key"`
	Inputs          json.RawMessage `json:"inputs"`
	StateID         string          `json:"state_id"`
	State           *wireState      `json:"state"`

	// log
	TaskRunID string `json:"task_run_id"`
	Level     int    `json:"level"`
	Logger    string `json:"logger"`
	Label     string `json:"label"`
	Message   string `json:"message"`

	// cache_put, cache_get
	Key     string `json:"key"`
	Value   string `json:"value"`
	Expires *int64 `json:"expires"`
}

type wireState struct {
	ID      string          `json:"id"`
	Type    store.StateType `json:"type"`
	Name    string          `json:"name"`
	Message *string         `json:"message"`
	At      int64           `json:"at"`
}

func (s *wireState) state() store.State {
	return store.State{ID: s.ID, Type: s.Type, Name: s.Name, Message: s.Message, Timestamp: time.UnixMicro(s.At)}
}

func parseMessage(line []byte) (m message, err error) {
	if err := json.Unmarshal(line, &m); err != nil {
		return m, fmt.Errorf("a message of the flow's process is not JSON: %w", err)
	}
	if (m.Kind == "flow_state" || m.Kind == "task_state") && (m.State == nil || !m.State.Type.Known()) {
		return m, fmt.Errorf("a message of the flow's process has no state that is known: %.200s", line)
	}
	return m, nil
}

// at is the time the message gives, or now.
func (m message) at() time.Time {
	if m.At == 0 {
		return time.Now()
	}
	return time.UnixMicro(m.At)
}

// event is what the message asks to be recorded; ok is false for a message that is no event.
func (m message) event() (e store.Event, ok bool) {
	switch m.Kind {
	case "flow_state":
		return store.FlowRunMoved{ID: m.ID, State: m.State.state()}, true
	case "task_run":
		return store.TaskRunStarted{At: m.at(), StateID: m.StateID, Run: store.TaskRun{ID: m.ID, FlowRunID: m.FlowRunID, Name: m.Name,
			TaskKey: m.TaskKey, DynamicKey: m.DynamicKey, Tags: m.Tags, Inputs: m.Inputs}}, true
	case "task_state":
		return store.TaskRunMoved{ID: m.ID, State: m.State.state()}, true
	case "cache_put":
		e := store.ResultCached{Key: m.Key, Value: m.Value, TaskRunID: m.TaskRunID, At: m.at()}
		if m.Expires != nil {
			t := time.UnixMicro(*m.Expires)
			e.Expires = &t
		}
		return e, true
	}
	return nil, false
}

// logLine is the message of kind "log". A message of more than a mebibyte is cut, and says so.
func (m message) logLine() store.LogLine {
	return store.LogLine{FlowRunID: m.FlowRunID, TaskRunID: m.TaskRunID, Source: store.FromLog, Level: m.Level,
		Logger: m.Logger, Label: m.Label, Message: cut(m.Message), At: m.at()}
}

// maxText bounds what is kept of one log message or printed line.
const maxText = 1 << 20

func cut(s string) string {
	if len(s) <= maxText {
		return s
	}
	return string(bytes.ToValidUTF8([]byte(s[:maxText]), nil)) + fmt.Sprintf("… [truncated %d bytes]", len(s)-maxText)
}
