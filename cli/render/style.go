package render

import (
	"strings"

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
			lines[i] = c.look(s).Styled(line)
		}
	}
	return strings.Join(lines, "\n")
}

func (c *Console) look(s Style) termenv.Style {
	plain := c.profile.String()
	colour := func(code string) termenv.Style { return plain.Foreground(c.profile.Color(code)) }
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
		return plain.Bold()
	case BoldBlue:
		return colour("4").Bold()
	case BoldCyan:
		return colour("6").Bold()
	case BoldMagenta:
		return colour("5").Bold()
	case BrightGreenItalic:
		return colour("10").Italic()
	case BrightRedItalic:
		return colour("9").Italic()
	case Magenta:
		return colour("5")
	case MagentaItalic:
		return colour("5").Italic()
	case Italic:
		return plain.Italic()
	case Dim:
		return plain.Faint()
	case DimItalic:
		return plain.Faint().Italic()
	case Heading:
		return colour("#024dfd").Bold()
	case Muted:
		return colour("#8ea0ae")
	}
	return plain
}
