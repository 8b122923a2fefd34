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

// printLog prints a log line to stderr, unless PREFECT_LOGGING_LEVEL is above it.
func (e *env) printLog(l store.LogLine) { io.WriteString(e.err, e.logText(l)) }

// logText is how a log line is shown: not at all if PREFECT_LOGGING_LEVEL is above it.
func (e *env) logText(l store.LogLine) string {
	if l.Level < e.logLevel() {
		return ""
	}
	return render.LogLine(l.At, l.Level, l.Label, l.Message)
}

var levelNumbers = map[string]int{"NOTSET": 0, "DEBUG": 10, "INFO": 20, "WARN": 30, "WARNING": 30, "ERROR": 40, "CRITICAL": 50, "FATAL": 50}

func (e *env) logLevel() int {
	const info = 20
	s, err := e.settings()
	if err != nil {
		return info
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
