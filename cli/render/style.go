package render

import (
	"io"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Style names a look; what it is on a screen follows Prefect 2.1's colours.
type Style int

// The looks in use. Plain leaves text as it is.
const (
	Plain Style = iota
	Red
	Green
	Yellow
	Blue
	Cyan
	Bold
	BoldBlue
	BoldCyan
	BoldMagenta
	BrightGreenItalic
	BrightRedItalic
	Magenta
	MagentaItalic
	Italic
	Dim
	DimItalic
	Heading // of `profile ls`
	Muted   // of `profile ls`
)

// Paint gives text its look on a colour terminal and leaves it unchanged
// everywhere else. Lines are painted one by one and newlines stay plain.
func (c *Console) Paint(s Style, text string) string {
	if s == Plain || c.profile == termenv.Ascii {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if line != "" {
			lines[i] = c.look(s).Render(line)
		}
	}
	return strings.Join(lines, "\n")
}

// newRenderer is lipgloss told all it would otherwise ask the terminal for.
func newRenderer(w io.Writer, profile termenv.Profile) *lipgloss.Renderer {
	r := lipgloss.NewRenderer(w, termenv.WithProfile(profile))
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(true)
	return r
}

func (c *Console) look(s Style) lipgloss.Style {
	if c.renderer == nil {
		c.renderer = newRenderer(c.w, c.profile)
	}
	plain := c.renderer.NewStyle().TabWidth(lipgloss.NoTabConversion)
	colour := func(code string) lipgloss.Style { return plain.Foreground(lipgloss.Color(code)) }
	switch s {
	case Red:
		return colour("1")
	case Green:
		return colour("2")
	case Yellow:
		return colour("3")
	case Blue:
		return colour("4")
	case Cyan:
		return colour("6")
	case Bold:
		return plain.Bold(true)
	case BoldBlue:
		return colour("4").Bold(true)
	case BoldCyan:
		return colour("6").Bold(true)
	case BoldMagenta:
		return colour("5").Bold(true)
	case BrightGreenItalic:
		return colour("10").Italic(true)
	case BrightRedItalic:
		return colour("9").Italic(true)
	case Magenta:
		return colour("5")
	case MagentaItalic:
		return colour("5").Italic(true)
	case Italic:
		return plain.Italic(true)
	case Dim:
		return plain.Faint(true)
	case DimItalic:
		return plain.Faint(true).Italic(true)
	case Heading:
		return colour("#024dfd").Bold(true)
	case Muted:
		return colour("#8ea0ae")
	}
	return plain
}
