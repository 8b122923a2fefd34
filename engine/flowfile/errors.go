package flowfile

import (
	"fmt"
	"path/filepath"
	"strings"

	"prefect/engine/suggest"
)

// Kinds of Error.
const (
	KindNotFound   = "not_found"  // no such file, or nothing of that name in it
	KindUnreadable = "unreadable" // the file is there and can't be read
	KindNotAFlow   = "not_a_flow" // the name is something else
	KindSyntax     = "syntax"     // the script is no Python
	KindImport     = "import"     // a module is missing, or something in it
	KindException  = "exception"  // the script raised
	KindExit       = "exit"       // the script ended Python
	KindSchema     = "schema"     // the parameters have no schema
	KindName       = "name"       // the flow's name has a character that names may not have
)

// Error is what is wrong with a script, told so that its author can mend it: one message, and of the
// traceback the author's own frames.
type Error struct {
	Kind     string   `json:"kind"`
	Message  string   `json:"message"` // of the exception, without its type
	Type     string   `json:"type"`    // the exception's class, or what was found instead of a flow
	Module   string   `json:"module"`  // the module that could not be imported
	Frames   []Frame  `json:"frames"`  // outermost first
	Names    []string `json:"names"`   // the flows that the script has
	File     string   `json:"-"`
	Function string   `json:"-"`
	Python   string   `json:"-"`
	Vanished bool     `json:"-"` // Python itself ended, without an exception
}

// Frame is one line of a traceback.
type Frame struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Name   string `json:"name"`   // the function; "" in a syntax error
	Source string `json:"source"` // the line without its indentation; "" if unknown
	Column int    `json:"column"` // of a syntax error, counted in Source from 1; 0 if unknown
}

// Error returns the summary and the frames below it, the frames as Python prints them.
func (e *Error) Error() string {
	lines := []string{e.Summary()}
	for _, frame := range e.Frames {
		lines = append(lines, frame.lines()...)
	}
	return strings.Join(lines, "\n")
}

// Summary returns the message without the frames, in one line but for an exception's own text.
func (e *Error) Summary() string {
	script := fmt.Sprintf("script '%s'", filepath.Base(e.File))
	switch e.Kind {
	case KindNotFound, KindNotAFlow:
		return e.missing()
	case KindUnreadable:
		return script + " can't be read: " + e.Message
	case KindSyntax:
		return script + " has a syntax error: " + e.Message
	case KindImport:
		return script + " failed to import: " + e.Message + e.whereToInstall()
	case KindExit:
		return script + e.howItEnded() + "; put what is to run only by hand under `if __name__ == \"__main__\":`"
	case KindSchema:
		return fmt.Sprintf("the parameters of '%s' in %s can't be described: %s", e.Function, script, e.raised())
	case KindName:
		return e.Message
	}
	return script + " raised " + e.raised() + e.flowGaveNone()
}

// flowGaveNone explains a mistake that only loading makes one: the script uses what a flow that it
// calls at module level returns.
func (e *Error) flowGaveNone() string {
	if (e.Type != "AttributeError" && e.Type != "TypeError") || !strings.Contains(e.Message, "NoneType") {
		return ""
	}
	if len(e.Frames) == 0 || e.Frames[len(e.Frames)-1].Name != "<module>" {
		return ""
	}
	return "; a flow called while its script is loaded does not run and gives None, so put the call under `if __name__ == \"__main__\":`"
}

// missing words what 2.1 says in one sentence, with what may have been meant.
func (e *Error) missing() string {
	others := make([]string, 0, len(e.Names))
	for _, name := range e.Names {
		others = append(others, "'"+name+"'")
	}
	near := suggest.Nearest(e.Function, e.Names)
	switch {
	case near != "" && near != e.Function:
		return fmt.Sprintf("%s Did you mean '%s'?", e.Message, near)
	case len(others) == 1:
		return fmt.Sprintf("%s The flow in it is %s.", e.Message, others[0])
	case len(others) > 1:
		return fmt.Sprintf("%s The flows in it are %s.", e.Message, strings.Join(others, ", "))
	}
	return e.Message
}

func (e *Error) whereToInstall() string {
	if e.Type != "ModuleNotFoundError" || e.Module == "" {
		return ""
	}
	return fmt.Sprintf("; is it installed for '%s'?", e.Python)
}

func (e *Error) howItEnded() string {
	if e.Vanished {
		return " ended Python (" + e.Message + ") while it was loaded"
	}
	if e.Message == "" {
		return " called sys.exit() while it was loaded"
	}
	return fmt.Sprintf(" called sys.exit(%s) while it was loaded", e.Message)
}

func (e *Error) raised() string {
	if e.Message == "" {
		return e.Type
	}
	return e.Type + ": " + e.Message
}

func (f Frame) lines() []string {
	place := fmt.Sprintf("  File \"%s\", line %d", f.File, f.Line)
	if f.Name != "" {
		place += ", in " + f.Name
	}
	if f.Source == "" {
		return []string{place}
	}
	if f.Column == 0 {
		return []string{place, "    " + f.Source}
	}
	return []string{place, "    " + f.Source, "    " + strings.Repeat(" ", f.Column-1) + "^"}
}
