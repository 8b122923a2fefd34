package pyyaml

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// corpusCase is a line that testdata/corpus.py prints.
type corpusCase struct {
	YAML    string
	Written bool
	Value   any
	Error   string
}

// Every value PyYAML loads must load as the same value here, every text it refuses must be
// refused, and what it writes must be written byte for byte. The corpus was recorded with PyYAML
// 6.0; where Python has PyYAML, a fresh one is made and checked too.
func TestSameAsPyYAML(t *testing.T) {
	f, err := os.Open(filepath.Join("testdata", "corpus.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	checkCorpus(t, f)
}

func TestSameAsPyYAMLLive(t *testing.T) {
	python := os.Getenv("PREFECT_TEST_PYYAML")
	if python == "" {
		python = "python3"
	}
	if exec.Command(python, "-c", "import yaml; assert yaml.__version__ >= '6'").Run() != nil {
		t.Skip("no Python with PyYAML 6")
	}
	for seed := range 3 {
		out, err := exec.Command(python, filepath.Join("testdata", "corpus.py"), fmt.Sprint(seed), "3000").Output()
		if err != nil {
			t.Fatal(err)
		}
		checkCorpus(t, bytes.NewReader(out))
	}
}

func checkCorpus(t *testing.T, r io.Reader) {
	t.Helper()
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<22)
	n := 0
	for ; lines.Scan() && !t.Failed(); n++ {
		var c corpusCase
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		checkCase(t, c)
	}
	if n < 400 {
		t.Errorf("only %d cases were checked", n)
	}
}

func checkCase(t *testing.T, c corpusCase) {
	t.Helper()
	node, err := Parse([]byte(c.YAML))
	if err != nil && strings.Contains(err.Error(), "stands twice") {
		return // PyYAML keeps the last silently; here it is an error on purpose
	}
	var got any
	if err == nil {
		got, err = node.Value()
	}
	switch {
	case c.Error != "" && err == nil:
		t.Errorf("accepted %q, which PyYAML refuses (%s), as %v", c.YAML, c.Error, got)
	case c.Error != "":
		return
	case err != nil:
		t.Errorf("refused %q: %v", c.YAML, err)
	case !reflect.DeepEqual(typed(got), c.Value):
		t.Errorf("%q is\n%v, PyYAML has\n%v", c.YAML, typed(got), c.Value)
	case c.Written:
		if out, err := Marshal(got.(yaml.MapSlice)); err != nil || string(out) != c.YAML {
			t.Errorf("%v\nwrote %q\nwants %q", err, out, c.YAML)
		}
	}
}

// typed gives the form of values in the corpus.
func typed(v any) any {
	switch v := v.(type) {
	case yaml.MapSlice:
		m := map[string]any{}
		for _, item := range v {
			m[item.Key.(string)] = typed(item.Value)
		}
		return m
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = typed(item)
		}
		return list
	case nil:
		return "null"
	case bool:
		return fmt.Sprint("bool ", v)
	case int64, *big.Int:
		return fmt.Sprint("int ", v)
	case float64:
		return "float " + FormatFloat(v)
	}
	return fmt.Sprint("text ", v)
}

func TestResolveYAML11(t *testing.T) {
	for text, want := range map[string]any{
		"yes": true, "Off": false, "y": "y", "n": "n", "~": nil, "": nil, "null": nil, "nULL": "nULL",
		"12:30:45": int64(45045), "-1:30": int64(-90), "1:60": "1:60", "1:30.5": 90.5, "017": int64(15), "08": "08",
		"0o17": "0o17", "0x1F": int64(31), "0b11": int64(3), "1_000": int64(1000), "1e3": "1e3", "1.5e3": "1.5e3", "1.5e+3": 1500.0,
		"1.": 1.0, ".5": 0.5, "-.5": "-.5", "-.inf": math.Inf(-1), "+12": int64(12), "1.10": 1.1,
		"2022-08-22": "2022-08-22", "2022-8-22": "2022-8-22", "2022-08-22 1:02:03": "2022-08-22T01:02:03",
		"2022-08-22T01:02:03.5Z": "2022-08-22T01:02:03.500000+00:00", "2022-08-22 01:02:03 -5": "2022-08-22T01:02:03-05:00",
		"99999999999999999999": bigInt("99999999999999999999"),
	} {
		if got, err := resolve(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q is %#v (%v), want %#v", text, got, err, want)
		}
	}
	for _, text := range []string{"2022-02-30", "2022-01-01 25:00:00", "0x_", "0b_"} {
		if got, err := resolve(text); err == nil {
			t.Errorf("%q was accepted as %v", text, got)
		}
	}
}

func bigInt(s string) *big.Int {
	v, _ := new(big.Int).SetString(s, 10)
	return v
}

func TestErrorsHavePlaces(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a: b: c", "1:5: unexpected ':'; a text that holds \": \" must be in quotes"},
		{"a: 1\nb: [1, 2\n", "3:1: the closing bracket is missing"},
		{"a: [1, 2: 3: 4]", "1:12: expected ',' or ']', but found ':'"},
		{"a: 1\n\tb: 2", "2:1: a tab stands where spaces are needed"},
		{"a: 1\n  b: 2", "2:4: unexpected ':'; a key must stand on one line, and a text that holds \": \" in quotes"},
		{"a: 1\nb", "2:1: expected \"key: value\", but there is no ':' after the key"},
		{"a: 'it", "1:7: the closing quote is missing"},
		{`a: "C:\dir"`, `1:8: unknown escape \d in double quotes; use single quotes, or \\ for a backslash`},
		{"a: @x", "1:4: '@' cannot begin a value; write the value in quotes"},
		{"a: %x", `1:4: unexpected '%'; check the indentation and the quotes of this line and the one before`},
		{"a: !!python/object:os.system x", "1:4: tags such as !!python/object:os.system are not allowed; put a text that begins with ! in quotes"},
		{"a: *b", "1:4: *b has no &b before it"},
		{"a: &b [*b]", "1:8: *b stands inside the very value it names"},
		{"a: 1\nc: 2\na: 3", "3:1: the key a stands twice; the first is on line 1"},
		{"a: 1\n---\nb: 2", "2:1: the file holds a second document; write one deployment in one file"},
		{"a: \xff", "1:4: the file is not UTF-8 text"},
		{"a: \x1b[0m", "1:4: the character U+001B is not allowed; write it as \"\\x1B\" in double quotes"},
		{"a:\n- 1\n b: 2", "3:3: unexpected ':'; a key must stand on one line, and a text that holds \": \" in quotes"},
		{"a: 2022-02-30", "1:4: there is no date or time 2022-02-30; write it in quotes if it is a text"},
		{"[a]: 1", "1:1: a key must be a text, not a list"},
	} {
		node, err := Parse([]byte(c.text))
		if err == nil {
			_, err = node.Value()
		}
		if err == nil || err.Error() != c.want {
			t.Errorf("%q:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

func TestMergeKeys(t *testing.T) {
	node, err := Parse([]byte("base: &b {x: 1, y: 2}\nuse:\n  <<: *b\n  y: 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	got, _ := node.Get("use").Value()
	want := yaml.MapSlice{{Key: "x", Value: int64(1)}, {Key: "y", Value: int64(3)}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// Files made to exhaust the reader end in an error within the limits on depth and size.
func TestBombs(t *testing.T) {
	laughs := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	for i := 1; i < 30; i++ {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d,", i-1), 9), ","))
	}
	for name, c := range map[string]struct{ text, want string }{
		"aliases":   {laughs, "more than 100000 values"},
		"deep flow": {strings.Repeat("[", 1<<19), "nested deeper than 100 levels"},
		"deep map":  {strings.Repeat("{a: ", 1<<17), "nested deeper than 100 levels"},
		"deep list": {strings.Repeat("- ", 1<<18), "nested deeper than 100 levels"},
		"wide":      {"a: [" + strings.Repeat("1,", 1<<18) + "]", "more than 100000 values"},
		"large":     {strings.Repeat("#", 1<<20+1), "larger than 1048576 bytes"},
		"deep aliases": {"a: &a " + strings.Repeat("[", 60) + strings.Repeat("]", 60) + "\nb: " +
			strings.Repeat("[", 60) + "*a" + strings.Repeat("]", 60), "nested deeper than 100 levels"},
	} {
		if _, err := Parse([]byte(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// FuzzParse looks for texts that break the reader, and holds Marshal to what was read.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"a: 1\n", "- [a, {b: c}]\n", "? |2-\n\n   x\n: >+\n  a\n", "a: &x \"\\u00e4\\\n  b\"\nb: *x\n<<: {c: 'd'}", "%YAML 1.1\n---\n!!str 1\n..."} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		node, err := Parse(data)
		if err != nil {
			return
		}
		v, err := node.Value()
		m, ok := v.(yaml.MapSlice)
		if err != nil || !ok {
			return
		}
		checkRoundTrip(t, m)
	})
}

// FuzzText holds writing and reading of one text in every place where a text may stand.
func FuzzText(f *testing.F) {
	for _, seed := range []string{"", "\t", "a\tb", "a\rb", ".nan", "=", "<<", "12:30:45", "\u0085", "\u2028", "🚀", "\x00", "\n", " \n ", "a\n\n", "\n\n", "- a", strings.Repeat("ä ", 60), "yes", "a <<"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s = strings.ToValidUTF8(s, "\uFFFD"); len(s) > 1000 {
			return
		}
		checkRoundTrip(t, yaml.MapSlice{
			{Key: "v", Value: s},
			{Key: "k" + s, Value: yaml.MapSlice{{Key: s, Value: []any{s, []any{s}, yaml.MapSlice{{Key: s, Value: s}}}}}},
		})
	})
}

func checkRoundTrip(t *testing.T, m yaml.MapSlice) {
	t.Helper()
	out, err := Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	node, err := Parse(out)
	if err != nil {
		t.Fatalf("%v in what was written of %q:\n%s", err, m, out)
	}
	back, err := node.Value()
	if err != nil || !reflect.DeepEqual(typed(back), typed(m)) {
		t.Fatalf("%v\nwrote %q\n read %q (%v)", string(out), m, back, err)
	}
}
