package render

import (
	"strings"
	"testing"

	"github.com/muesli/termenv"
)

func TestProgressOnATerminalOnly(t *testing.T) {
	c, b := pipe(60)
	p := c.Progress("Deleting", 10)
	p.Set(5)
	p.Done()
	if b.Len() != 0 {
		t.Errorf("in a pipe: %q", b.String())
	}
	c, b = terminal(60)
	c.profile = termenv.Ascii
	p = c.Progress("Deleting\x1b[2J", 200)
	p.Set(50)
	p.Set(51) // too soon to be drawn
	p.Set(200)
	p.Done()
	lines := strings.Split(b.String(), "\r")
	if len(lines) != 4 || lines[3] != "\x1b[K" {
		t.Fatalf("drawn: %q", lines)
	}
	if !strings.HasPrefix(lines[1], `Deleting\x1b[2J ━`) || !strings.HasSuffix(lines[1], "─  25% 50/200") || !strings.HasSuffix(lines[2], "━ 100% 200/200") {
		t.Errorf("drawn: %q", lines)
	}
	for _, line := range lines[1:3] {
		if n := textWidth(line); n > 60 {
			t.Errorf("%d columns on a terminal of 60: %q", n, line)
		}
	}
}
