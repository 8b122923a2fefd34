package block

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/uuid"

	"prefect/engine/ordered"
)

// ErrNotFound is the cause where there is no such block.
var ErrNotFound = errors.New("block not found")

// ErrTaken is the cause where a block of that name is there already.
var ErrTaken = errors.New("block name taken")

// file is a block as it is written. Of a block that Python has saved long ago only the id and the
// values may be there.
type file struct {
	ID        string          `json:"id"`
	TypeName  string          `json:"type_name,omitempty"`
	Created   time.Time       `json:"created,omitzero"`
	Updated   time.Time       `json:"updated,omitzero"`
	Anonymous bool            `json:"is_anonymous,omitempty"`
	Secrets   []string        `json:"secrets,omitempty"`
	Values    json.RawMessage `json:"values"`
}

func folder(home string) string { return filepath.Join(home, "blocks") }

func path(home, typ, name string) string {
	return filepath.Join(folder(home), typ, name+".json")
}

// Load returns the block of that type and name; the cause is ErrNotFound if there is none.
func Load(home, typ, name string) (Block, error) {
	if checkNames(typ, name) != nil {
		return Block{}, fmt.Errorf("block '%s/%s': %w", typ, name, ErrNotFound)
	}
	data, err := os.ReadFile(path(home, typ, name))
	if errors.Is(err, fs.ErrNotExist) {
		return Block{}, fmt.Errorf("block '%s/%s': %w", typ, name, ErrNotFound)
	}
	if err != nil {
		return Block{}, fmt.Errorf("read the block '%s/%s': %w", typ, name, err)
	}
	b, err := parse(data, typ, name)
	if err != nil {
		return Block{}, fmt.Errorf("%s is not a block: %w; delete the file and save the block again", path(home, typ, name), err)
	}
	if b.Created.IsZero() {
		if info, err := os.Stat(path(home, typ, name)); err == nil {
			b.Created, b.Updated = info.ModTime().UTC(), info.ModTime().UTC()
		}
	}
	return b, nil
}

func parse(data []byte, typ, name string) (Block, error) {
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return Block{}, err
	}
	if _, err := uuid.Parse(f.ID); err != nil {
		return Block{}, errors.New("it has no id")
	}
	values, err := ordered.DecodeMap(f.Values)
	if err != nil {
		return Block{}, err
	}
	b := Block{ID: f.ID, Type: typ, TypeName: f.TypeName, Name: name, Created: f.Created.UTC(), Updated: f.Updated.UTC(),
		Anonymous: f.Anonymous, Secrets: f.Secrets, Values: values}
	if t, ok := FindType(typ); ok {
		b.TypeName = t.Name
	} else if b.TypeName == "" {
		b.TypeName = typ
	}
	return b, nil
}

// List returns all blocks, by type and name. What lies in the folder and isn't a block is an
// error that names the file.
func List(home string) ([]Block, error) {
	types, err := os.ReadDir(folder(home))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the blocks: %w", err)
	}
	var blocks []Block
	for _, t := range types {
		if !t.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(folder(home), t.Name()))
		if err != nil {
			return nil, fmt.Errorf("list the blocks: %w", err)
		}
		for _, f := range files {
			name, ok := strings.CutSuffix(f.Name(), ".json")
			if !ok || checkNames(t.Name(), name) != nil {
				continue // half-written files have names of their own
			}
			b, err := Load(home, t.Name(), name)
			if errors.Is(err, ErrNotFound) {
				continue // deleted a moment ago
			}
			if err != nil {
				return nil, err
			}
			blocks = append(blocks, b)
		}
	}
	return blocks, nil
}

// ByID returns the block with that id; the cause is ErrNotFound if there is none.
func ByID(home, id string) (Block, error) {
	all, err := List(home)
	if err != nil {
		return Block{}, err
	}
	i := slices.IndexFunc(all, func(b Block) bool { return strings.EqualFold(b.ID, id) })
	if i < 0 {
		return Block{}, fmt.Errorf("block '%s': %w", id, ErrNotFound)
	}
	return all[i], nil
}

// Save checks a block and writes it, and returns it with its id and times. A block of the name is
// replaced, keeping its id, if overwrite says so; otherwise the cause of the error is ErrTaken.
func Save(home string, b Block, overwrite bool, now time.Time) (Block, error) {
	if err := checkNames(b.Type, b.Name); err != nil {
		return b, err
	}
	values, err := Check(b.Type, b.Values)
	if err != nil {
		return b, fmt.Errorf("block '%s': %w", b.Slug(), err)
	}
	b.Values, b.ID, b.Created, b.Updated = values, uuid.NewString(), now.UTC(), now.UTC()
	if t, ok := FindType(b.Type); ok {
		b.TypeName = t.Name
	}
	old, err := Load(home, b.Type, b.Name)
	switch {
	case err == nil && !overwrite:
		return b, fmt.Errorf("block '%s': %w", b.Slug(), ErrTaken)
	case err == nil:
		b.ID, b.Created = old.ID, old.Created
	case !errors.Is(err, ErrNotFound) && !overwrite:
		return b, err
	}
	return b, write(home, b, overwrite)
}

// write puts the block's file in place: a reader sees the old one or the new one, never half.
func write(home string, b Block, overwrite bool) error {
	values, err := ordered.Encode(orEmpty(b.Values))
	if err != nil {
		return err
	}
	data, err := json.Marshal(file{b.ID, b.TypeName, b.Created, b.Updated, b.Anonymous, b.Secrets, values})
	if err != nil {
		return err
	}
	name := path(home, b.Type, b.Name)
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return fmt.Errorf("create the folder of the blocks: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".draft-*") // made 0600
	if err != nil {
		return fmt.Errorf("write the block '%s': %w", b.Slug(), err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(data, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write the block '%s': %w", b.Slug(), err)
	}
	if !overwrite {
		// A link can't replace what another process has saved a moment ago.
		if err := os.Link(f.Name(), name); err == nil || errors.Is(err, fs.ErrExist) {
			if err != nil {
				err = fmt.Errorf("block '%s': %w", b.Slug(), ErrTaken)
			}
			return err
		}
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("write the block '%s': %w", b.Slug(), err)
	}
	return nil
}

// Delete removes the block of that type and name; the cause is ErrNotFound if there is none.
func Delete(home, typ, name string) error {
	if checkNames(typ, name) != nil {
		return fmt.Errorf("block '%s/%s': %w", typ, name, ErrNotFound)
	}
	err := os.Remove(path(home, typ, name))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("block '%s/%s': %w", typ, name, ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("delete the block '%s/%s': %w", typ, name, err)
	}
	return nil
}

func orEmpty(m yaml.MapSlice) yaml.MapSlice {
	if m == nil {
		return yaml.MapSlice{}
	}
	return m
}
