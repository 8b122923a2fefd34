package params

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"

	"prefect/engine/ordered"
)

// What Prefect 2.1.1 with pydantic 1.10 said about thousands of values is what is said here. The
// differences are the ones on purpose: null passes, and so does what pydantic 2 reads.
func TestSaysWhatPydanticSays(t *testing.T) {
	name := os.Getenv("PREFECT_TEST_PARAMETERS") // a larger corpus, made by hand
	if name == "" {
		name = filepath.Join("testdata", "corpus.jsonl")
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	checked, wording := 0, 0
	for lines.Scan() {
		var c struct {
			Kind          string
			Schema, Value json.RawMessage
			Problems      []string
		}
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		schema, err := New(c.Schema)
		if err != nil {
			t.Fatal(err)
		}
		value, err := ordered.Decode(c.Value)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		got := messages(schema.Check(yaml.MapSlice{{Key: "x", Value: value}}))
		want := slices.DeleteFunc(c.Problems, lenient)
		switch {
		case len(c.Problems) == 0 && len(got) > 0:
			t.Errorf("%s takes %s, but it was refused: %q", c.Kind, c.Value, got)
		case len(want) > 0 && len(got) == 0:
			t.Errorf("%s refuses %s (%q), but it was accepted", c.Kind, c.Value, want)
		case len(want) == len(c.Problems) && !reflect.DeepEqual(got, compact(want)):
			if wording++; os.Getenv("PREFECT_TEST_PARAMETERS") != "" {
				t.Logf("%s, %s\n got %q\nwant %q", c.Kind, c.Value, got, want)
			}
		}
	}
	if checked < 600 || wording*10 > checked {
		t.Errorf("%d checked, %d in other words", checked, wording)
	}
	t.Logf("%d checked, %d in other words", checked, wording)
}

// lenient tells whether a problem is one that Python may not have, for all the schema shows.
func lenient(problem string) bool {
	switch problem {
	case "none is not an allowed value", "invalid datetime format", "invalid date format":
		return true
	case "value is not a valid decimal", "date value out of range": // "inf" and true, which a float takes; negative times
		return true
	}
	return false
}

// compact drops repeated problems, which say nothing new once their places are gone.
func compact(problems []string) []string {
	var unique []string
	for _, p := range problems {
		if !slices.Contains(unique, p) {
			unique = append(unique, p)
		}
	}
	return unique
}

func messages(err error) []string {
	if err == nil {
		return nil
	}
	var texts []string
	for _, p := range err.(*Error).Problems {
		texts = append(texts, p.Msg)
	}
	return compact(texts)
}
