package cli

import (
	"time"

	"github.com/urfave/cli/v2"
)

// spanFlag is an option whose value is a length of time, such as 90s, 12h or 30d.
type spanFlag struct {
	*cli.StringFlag
	zero bool // no time at all is a value as well
}

func newSpan(name, usage string) *spanFlag {
	return &spanFlag{&cli.StringFlag{Name: name, Usage: usage}, false}
}

func (f *spanFlag) problem(value string) string {
	d, err := parseDelay(value)
	switch {
	case err != nil:
		return err.Error()
	case d == 0 && !f.zero:
		return "is no time at all"
	}
	return ""
}

// spanOf is the value of a spanFlag, 0 if it was not given.
func spanOf(c *cli.Context, name string) time.Duration {
	d, _ := parseDelay(c.String(name)) // problem has refused what can't be read
	return d
}
