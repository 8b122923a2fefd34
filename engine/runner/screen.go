package runner

import (
	"bytes"
	"io"
	"os"
	"sync"
	"time"
)

// A screen is one place where things are shown: what a run prints and the lines that are said about
// it. Each takes whole lines there, so that none is glued to the half of another.
type screen struct {
	to    io.Writer
	mu    sync.Mutex
	feeds []*feed
	open  *feed // whose unfinished line is the last thing shown, nil for none
}

// A feed is what comes from one stream to its screen.
type feed struct {
	*screen
	part  []byte // an unfinished line that is not shown yet
	ended bool   // its line was ended here, so a newline that comes next is shown already
	timer *time.Timer
}

// screens are those of the two streams: one, where both are the same terminal or file.
func screens(stdout, stderr *os.File) (out, errs *screen) {
	errs = &screen{to: stderr}
	a, aErr := stdout.Stat()
	b, bErr := stderr.Stat()
	if aErr == nil && bErr == nil && os.SameFile(a, b) {
		return errs, errs
	}
	return &screen{to: stdout}, errs
}

// feed starts to show a stream; it is nil where its output is not passed on.
func (s *screen) feed(on bool) *feed {
	if !on {
		return nil
	}
	f := &feed{screen: s}
	s.feeds = append(s.feeds, f)
	return f
}

const (
	// halfLine is how long an unfinished line is kept back: an unbuffered print writes its text and
	// its newline one after the other, and a question waits for its answer.
	halfLine = 100 * time.Millisecond
	// longLine is when an unfinished line is shown at once.
	longLine = 32 << 10
)

// write shows p. Errors are no reason to stop recording: a terminal can be closed while its runs go
// on.
func (f *feed) write(p []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended && p[0] == '\n' {
		p = p[1:]
	}
	f.ended = false
	end := bytes.LastIndexByte(p, '\n') + 1
	if end > 0 {
		f.show(append(f.part, p[:end]...))
	}
	f.part = append(f.part, p[end:]...)
	switch {
	case len(f.part) >= longLine:
		f.show(f.part)
	case len(f.part) > 0 && f.timer == nil:
		f.timer = time.AfterFunc(halfLine, f.flush)
	}
}

// show writes text, which holds all that was kept back, and ends another stream's line before it.
func (f *feed) show(text []byte) {
	if f.open != f {
		f.endLine()
	}
	_, _ = f.to.Write(text)
	f.open, f.part = nil, f.part[:0]
	if text[len(text)-1] != '\n' {
		f.open = f
	}
}

func (f *feed) flush() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.timer = nil
	f.showPart()
}

func (f *feed) showPart() {
	if len(f.part) > 0 {
		f.show(f.part)
	}
}

func (s *screen) endLine() {
	if s.open != nil {
		_, _ = io.WriteString(s.to, "\n")
		s.open.ended = true
		s.open = nil
	}
}

// say shows text, a line or nothing, on a line of its own.
func (s *screen) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text == "" {
		return
	}
	for _, f := range s.feeds {
		f.showPart()
	}
	s.endLine()
	_, _ = io.WriteString(s.to, text)
}

// end ends the line that the run has left unfinished: others write to the same place. A stream that
// has a file of its own stays as the run has written it.
func (s *screen) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.endLine()
}
