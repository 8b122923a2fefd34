package ordered

import (
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

func TestOrderAndNumbersSurvive(t *testing.T) {
	const text = `{"z":1,"a":{"y":[1.0,null,true,"<&>",{}],"b":123456789012345678901234567890},"td":90.0,"big":1e+30}`
	v, err := Decode([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	out, err := Encode(v)
	if err != nil || string(out) != text {
		t.Errorf("got %s (%v)\nwant %s", out, err, text)
	}
}

func TestNonFiniteNumbersBecomeTexts(t *testing.T) {
	out, err := Encode([]any{math.Inf(1), math.Inf(-1), math.NaN()})
	if err != nil || string(out) != `["inf","-inf","nan"]` {
		t.Errorf("got %s (%v)", out, err)
	}
}

func TestDecodeRefusesWhatIsNotOneValue(t *testing.T) {
	for _, text := range []string{"", "{", `{"a"`, `{"a":}`, "[1", "1 2", "nope", `{1:2}`, "1e999", strings.Repeat("[", 100_000)} {
		if v, err := Decode([]byte(text)); err == nil {
			t.Errorf("%.20q was read as %v", text, v)
		}
	}
	if m, err := DecodeMap([]byte(" ")); m != nil || err != nil {
		t.Errorf("no text is %v (%v), want an empty mapping", m, err)
	}
	if _, err := DecodeMap([]byte("[]")); err == nil {
		t.Error("a list was read as a mapping")
	}
}

func TestTheLastOfTwoEqualKeysCounts(t *testing.T) {
	m, err := DecodeMap([]byte(`{"a":1,"b":2,"a":3}`))
	want := yaml.MapSlice{{Key: "a", Value: int64(3)}, {Key: "b", Value: int64(2)}}
	if err != nil || !reflect.DeepEqual(m, want) {
		t.Errorf("got %v (%v), want %v", m, err, want)
	}
}
