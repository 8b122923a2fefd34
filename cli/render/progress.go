package render

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Progress is a bar on a terminal that shows how far long work has come. Anywhere else it shows
// nothing.
type Progress struct {
	c     *Console
	label string
	total int
	shown time.Time
	drawn bool
}

// redraw is how often the bar is drawn at most.
const redraw = 100 * time.Millisecond

// Progress begins a bar for work of so many steps.
func (c *Console) Progress(label string, total int) *Progress {
	return &Progress{c: c, label: SafeLine(label), total: total}
}

// Set shows that n steps are done.
func (p *Progress) Set(n int) {
	if !p.c.terminal || p.c.dumb || time.Since(p.shown) < redraw && n < p.total {
		return
	}
	p.shown, p.drawn = time.Now(), true
	io.WriteString(p.c, "\r"+p.line(n))
}

func (p *Progress) line(n int) string {
	n = min(max(n, 0), p.total)
	share := 1.0
	if p.total > 0 {
		share = float64(n) / float64(p.total)
	}
	tail := fmt.Sprintf(" %3d%% %d/%d", int(share*100), n, p.total)
	room := min(max(p.c.width-textWidth(p.label)-len(tail)-2, 0), 40)
	done := int(share * float64(room))
	return p.label + " " + p.c.Paint(Green, strings.Repeat("━", done)) + p.c.Paint(Dim, strings.Repeat("─", room-done)) + tail
}

// Done takes the bar away.
func (p *Progress) Done() {
	if p.drawn {
		io.WriteString(p.c, "\r\x1b[K")
		p.drawn = false
	}
}
