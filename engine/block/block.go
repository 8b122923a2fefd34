// Package block keeps blocks: configuration that is saved under a name, such as the place where
// flows are stored. Each is a JSON file of its own, PREFECT_HOME/blocks/TYPE/NAME.json, which the
// embedded Python package reads and writes as well, since Python never opens the database.
//
// The files can hold texts that a flow wants to keep to itself (blocks of the type secret), so
// only their owner may read them. Credentials of storage are in none: see Check.
package block

import (
	"fmt"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// Block is one saved block.
type Block struct {
	ID        string // UUID
	Type      string // slug, such as "local-file-system"
	TypeName  string // as it is shown, such as "Local File System"
	Name      string
	Created   time.Time
	Updated   time.Time
	Anonymous bool          // saved for one deployment, under a made-up name; ls doesn't show it
	Secrets   []string      // keys of Values that must not be shown
	Values    yaml.MapSlice // as in package ordered
}

// Slug is the block's name as a person types it: "type/name".
func (b Block) Slug() string { return b.Type + "/" + b.Name }

// hidden is what stands for a value that must not be shown.
const hidden = "********"

// Shown gives the values with secrets covered, credentials that a file holds against the rules
// among them.
func (b Block) Shown() yaml.MapSlice {
	secret := map[string]bool{}
	for _, key := range b.Secrets {
		secret[key] = true
	}
	shown := make(yaml.MapSlice, len(b.Values))
	for i, item := range b.Values {
		key, _ := item.Key.(string)
		shown[i] = yaml.MapItem{Key: key, Value: cover(key, item.Value, secret[key] || b.Type == "secret" && key == "value")}
	}
	return shown
}

func cover(key string, value any, secret bool) any {
	switch v := value.(type) {
	case nil:
		return nil
	case yaml.MapSlice:
		if secret {
			return hidden
		}
		covered := make(yaml.MapSlice, len(v))
		for i, item := range v {
			inner, _ := item.Key.(string)
			covered[i] = yaml.MapItem{Key: inner, Value: cover(inner, item.Value, false)}
		}
		return covered
	case string:
		if secret || isCredential(key) {
			return hidden
		}
		return withoutPassword(v)
	}
	if secret {
		return hidden
	}
	return value
}

// ParseSlug parts "type/name". The error says what is wrong with it.
func ParseSlug(slug string) (typ, name string, err error) {
	typ, name, ok := strings.Cut(slug, "/")
	if !ok || typ == "" || name == "" || strings.Contains(name, "/") {
		return "", "", fmt.Errorf("'%s' is no block; write it as TYPE/NAME, such as s3/prod", slug)
	}
	return typ, name, nil
}

// checkNames refuses what would not be a file of its own below the folder of the blocks.
func checkNames(typ, name string) error {
	if typ == "" || strings.ContainsAny(typ, `/\`) || strings.HasPrefix(typ, ".") {
		return fmt.Errorf("'%s' is not the slug of a block type", typ)
	}
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("block name '%s' must only contain lowercase letters, numbers, and dashes", name)
	}
	return nil
}
