package runner

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"prefect/store"
)

// An output passes on what the run prints to one of its standard streams, as it comes, and
// records it line by line.
type output struct {
	tail   *tail
	to     *feed  // nil to record only
	source string // store.FromStdout or store.FromStderr
	level  int
	keep   func(store.LogLine)
	part   []byte // the line that has not ended yet
	cut    int    // bytes of it that are too many to keep
	done   chan struct{}
}

// capture starts to read the pipe.
func capture(pipe *os.File, to *feed, source string, keep func(store.LogLine)) *output {
	o := &output{tail: &tail{stream: pipe}, to: to, source: source, level: 20, keep: keep, done: make(chan struct{})}
	go o.run()
	return o
}

func (o *output) run() {
	defer close(o.done)
	buf := make([]byte, 32<<10)
	for {
		n, err := o.tail.Read(buf)
		if n > 0 {
			if o.to != nil {
				o.to.write(buf[:n])
			}
			o.lines(buf[:n])
		}
		if err != nil {
			o.endLine(true)
			if o.to != nil {
				o.to.flush()
			}
			return
		}
	}
}

func (o *output) lines(text []byte) {
	for {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			o.add(text)
			return
		}
		o.add(text[:i])
		o.endLine(false)
		text = text[i+1:]
	}
}

// add keeps at most maxText bytes of a line, so that a line without an end needs no more memory.
func (o *output) add(text []byte) {
	room := max(0, maxText-len(o.part))
	o.part = append(o.part, text[:min(room, len(text))]...)
	o.cut += max(0, len(text)-room)
}

func (o *output) endLine(atEOF bool) {
	if atEOF && len(o.part) == 0 {
		return
	}
	text := printable(bytes.TrimSuffix(o.part, []byte("\r")))
	if o.cut > 0 {
		text += fmt.Sprintf("… [truncated %d bytes]", o.cut)
	}
	o.keep(store.LogLine{Source: o.source, Level: o.level, Logger: o.source, Label: o.source, Message: text, At: time.Now()})
	o.part, o.cut = o.part[:0], 0
}

// printable makes UTF-8 of what was printed: other bytes become \xNN, as Python shows them.
func printable(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	var s strings.Builder
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			fmt.Fprintf(&s, `\x%02x`, b[0])
		} else {
			s.WriteRune(r)
		}
		b = b[n:]
	}
	return s.String()
}

// finish waits until all that was printed is read and recorded, and closes the pipe. It reports
// whether a process that the run has left behind still held it open; see tail.
func (o *output) finish() (held bool) {
	<-o.done
	o.tail.stream.Close()
	return o.tail.held
}
