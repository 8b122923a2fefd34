package cli

import (
	"time"

	"github.com/urfave/cli/v2"
)

// spanFlag is an option whose value is a length of time, such as 90s, 12h or 30d.
type spanFlag struct{ *cli.StringFlag }

func newSpan(name, usage string) *spanFlag {
	return &spanFlag{&cli.StringFlag{Name: name, Usage: usage}}
}

func (f *spanFlag) problem(value string) string {
	if d, ok := parseDelay(value); !ok || d <= 0 {
		return "is not a duration such as 90s, 12h, 30d or 2w"
	}
	return ""
}

// spanOf is the value of a spanFlag, 0 if it was not given.
func spanOf(c *cli.Context, name string) time.Duration {
	d, _ := parseDelay(c.String(name)) // problem has refused what can't be read
	return d
}
