package render

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain text":              "plain text",
		"Custom Näme 日本 🚀":        "Custom Näme 日本 🚀",
		"two\nlines\tof text":     "two\nlines\tof text",
		"\x1b[2Jgone":             `\x1b[2Jgone`,
		"over\rwritten":           `over\rwritten`,
		"\x1b]52;c;c2VjcmV0\a":    `\x1b]52;c;c2VjcmV0\x07`,
		"c1 \u009b31m":            `c1 \x9b31m`,
		"\x7f\x00":                `\x7f\x00`,
		"bad \xff\xc3(":           `bad \xff\xc3(`,
		"user\u202etxt.exe":       `user\u202etxt.exe`,
		"zero\u200bwidth\ufeff":   `zero\u200bwidth\ufeff`,
		"soft\u00adhyphen":        `soft\xadhyphen`,
		"line\u2028separator":     `line\u2028separator`,
		"tag \U000e0041":          `tag \U000e0041`,
		"👨‍👩‍👧 family":            "👨‍👩‍👧 family",
		"❤️‍🔥":                    "❤️‍🔥",
		"a\u200db":                `a\u200db`,
		"hidden \U000e0101\ufe01": `hidden \U000e0101\ufe01`,
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
	if got := SafeLine("a\n\tb"); got != `a\n\tb` {
		t.Errorf("SafeLine kept a line break: %q", got)
	}
}

// FuzzSafe drives any text through every way out and looks for a character
// that a terminal could act on or that nobody could see.
func FuzzSafe(f *testing.F) {
	for _, s := range []string{"", "log-flow", "\x1b[31mred", "\u202e\u200b\ufeff", "👨‍👩‍👧", "\xf0\x9f", "\u009d8;;x\u009c", "a\r\nb"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for way, text := range waysOut(t, s) {
			if !utf8.ValidString(text) {
				t.Errorf("%s of %q is not valid UTF-8: %q", way, s, text)
			}
			for i, r := range text {
				if r != '\n' && r != '\t' && dangerous(r) && !emojiJoiner(text, i) {
					t.Errorf("%s of %q shows %U: %q", way, s, r, text)
				}
			}
		}
	})
}

func waysOut(t *testing.T, s string) map[string]string {
	ways := map[string]string{
		"Safe":     Safe(s),
		"SafeLine": SafeLine(s),
		"Sprintf":  Sprintf("%s and %v", s, []byte(s)),
		"LogLine":  LogLine(time.Now(), 20, s, s),
	}
	value := Dict{{s, s}, {"list", []any{s, Literal(s)}}, {"object", Object{"X", []Field{{"key", s}}}}}
	for way, write := range map[string]func(c *Console) error{
		"Inspect": func(c *Console) error { return c.Inspect(value) },
		"JSON":    func(c *Console) error { return c.JSON(value) },
		"YAML":    func(c *Console) error { return c.YAML(value) },
		"Table": func(c *Console) error {
			return c.Table(Table{Title: s, Columns: []Column{{Header: "A"}}, Rows: [][]Cell{{Text(s)}}, Caption: s})
		},
	} {
		c, b := pipe(40)
		if err := write(c); err != nil {
			t.Fatal(err)
		}
		ways[way] = b.String()
	}
	return ways
}

// dangerous is deliberately written apart from showable.
func dangerous(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Bidi_Control, r) ||
		r == 0x2028 || r == 0x2029 || r >= 0xe0000 && r < 0xe1000
}

func emojiJoiner(text string, i int) bool {
	return strings.HasPrefix(text[i:], "\u200d") && i > 0
}
