package manifest

import (
	"fmt"
	"strings"
	"unicode"
)

// CheckName refuses names that Prefect refuses, for flows, deployments and work queues: those with
// one of / % & > <. Refused too are empty names and control characters, which no terminal shows.
// What names the thing: "flow name".
func CheckName(what, name string) error {
	if strings.TrimSpace(name) == "" {
		return fmt.Errorf("the %s is empty", what)
	}
	for _, r := range name {
		switch {
		case strings.ContainsRune("/%&><", r):
			return fmt.Errorf("the %s %q contains %q; / %% & > < are not allowed in names", what, name, r)
		case unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r == 0xFEFF:
			return fmt.Errorf("the %s %q contains the control character U+%04X", what, name, r)
		}
	}
	return nil
}
