package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// StateType is one of Prefect's state types. A state's name says more (a SCHEDULED run can be
// "Scheduled", "Late" or "AwaitingRetry"); its type decides what may happen next.
type StateType string

// The state types of flow and task runs.
const (
	Scheduled  StateType = "SCHEDULED"
	Pending    StateType = "PENDING"
	Running    StateType = "RUNNING"
	Completed  StateType = "COMPLETED"
	Failed     StateType = "FAILED"
	Crashed    StateType = "CRASHED"
	Cancelling StateType = "CANCELLING"
	Cancelled  StateType = "CANCELLED"
)

// transitions is the one table of what may follow what for a flow run. A run in SCHEDULED may go
// on to RUNNING because a claimed run waits for its retry in that state.
var transitions = map[StateType][]StateType{
	Scheduled:  {Scheduled, Pending, Running, Failed, Crashed, Cancelling, Cancelled},
	Pending:    {Scheduled, Pending, Running, Completed, Failed, Crashed, Cancelling, Cancelled},
	Running:    {Scheduled, Pending, Running, Completed, Failed, Crashed, Cancelling, Cancelled},
	Cancelling: {Completed, Failed, Cancelled},
}

// AllStateTypes returns the state types in the order of a run's life.
func AllStateTypes() []StateType {
	return []StateType{Scheduled, Pending, Running, Cancelling, Completed, Failed, Crashed, Cancelled}
}

// Final reports whether the state is the end of a run.
func (t StateType) Final() bool {
	switch t {
	case Completed, Failed, Crashed, Cancelled:
		return true
	}
	return false
}

// Known reports whether t is one of the state types.
func (t StateType) Known() bool {
	_, ok := transitions[t]
	return ok || t.Final()
}

// State is what a run is in, since when and why.
type State struct {
	ID        string // a UUID; made when empty
	Type      StateType
	Name      string // "Completed", "Late", "TimedOut", ...
	Message   *string
	Timestamp time.Time
}

// NewState returns a state with a fresh id. An empty message means none.
func NewState(t StateType, name, message string, at time.Time) State {
	s := State{ID: uuid.NewString(), Type: t, Name: name, Timestamp: at}
	if message != "" {
		s.Message = &message
	}
	return s
}

// String gives a state as Prefect's log lines do: Completed(), Failed('why'),
// TimedOut('why', type=StateType.FAILED).
func (s State) String() string {
	var parts []string
	if s.Message != nil && *s.Message != "" {
		parts = append(parts, quoted(*s.Message))
	}
	if s.Name != typeNames[s.Type] {
		parts = append(parts, "type=StateType."+string(s.Type))
	}
	return s.Name + "(" + strings.Join(parts, ", ") + ")"
}

// quoted is a text on one line as Python's repr gives it, but for what can't be seen: that is dealt
// with where it is shown.
func quoted(text string) string {
	quote := "'"
	if strings.Contains(text, "'") && !strings.Contains(text, `"`) {
		quote = `"`
	}
	return quote + strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, quote, `\`+quote).Replace(text) + quote
}

var typeNames = map[StateType]string{Scheduled: "Scheduled", Pending: "Pending", Running: "Running", Completed: "Completed",
	Failed: "Failed", Crashed: "Crashed", Cancelling: "Cancelling", Cancelled: "Cancelled"}

// Name is the usual name of a state of this type: "Completed".
func (t StateType) Name() string { return typeNames[t] }

// TransitionError says that a run can't go from one state to another.
type TransitionError struct {
	From, To StateType
}

func (e *TransitionError) Error() string {
	return fmt.Sprintf("a flow run in state %s can't become %s", e.From, e.To)
}

// ErrClaimLost is returned to a process whose claim on a run is no longer the valid one.
var ErrClaimLost = errors.New("the flow run is claimed by another process")

// setFlowRunState is the only place where a flow run changes its state. It keeps the times that
// follow from it and the history, and refuses what the table doesn't allow.
func setFlowRunState(ctx context.Context, tx *sql.Tx, id string, s State) error {
	var old StateType
	var parent *string
	err := tx.QueryRowContext(ctx, "select state_type, parent_task_run_id from flow_run where id = ?", id).Scan(&old, &parent)
	if err != nil {
		return oneRow(err)
	}
	s = s.after(old)
	rerun := old.Final() && parent != nil // see the trigger flow_run_final
	if !rerun && !slices.Contains(transitions[old], s.Type) {
		return &TransitionError{From: old, To: s.Type}
	}
	if s.ID == "" {
		s.ID = uuid.NewString()
	}
	now := micros(s.Timestamp)
	_, err = tx.ExecContext(ctx, `
		update flow_run set
			updated = ?2, state_id = ?3, state_type = ?4, state_name = ?5, state_message = ?6, state_timestamp = ?2,
			start_time = case when ?4 = 'RUNNING' then coalesce(start_time, ?2) else start_time end,
			run_count = run_count + (?4 = 'RUNNING'),
			total_run_time = total_run_time + case when state_type in ('RUNNING', 'CANCELLING') and start_time is not null
				then max(0, ?2 - state_timestamp) else 0 end,
			end_time = case when ?7 then ?2 end,
			next_scheduled_start_time = case when ?4 = 'SCHEDULED' then next_scheduled_start_time end,
			claim = case when ?7 then null else claim end,
			claim_process = case when ?7 then null else claim_process end,
			claim_agent = case when ?7 then null else claim_agent end,
			flow_process = case when ?7 then null else flow_process end
		where id = ?1`,
		id, now, s.ID, s.Type, s.Name, s.Message, s.Type.Final())
	if err != nil {
		return fmt.Errorf("changing a flow run's state: %w", err)
	}
	return addFlowRunState(ctx, tx, id, s)
}

// after is the state that follows from another: a run whose processes end because it is being
// cancelled has not crashed.
func (s State) after(old StateType) State {
	if old == Cancelling && s.Type == Crashed {
		return NewState(Cancelled, "Cancelled", "The flow run was cancelled.", s.Timestamp)
	}
	return s
}

func addFlowRunState(ctx context.Context, tx *sql.Tx, id string, s State) error {
	_, err := tx.ExecContext(ctx, "insert into flow_run_state (id, flow_run_id, type, name, message, timestamp) values (?, ?, ?, ?, ?, ?)",
		s.ID, id, s.Type, s.Name, s.Message, micros(s.Timestamp))
	if err != nil {
		return fmt.Errorf("keeping a flow run's state: %w", err)
	}
	return nil
}

// FlowRunStates returns all states a flow run has been in, oldest first.
func (db *DB) FlowRunStates(ctx context.Context, id string) ([]State, error) {
	rows, err := db.db.QueryContext(ctx, "select id, type, name, message, timestamp from flow_run_state where flow_run_id = ? order by seq", id)
	return collect(rows, err, scanState)
}

func scanState(rows *sql.Rows) (State, error) {
	var s State
	err := rows.Scan(&s.ID, &s.Type, &s.Name, &s.Message, inTime{&s.Timestamp})
	return s, err
}
