package cli

import (
	"io"
	"strconv"
	"time"

	"prefect/cli/render"
	"prefect/store"
)

// logger prints the lines that an agent or a supervisor says itself, as Python's logging would.
func (e *env) logger() func(level int, logger, text string) {
	return func(level int, logger, text string) {
		e.printLog(store.LogLine{Level: level, Label: logger, Message: text, At: time.Now()})
	}
}

// printLog prints a log line of our own to stderr, unless the level that is set is above it.
func (e *env) printLog(l store.LogLine) {
	if l.Level >= e.logLevel() {
		e.printRunLog(l)
	}
}

// printRunLog prints a log line of a run to stderr: the run's own level has been applied to it.
func (e *env) printRunLog(l store.LogLine) { io.WriteString(e.err, logText(l)) }

func logText(l store.LogLine) string { return render.LogLine(l.At, l.Level, l.Label, l.Message) }

var levelNumbers = map[string]int{"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARN": 30, "WARNING": 30, "ERROR": 40, "CRITICAL": 50, "FATAL": 50}

// logLevel is the level from which on lines of our own are shown.
func (e *env) logLevel() int {
	const debug, info = 10, 20
	s, err := e.settings()
	if err != nil {
		return info
	}
	if on, _ := strconv.ParseBool(s.Get("PREFECT_DEBUG_MODE")); on {
		return debug
	}
	text := s.Get("PREFECT_LOGGING_LEVEL")
	if n, ok := levelNumbers[text]; ok {
		return n
	}
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	return info
}
