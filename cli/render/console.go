// Package render draws what the command line shows: tables, Python-like
// dictionaries, JSON and YAML, log lines and times. Everything that came from
// a user passes through Safe or SafeLine on its way out.
package render

import (
	"io"
	"os"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
	"golang.org/x/term"
)

// fallbackWidth is what Prefect's console takes when nothing says how wide
// the screen is.
const fallbackWidth = 80

// Console is one output stream together with what may be drawn on it. It is
// an io.Writer that passes bytes through as they are.
type Console struct {
	w        io.Writer
	terminal bool
	dumb     bool // it can't go back on a line
	width    int
	profile  termenv.Profile
	renderer *lipgloss.Renderer // made with the first colour
	failed   *atomic.Pointer[error]
}

// NewConsole looks at w once: colours and table fitting are on only when it is
// a terminal. It asks the environment, never the terminal itself, because a
// terminal that doesn't answer a query would hold up every command.
func NewConsole(w io.Writer, getenv func(string) string) *Console {
	c := &Console{w: w, width: fallbackWidth, failed: new(atomic.Pointer[error])}
	columns, err := strconv.Atoi(getenv("COLUMNS"))
	fixed := err == nil && columns > 0
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		c.terminal = true
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			c.width = width
		}
	}
	if fixed {
		c.width = columns
	}
	c.dumb = getenv("TERM") == "dumb"
	c.profile = colourProfile(c.terminal, getenv)
	return c
}

func colourProfile(terminal bool, getenv func(string) string) termenv.Profile {
	kind := getenv("TERM")
	switch {
	case !terminal || getenv("NO_COLOR") != "" || kind == "dumb":
		return termenv.Ascii
	case getenv("COLORTERM") == "truecolor" || getenv("COLORTERM") == "24bit":
		return termenv.TrueColor
	case strings.Contains(kind, "256color"):
		return termenv.ANSI256
	default:
		return termenv.ANSI
	}
}

// Write passes p to the stream unchanged.
func (c *Console) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil {
		c.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}

// Failed is what was wrong with the first write that failed, nil if none did.
func (c *Console) Failed() error {
	if err := c.failed.Load(); err != nil {
		return *err
	}
	return nil
}

// IsTerminal reports whether a person is looking at the stream directly.
func (c *Console) IsTerminal() bool { return c.terminal }

// Width is the number of columns to fit: COLUMNS, else the terminal's width,
// else 80.
func (c *Console) Width() int { return c.width }
