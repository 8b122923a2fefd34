package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"prefect/store"
)

func parentOf(path string) string { return filepath.Dir(path) }

// database looks at the file. usable is false where no other check can ask it anything.
func (o Options) database(ctx context.Context) (checks []Check, usable bool) {
	h, err := store.CheckFile(ctx, o.DBPath, o.Thorough)
	c := Check{Name: "database", Status: Problem}
	var open *store.OpenError
	switch {
	case errors.As(err, &open):
		c.Text, c.Hint = sentence(strings.TrimPrefix(open.Error(), "database ")), sentence(open.Hint)
		if backup := o.newestBackup(); backup != "" && open.Permanent() {
			c.Hint = restoreHint(backup, o.DBPath)
		}
		return []Check{c}, false
	case err != nil:
		c.Text = sentence(err.Error())
		return []Check{c}, false
	case !h.Exists || h.Bytes == 0:
		return []Check{{"database", OK, o.DBPath + " is not there yet; the first command that needs it makes it.", nil, ""}}, false
	case len(h.Problems) > 0:
		c.Text = fmt.Sprintf("%s is damaged: %s", o.DBPath, h.Problems[0])
		if n := len(h.Problems) - 1; n > 0 {
			c.Text += fmt.Sprintf(" (and %d more)", n)
		}
		c.Hint = "Stop all agents, and move it away to start with an empty one."
		if backup := o.newestBackup(); backup != "" {
			c.Hint = restoreHint(backup, o.DBPath)
		}
		return []Check{c}, false
	}
	how := "its structure is sound (everything is read with --full)"
	if h.Thorough {
		how = "sound"
	}
	c = Check{"database", OK, fmt.Sprintf("%s, %.1f MB, schema %d of %d, SQLite %s: %s", o.DBPath, float64(h.Bytes)/1e6, h.Schema, h.Known, h.SQLite, how), nil, ""}
	return append([]Check{c}, o.modes()...), true
}

// modes looks whether others can read what stands in the database: parameters can hold secrets.
func (o Options) modes() []Check {
	for _, path := range o.databaseFiles() {
		if info, err := os.Stat(path); err == nil && loose(info) {
			return []Check{{"file modes", Warning, fmt.Sprintf("%s can be read by other users of this machine (mode %04o).", path, info.Mode().Perm()),
				[]string{"doctor", "--fix"}, ""}}
		}
	}
	return nil
}

// databaseFiles are the database, the files that SQLite keeps beside it, and backups.
func (o Options) databaseFiles() []string {
	files, _ := filepath.Glob(o.DBPath + "*") // fails only for a bad pattern
	sort.Strings(files)
	return files
}

func (o Options) newestBackup() string {
	newest, at := "", int64(0)
	for _, path := range o.databaseFiles() {
		info, err := os.Stat(path)
		if err == nil && filepath.Ext(path) == ".bak" && info.ModTime().UnixNano() > at {
			newest, at = path, info.ModTime().UnixNano()
		}
	}
	return newest
}

func restoreHint(backup, path string) string {
	return fmt.Sprintf("Stop all agents, move %s and the files whose names begin so away, and copy the newest backup, %s, to its place.", path, backup)
}

func sentence(text string) string {
	if text == "" {
		return ""
	}
	if last := text[len(text)-1]; last != '.' && last != '!' && last != '?' {
		text += "."
	}
	return text
}
