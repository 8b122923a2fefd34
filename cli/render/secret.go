package render

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"
	"unicode"
)

// Masked stands in the place of a secret, whatever its length.
const Masked = "********"

// secretWords are the words by which a name says that its value is a secret. Counts have names
// with some of them too (max_tokens), so numbers are hidden only under the strong ones.
var (
	strongWords = []string{"password", "passwords", "passwd", "passphrase", "pwd", "secret", "secrets", "credential", "credentials", "creds"}
	secretWords = append([]string{"token", "tokens", "key", "keys", "apikey", "apitoken"}, strongWords...)
	// A name that ends so says where a secret is, or something about it.
	aboutWords = []string{"url", "uri", "file", "path", "dir", "name", "type", "length", "size", "count", "column", "ttl", "expiry"}
	// Keys of these kinds open nothing.
	plainKeys = []string{"primary", "foreign", "sort", "partition", "cache", "group", "index", "idempotency", "routing"}
)

// LooksSecret reports whether a parameter or an environment variable of that name holds a secret,
// as far as a name can tell.
func LooksSecret(name string) bool {
	words := nameWords(name)
	if len(words) == 0 || slices.Contains(aboutWords, words[len(words)-1]) {
		return false
	}
	for i, w := range words {
		if !slices.Contains(secretWords, w) {
			continue
		}
		if (w == "key" || w == "keys") && i > 0 && slices.Contains(plainKeys, words[i-1]) {
			continue
		}
		return true
	}
	return false
}

// nameWords splits API_TOKEN, api-token, env.apiToken and APIToken into lower-case words.
func nameWords(name string) []string {
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		upper := unicode.IsUpper(r)
		afterLower := i > 0 && unicode.IsLower(runes[i-1])
		beforeLower := i > 0 && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if upper && (afterLower || beforeLower) {
			b.WriteByte(' ')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return strings.FieldsFunc(b.String(), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// Secrets hides the secret among the values of one flow or deployment: those whose name says so,
// and those that the schema of its parameters (JSON Schema) has as passwords, which is what
// pydantic makes of SecretStr. It remembers what it has hidden, so that Text can hide the same in
// a log.
type Secrets struct {
	schema Dict
	values map[string]bool
	steps  int // how many schemas were looked at
}

// NewSecrets reads a schema, which may be nil.
func NewSecrets(schema json.RawMessage) *Secrets {
	s := &Secrets{values: map[string]bool{}}
	s.schema, _ = fromRaw(schema).(Dict)
	return s
}

// Fresh returns what hides by the same schema and has hidden nothing yet.
func (s *Secrets) Fresh() *Secrets { return &Secrets{schema: s.schema, values: map[string]bool{}} }

// Parameters returns parameters by name with the secret ones hidden.
func (s *Secrets) Parameters(raw json.RawMessage) any { return s.object(fromRaw(raw), s.schema, false) }

// Values returns a value with whatever stands under a secret name hidden; names of environment
// variables and the dotted names of overrides are such names.
func (s *Secrets) Values(raw json.RawMessage) any { return s.object(fromRaw(raw), nil, false) }

// Schema returns the schema of parameters itself, with the defaults of secret ones hidden.
func (s *Secrets) Schema(v any) any { return s.defaults(simplify(v), "", false) }

// Text hides in a text the secrets that were hidden before. Very short ones stay: hiding every
// "a" would hide nothing and make the text unreadable.
func (s *Secrets) Text(text string) string {
	var found []string
	for v := range s.values {
		if len(v) >= 4 && strings.Contains(text, v) {
			found = append(found, v)
		}
	}
	sort.Slice(found, func(i, j int) bool { return len(found[i]) > len(found[j]) })
	for _, v := range found {
		text = strings.ReplaceAll(text, v, Masked)
	}
	return text
}

// object hides in v, whose schema is known or nil. hide is set below a secret name.
func (s *Secrets) object(v any, schema Dict, hide bool) any {
	hide = hide || s.isPassword(schema, 0)
	switch v := v.(type) {
	case Dict:
		out := make(Dict, len(v))
		for i, f := range v {
			below := s.property(schema, f.Key, 0)
			if !hide && LooksSecret(f.Key) {
				out[i] = Field{f.Key, s.named(f.Key, f.Value, below)}
				continue
			}
			out[i] = Field{f.Key, s.object(f.Value, below, hide)}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.object(item, s.items(schema, 0), hide)
		}
		return out
	}
	if hide {
		return s.hidden(v)
	}
	return v
}

// named hides what stands under a secret name, except numbers that may well be counts.
func (s *Secrets) named(name string, v any, schema Dict) any {
	if _, number := v.(json.Number); number && !s.isPassword(schema, 0) {
		if !slices.ContainsFunc(nameWords(name), func(w string) bool { return slices.Contains(strongWords, w) }) {
			return v
		}
	}
	return s.object(v, schema, true)
}

// hidden is what is shown in the place of a single value. What is empty, and yes or no, are no secrets.
func (s *Secrets) hidden(v any) any {
	switch v := v.(type) {
	case string:
		if v == "" {
			return v
		}
		s.values[v] = true
		return Masked
	case json.Number:
		s.values[v.String()] = true
		return Masked
	}
	return v
}

// maxDepth and maxSteps bound how far references in a schema are followed: it may refer to itself,
// and by many ways. Those of real parameters come nowhere near.
const (
	maxDepth = 20
	maxSteps = 200_000
)

// isPassword: pydantic gives SecretStr and SecretBytes this format, and writeOnly.
func (s *Secrets) isPassword(schema Dict, depth int) bool {
	if schema.get("format") == "password" || schema.get("writeOnly") == true {
		return true
	}
	return slices.ContainsFunc(s.alternatives(schema, depth), func(d Dict) bool { return s.isPassword(d, depth+1) })
}

func (s *Secrets) property(schema Dict, name string, depth int) Dict {
	properties, _ := schema.get("properties").(Dict)
	if d, ok := properties.get(name).(Dict); ok {
		return d
	}
	if d, ok := schema.get("additionalProperties").(Dict); ok {
		return d
	}
	for _, d := range s.alternatives(schema, depth) {
		if found := s.property(d, name, depth+1); found != nil {
			return found
		}
	}
	return nil
}

func (s *Secrets) items(schema Dict, depth int) Dict {
	if d, ok := schema.get("items").(Dict); ok {
		return d
	}
	for _, d := range s.alternatives(schema, depth) {
		if found := s.items(d, depth+1); found != nil {
			return found
		}
	}
	return nil
}

// alternatives are the schemas that a schema refers to or is made of.
func (s *Secrets) alternatives(schema Dict, depth int) []Dict {
	if s.steps++; depth >= maxDepth || s.steps > maxSteps {
		return nil
	}
	var all []Dict
	if ref, ok := schema.get("$ref").(string); ok {
		if d := s.resolve(ref); d != nil {
			all = append(all, d)
		}
	}
	for _, key := range []string{"allOf", "anyOf", "oneOf"} {
		list, _ := schema.get(key).([]any)
		for _, item := range list {
			if d, ok := item.(Dict); ok {
				all = append(all, d)
			}
		}
	}
	return all
}

// resolve finds "#/definitions/Name".
func (s *Secrets) resolve(ref string) Dict {
	at := s.schema
	for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		at, _ = at.get(part).(Dict)
	}
	return at
}

// defaults hides the defaults and examples of secret properties within a schema.
func (s *Secrets) defaults(v any, name string, hide bool) any {
	switch v := v.(type) {
	case Dict:
		hide = hide || s.isPassword(v, 0)
		out := make(Dict, len(v))
		for i, f := range v {
			switch {
			case hide && slices.Contains([]string{"default", "example", "examples", "const", "enum"}, f.Key):
				out[i] = Field{f.Key, s.object(f.Value, nil, true)}
			case f.Key == "default":
				out[i] = Field{f.Key, s.object(f.Value, v, false)}
			default:
				out[i] = Field{f.Key, s.defaults(simplify(f.Value), f.Key, name == "properties" && LooksSecret(f.Key))}
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, item := range v {
			out[i] = s.defaults(item, name, false)
		}
		return out
	}
	return v
}

func (d Dict) get(key string) any {
	for _, f := range d {
		if f.Key == key {
			return f.Value
		}
	}
	return nil
}
