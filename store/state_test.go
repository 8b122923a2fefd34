package store_test

import (
	"testing"

	"prefect/store"
)

// The texts are those that Prefect 2.1.1 gives.
func TestStatesAreShownAsPythonShowsThem(t *testing.T) {
	text := func(s string) *string { return &s }
	for want, state := range map[string]store.State{
		"Completed()":   {Type: store.Completed, Name: "Completed"},
		"Failed()":      {Type: store.Failed, Name: "Failed", Message: text("")},
		"Failed('why')": {Type: store.Failed, Name: "Failed", Message: text("why")},
		"TimedOut('late', type=StateType.FAILED)": {Type: store.Failed, Name: "TimedOut", Message: text("late")},
		"Odd(type=StateType.COMPLETED)":           {Type: store.Completed, Name: "Odd"},
		`Failed("it's")`:                          {Type: store.Failed, Name: "Failed", Message: text("it's")},
		`Failed('it\'s\n"x" \\')`:                 {Type: store.Failed, Name: "Failed", Message: text("it's\n\"x\" \\")},
	} {
		if got := state.String(); got != want {
			t.Errorf("%s is shown as %s", want, got)
		}
	}
}
