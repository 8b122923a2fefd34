package cli

import (
	"encoding/json"
	"strings"
	"time"
)

// orNone is how a table shows what may be missing.
func orNone(s *string) string {
	if s == nil {
		return "None"
	}
	return *s
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// tagList reads a JSON list of strings. The store holds nothing else.
func tagList(tags json.RawMessage) []string {
	var list []string
	if err := json.Unmarshal(tags, &list); err != nil {
		return nil
	}
	return list
}

func tagsText(tags json.RawMessage) string { return strings.Join(tagList(tags), ", ") }

// localTime is a moment in the time zone of the person who looks.
func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 MST") }
