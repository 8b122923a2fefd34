package runner

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"

	"prefect/engine/process"
	"prefect/store"
)

// A session is the talk with one flow process over its channel: it records the events, prints
// the log lines and answers the questions.
type session struct {
	db      *store.DB
	rec     *recorder
	print   func(store.LogLine) // nil where the flow's process prints its log itself
	run     *runMessage         // what the engine is told to run; nil for a script
	runID   string              // log lines without a flow run belong to this one
	claim   string
	process string // identity of this process

	writeMu sync.Mutex
	conn    io.Writer

	mu         sync.Mutex
	hello      message
	flow       string // identity of the flow's process
	flowRuns   int    // how many flow runs it has started
	ended      bool
	cancelling bool // a Crashed that the flow reports now is only our own doing
}

// runMessage tells the engine what to run.
type runMessage struct {
	Kind           string          `json:"k"`
	FlowRunID      string          `json:"flow_run_id"`
	Name           string          `json:"name"`
	FlowName       string          `json:"flow_name"`
	DeploymentID   *string         `json:"deployment_id"`
	DeploymentName string          `json:"deployment_name"`
	Path           *string         `json:"path"`
	Entrypoint     *string         `json:"entrypoint"`
	Parameters     json.RawMessage `json:"parameters"`
	Tags           json.RawMessage `json:"tags"`
	RunCount       int             `json:"run_count"`
}

// maxMessage bounds one message of the flow's process, and so the memory it can take here.
const maxMessage = 32 << 20

// serve reads the channel to its end. Answers go to conn; from is conn or what reads it.
func (s *session) serve(from io.Reader, conn io.Writer) {
	s.conn = conn
	r := bufio.NewReaderSize(from, 64<<10)
	var line []byte
	for {
		var size int
		var err error
		line, size, err = readLine(r, line[:0], maxMessage)
		switch {
		case size > len(line):
			s.tooLong(size)
			line = nil
		case size > 0:
			s.handle(line)
		}
		if err != nil {
			return
		}
	}
}

func (s *session) tooLong(size int) {
	text := fmt.Sprintf("A message of the flow's process was not recorded: it has %d bytes, which is too many.", size)
	if s.runID == "" {
		s.rec.warn(text)
		return
	}
	s.rec.put(store.LogLine{FlowRunID: s.runID, Source: store.FromLog, Level: 40, Logger: "prefect.store", Label: "prefect.store",
		Message: text, At: time.Now()}, len(text))
}

// readLine appends the next line without its newline to buf. Of a line that is longer than most
// it keeps only that much; size is its real size. An end within a line is no line.
func readLine(r *bufio.Reader, buf []byte, most int) (line []byte, size int, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if err == nil {
			part = part[:len(part)-1]
		}
		size += len(part)
		buf = append(buf, part[:min(len(part), most-len(buf))]...)
		switch {
		case err == nil:
			return buf, size, nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, 0, err
		}
	}
}

func (s *session) handle(line []byte) {
	m, err := parseMessage(line)
	if err != nil {
		s.rec.warn(err.Error())
		return
	}
	switch m.Kind {
	case "hello":
		s.greet(m)
	case "flow_run":
		s.startFlowRun(m)
	case "log":
		s.log(m, len(line))
	case "end":
		s.end()
	case "cache_get", "limit_take":
		s.answer(m)
	default:
		if s.isCancelled(m) {
			return
		}
		if e, ok := m.event(); ok {
			s.rec.put(e, len(line))
		}
	}
}

func (s *session) greet(m message) {
	id, err := process.Of(m.PID)
	s.mu.Lock()
	s.hello = m
	if err == nil {
		s.flow = id.String()
	}
	s.mu.Unlock()
	switch {
	case m.Version != protocol:
		s.say(map[string]any{"k": "error", "message": fmt.Sprintf("this prefect speaks version %d of the channel, the flow's Python package %d", protocol, m.Version)})
	case s.run != nil:
		s.say(s.run)
	default:
		s.say(map[string]any{"k": "ready", "v": protocol})
	}
}

func (s *session) startFlowRun(m message) {
	s.mu.Lock()
	s.flowRuns++
	flow := s.flow
	s.mu.Unlock()
	s.rec.put(store.FlowRunStarted{At: m.at(), Claim: s.claim, ClaimProcess: s.process, FlowProcess: flow,
		Run: store.FlowRun{ID: m.ID, Name: m.Name, FlowName: m.FlowName, FlowVersion: m.FlowVersion, ParentTaskRunID: m.ParentTaskRunID,
			Parameters: orElse(m.Parameters, "{}"), Tags: orElse(m.Tags, "[]")}}, len(m.Parameters))
}

func orElse(raw json.RawMessage, empty string) json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return json.RawMessage(empty)
	}
	return raw
}

func (s *session) log(m message, size int) {
	l := m.logLine()
	if s.print != nil {
		s.print(l)
	}
	if l.FlowRunID == "" {
		l.FlowRunID = s.runID
	}
	if l.FlowRunID != "" { // a record from outside any run has nowhere to go
		s.rec.put(l, size)
	}
}

// isCancelled tells a state that the flow reports because it was told to end: what it ended in is
// known better here.
func (s *session) isCancelled(m message) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cancelling && m.Kind == "flow_state" && m.ID == s.runID && m.State.Type == store.Crashed
}

func (s *session) end() {
	answer := map[string]any{"k": "ended"}
	if err := s.rec.flush(); err != nil {
		answer["error"] = err.Error()
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.say(answer)
}

func (s *session) say(v any) {
	text, err := json.Marshal(v)
	if err != nil {
		s.rec.warn(err.Error())
		return
	}
	s.writeMu.Lock()
	defer s.writeMu.Unlock()
	_, _ = s.conn.Write(append(text, '\n')) // a process that is gone is noticed by its end
}

// answer answers a question after all that was said before it is in the database.
func (s *session) answer(m message) {
	reply := map[string]any{"n": m.N, "ok": true}
	err := s.rec.flush()
	if err == nil {
		err = s.lookUp(context.Background(), m, reply)
	}
	if err != nil {
		reply = map[string]any{"n": m.N, "ok": false, "error": err.Error()}
	}
	s.say(reply)
}

func (s *session) lookUp(ctx context.Context, m message, reply map[string]any) error {
	switch m.Kind {
	case "cache_get":
		value, task, err := s.db.CachedResult(ctx, m.Key, m.at())
		if errors.Is(err, store.ErrNotFound) {
			reply["found"] = false
			return nil
		}
		reply["found"], reply["value"], reply["task_run_id"] = true, value, task
		return err
	case "limit_take":
		var tags []string
		if err := json.Unmarshal(orElse(m.Tags, "[]"), &tags); err != nil {
			return fmt.Errorf("reading the tags of a task run: %w", err)
		}
		full, err := s.db.TakeSlots(ctx, m.TaskRunID, tags, process.Alive)
		reply["granted"] = full == ""
		if full != "" {
			reply["tag"] = full
		}
		return err
	}
	return fmt.Errorf("there is no question of kind %q", m.Kind)
}

// RecordScript records a flow that runs as a plain script: its Python package has started this
// process and talks to it over conn. It returns when the script has ended.
func RecordScript(db *store.DB, conn io.ReadWriter, warn func(string)) error {
	self, err := process.Announce()
	if err != nil {
		return err
	}
	s := &session{db: db, rec: newRecorder(db, warn), claim: uuid.NewString(), process: self.String()}
	stop := s.heedCancelling()
	s.serve(conn, conn)
	stop()
	ctx := context.Background()
	err = s.rec.flush()
	if err == nil {
		end := store.NewState(store.Crashed, "Crashed", "The script's process ended before the flow run did.", time.Now())
		err = s.rec.insist(ctx, func() error { _, err := db.EndClaim(ctx, s.claim, end); return err })
	}
	s.rec.close()
	return err
}
