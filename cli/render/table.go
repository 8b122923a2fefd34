package render

import (
	"io"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Cell is the text of one table cell, in runs of one look each.
type Cell []Span

// Span is a run of text in one look.
type Span struct {
	Style Style
	Text  string
}

// Text is a cell in its column's own look.
func Text(s string) Cell { return Cell{{Plain, s}} }

// Styled is a cell in one look.
func Styled(style Style, s string) Cell { return Cell{{style, s}} }

// Column describes one column of a Table.
type Column struct {
	Header string
	Right  bool  // aligned to the right
	Keep   bool  // never cut: ids, which are useless in part
	Wide   bool  // left out unless the whole table is to be seen
	Spare  int   // left out on a terminal too narrow for all, the highest number first; 0 never is
	Style  Style // of cells that have none of their own
}

// Table is what `ls` commands show.
type Table struct {
	Title   string
	Columns []Column
	Rows    [][]Cell
	Caption string
	Wide    bool // with all columns, and nothing cut
	Bare    bool // without a header
	// RuleAfter, if not nil, says below which rows a rule is drawn.
	RuleAfter func(row int) bool
	// The title is always italic, the header bold unless it says otherwise.
	HeaderStyle  Style
	CaptionStyle Style
}

// readable is as much of a column as there should be room for before spare ones are left out, and
// minColumn is how far one is cut at most.
const readable, minColumn = 10, 5

// Table draws t as Rich does. (Package lipgloss/table takes ten times as long,
// which for 200 rows is more than all the rest of `ls`.) On a terminal that is too narrow, spare
// columns are left out and those without Keep are cut, the widest first; anywhere else nothing is
// ever cut, so that a pipe or a file gets every name whole.
func (c *Console) Table(t Table) error {
	t = t.narrowed()
	cells := t.safeCells()
	widths := t.naturalWidths(cells)
	if c.terminal && !t.Wide {
		if left := t.spared(widths, c.width); len(left) > 0 {
			t = t.only(func(j int) bool { return !left[j] })
			cells = t.safeCells()
			widths = t.naturalWidths(cells)
		}
		shrink(t.Columns, widths, c.width)
	}
	if t.HeaderStyle == Plain {
		t.HeaderStyle = Bold
	}
	p := &tablePen{console: c, columns: t.Columns, widths: widths}
	p.centred(t.Title, Italic)
	if t.Bare {
		p.rule("┌", "─", "┬", "┐")
	} else {
		p.rule("┏", "━", "┳", "┓")
		p.header(t.HeaderStyle)
		p.rule("┡", "━", "╇", "┩")
	}
	for i, row := range cells {
		p.row(row)
		if t.RuleAfter != nil && i < len(cells)-1 && t.RuleAfter(i) {
			p.rule("├", "─", "┼", "┤")
		}
	}
	p.rule("└", "─", "┴", "┘")
	p.centred(t.Caption, t.CaptionStyle)
	_, err := io.WriteString(c, p.b.String())
	return err
}

// narrowed is the table without the columns that only a wide one shows.
func (t Table) narrowed() Table {
	if t.Wide || !slices.ContainsFunc(t.Columns, func(c Column) bool { return c.Wide }) {
		return t
	}
	return t.only(func(j int) bool { return !t.Columns[j].Wide })
}

// spared are the spare columns that there is no room for.
func (t Table) spared(widths []int, room int) map[int]bool {
	left := map[int]bool{}
	for {
		total, spare := 1, -1
		for j, column := range t.Columns {
			switch {
			case left[j]:
				continue
			case column.Keep:
				total += widths[j] + 3
			default:
				total += min(widths[j], readable) + 3
			}
			if column.Spare > 0 && (spare < 0 || column.Spare > t.Columns[spare].Spare) {
				spare = j
			}
		}
		if total <= room || spare < 0 {
			return left
		}
		left[spare] = true
	}
}

// only is the table with some of its columns.
func (t Table) only(wanted func(column int) bool) Table {
	all, rows := t.Columns, t.Rows
	t.Columns, t.Rows = nil, make([][]Cell, len(rows))
	for j, column := range all {
		if !wanted(j) {
			continue
		}
		t.Columns = append(t.Columns, column)
		for i, row := range rows {
			if j < len(row) {
				t.Rows[i] = append(t.Rows[i], row[j])
			}
		}
	}
	return t
}

func (t Table) safeCells() [][]Cell {
	rows := make([][]Cell, len(t.Rows))
	for i, row := range t.Rows {
		rows[i] = make([]Cell, len(t.Columns))
		for j, cell := range row {
			for _, span := range cell {
				if span.Style == Plain {
					span.Style = t.Columns[j].Style
				}
				span.Text = SafeLine(span.Text)
				rows[i][j] = append(rows[i][j], span)
			}
		}
	}
	return rows
}

func (t Table) naturalWidths(cells [][]Cell) []int {
	widths := make([]int, len(t.Columns))
	for j, column := range t.Columns {
		widths[j] = textWidth(column.Header)
		for _, row := range cells {
			widths[j] = max(widths[j], row[j].width())
		}
	}
	return widths
}

func (cell Cell) width() int {
	n := 0
	for _, span := range cell {
		n += textWidth(span.Text)
	}
	return n
}

// textWidth is how many columns text takes on a screen. Plain ASCII, which
// nearly all text is, needs no look at Unicode's tables.
func textWidth(text string) int {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return ansi.StringWidth(text)
		}
	}
	return len(text)
}

// shrink takes columns off the widest column that may be cut, one by one,
// until the table fits or nothing is left to take.
func shrink(columns []Column, widths []int, room int) {
	total := 1
	for _, w := range widths {
		total += w + 3
	}
	for ; total > room; total-- {
		widest := -1
		for j, column := range columns {
			if !column.Keep && widths[j] > minColumn && (widest < 0 || widths[j] > widths[widest]) {
				widest = j
			}
		}
		if widest < 0 {
			return
		}
		widths[widest]--
	}
}

// tablePen draws the lines of one table.
type tablePen struct {
	console *Console
	columns []Column
	widths  []int
	b       strings.Builder
}

func (p *tablePen) rule(left, line, cross, right string) {
	p.b.WriteString(left)
	for j, w := range p.widths {
		if j > 0 {
			p.b.WriteString(cross)
		}
		p.b.WriteString(strings.Repeat(line, w+2))
	}
	p.b.WriteString(right + "\n")
}

func (p *tablePen) header(style Style) {
	for j, column := range p.columns {
		p.b.WriteString("┃")
		p.cell(j, Styled(style, column.Header))
	}
	p.b.WriteString("┃\n")
}

func (p *tablePen) row(cells []Cell) {
	for j, cell := range cells {
		p.b.WriteString("│")
		p.cell(j, cell)
	}
	p.b.WriteString("│\n")
}

func (p *tablePen) cell(j int, cell Cell) {
	cell = cell.cut(p.widths[j])
	pad := strings.Repeat(" ", p.widths[j]-cell.width())
	p.b.WriteByte(' ')
	if p.columns[j].Right {
		p.b.WriteString(pad)
	}
	for _, span := range cell {
		p.b.WriteString(p.console.Paint(span.Style, span.Text))
	}
	if !p.columns[j].Right {
		p.b.WriteString(pad)
	}
	p.b.WriteByte(' ')
}

// cut shortens a cell to n columns, the last of them an ellipsis.
func (cell Cell) cut(n int) Cell {
	if cell.width() <= n {
		return cell
	}
	var short Cell
	for _, span := range cell {
		w := textWidth(span.Text)
		if w >= n {
			// The whole cell is too wide, so something is missing even
			// where this span just fits.
			span.Text = ansi.Truncate(span.Text+" ", n, "…")
			return append(short, span)
		}
		short = append(short, span)
		n -= w
	}
	return short
}

// centred writes the title or caption over the table's whole width, with the
// trailing spaces Rich leaves there, but on a terminal never beyond its edge.
func (p *tablePen) centred(text string, style Style) {
	if text == "" {
		return
	}
	total := 1
	for _, w := range p.widths {
		total += w + 3
	}
	if p.console.terminal {
		total = min(total, p.console.width)
	}
	text = SafeLine(text)
	spare := max(total-textWidth(text), 0)
	left := spare / 2
	p.b.WriteString(strings.Repeat(" ", left))
	p.b.WriteString(p.console.Paint(style, text))
	p.b.WriteString(strings.Repeat(" ", spare-left) + "\n")
}
