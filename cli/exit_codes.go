package cli

import "strconv"

// The exit codes of every command. `prefect help exit-codes` shows them.
const (
	exitDone        = 0
	exitFailed      = 1   // what was asked did not succeed
	exitUsage       = 2   // the command line itself is wrong
	exitInterrupted = 130 // Ctrl+C; 128 + the signal's number in general
	exitTerminated  = 143 // SIGTERM
)

// exitCodes says what each code means, in general and where a command is special.
var exitCodes = []struct {
	code    int
	meaning string
}{
	{exitDone, "What was asked is done. A list may be empty."},
	{exitFailed, "It did not succeed: something isn't there, can't be, or went wrong. One line on standard error says what, and mostly another what to do. Nothing is left half done."},
	{exitUsage, "The command line is wrong: an unknown command or option, a missing argument, a value of the wrong kind, such as a word for a number. Nothing was done. A name, a schedule or parameters that can't be are 1, as in Prefect."},
	{exitInterrupted, "Ctrl+C. What was asked may not be done."},
	{exitTerminated, "SIGTERM; in general 128 and the number of the signal."},
}

// outcomeCodes are commands whose code is also an outcome.
var outcomeCodes = []row{
	{"flow-run watch, deployment run --watch", "0 the run completed, 1 it did not or the time was over; Ctrl+C leaves the run alone."},
	{"flow-run execute", "0 the run completed, 1 it did not."},
	{"flow-run cancel, flow-run delete, flow-run retry", "0 all were; 1 one of them was not, the others were."},
	{"agent start", "0 stopped after its runs had ended; with --drain or --run-once 1 if a run did not complete or its work queue lets none through; 130 or 143 if it was told twice and stopped its runs."},
	{"doctor", "0 all is in order or worth a warning only, 1 something is wrong."},
}

var exitCodesTopic = helpTopic{
	summary:  "The exit codes of all commands.",
	text:     "They are the same for every command, so that a script needs no exceptions.",
	sections: []helpSection{{"Codes", exitCodeRows()}, {"Where the code is an outcome", outcomeCodes}},
	examples: "prefect flow-run watch calm-otter || echo \"it did not complete\"\nprefect agent start -q test --drain && echo \"all completed\"",
}

func exitCodeRows() []row {
	var rows []row
	for _, c := range exitCodes {
		rows = append(rows, row{strconv.Itoa(c.code), c.meaning})
	}
	return rows
}
