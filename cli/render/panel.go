package render

import (
	"io"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Panel draws a box around a heading and tables, as Rich does.
func (c *Console) Panel(heading string, tables ...Table) error {
	var lines []string
	width := textWidth(SafeLine(heading))
	for _, t := range tables {
		var b strings.Builder
		inner := *c
		inner.w, inner.width = &b, max(c.width-4, 20)
		if err := inner.Table(t); err != nil {
			return err
		}
		for _, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
			lines = append(lines, line)
			width = max(width, ansi.StringWidth(line))
		}
	}
	var b strings.Builder
	edge := strings.Repeat("─", width+2)
	b.WriteString("╭" + edge + "╮\n")
	heading = SafeLine(heading)
	spare := width - textWidth(heading)
	b.WriteString("│ " + strings.Repeat(" ", spare/2) + c.Paint(Bold, heading) + strings.Repeat(" ", spare-spare/2) + " │\n")
	for _, line := range lines {
		b.WriteString("│ " + line + strings.Repeat(" ", width-ansi.StringWidth(line)) + " │\n")
	}
	b.WriteString("╰" + edge + "╯\n")
	_, err := io.WriteString(c, b.String())
	return err
}
