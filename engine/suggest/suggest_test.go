package suggest

import "testing"

func TestNearest(t *testing.T) {
	words := []string{"name", "tags", "work_queue_name", "infrastructure", "age"}
	for word, want := range map[string]string{
		"nmae": "name", "tag": "tags", "work_queue": "work_queue_name", "infra": "infrastructure", "wo": "", "work_queue_nam": "work_queue_name", "infra_structure": "infrastructure",
		"bogus": "", "": "", "x": "", "naem": "name", "ages": "age",
	} {
		if got := Nearest(word, words); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	if got := Question("tag", words); got != "; did you mean 'tags'?" {
		t.Errorf("got %q", got)
	}
}
