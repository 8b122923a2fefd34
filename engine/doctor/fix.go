package doctor

import (
	"context"
	"fmt"
	"os"

	"prefect/engine/agent"
)

// Fix mends what can be mended without asking: modes that let others read, and what processes that
// were killed have left. say is told what was done.
func Fix(ctx context.Context, o Options, say func(string)) error {
	if info, err := os.Stat(o.Home); err == nil && loose(info) {
		if err := os.Chmod(o.Home, 0o700); err != nil {
			return fmt.Errorf("taking the rights of others away: %w", err)
		}
		say(fmt.Sprintf("%s can be read by its owner only.", o.Home))
	}
	for _, path := range o.databaseFiles() {
		if info, err := os.Stat(path); err == nil && loose(info) {
			if err := os.Chmod(path, 0o600); err != nil {
				return fmt.Errorf("taking the rights of others away: %w", err)
			}
			say(fmt.Sprintf("%s can be read by its owner only.", path))
		}
	}
	if info, err := os.Stat(o.DBPath); err != nil || info.Size() == 0 {
		return nil
	}
	db, err := o.Open(ctx)
	if err != nil {
		return err
	}
	return agent.Recover(ctx, db, nil, say)
}
