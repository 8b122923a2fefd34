package sdk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// Compile byte-compiles the SDK folder for an interpreter, once: afterwards it costs two stats. It
// takes about half a second the first time, so it belongs where nobody waits for a flow; without it
// Python compiles what it imports itself, or every time anew where it may not write byte code.
func Compile(ctx context.Context, dir, python string) error {
	marker, err := compiledMarker(dir, python)
	if err != nil {
		return err
	}
	if _, err := os.Stat(marker); err == nil {
		return nil
	}
	// The folder never changes, so Python need not compare times of source and byte code.
	cmd := exec.CommandContext(ctx, python, "-E", "-s", "-m", "compileall", "-q",
		"--invalidation-mode", "unchecked-hash", filepath.Join(dir, "prefect"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("compile the Python package with '%s': %w: %.200s", python, err, out)
	}
	if err := os.WriteFile(marker, nil, 0o600); err != nil {
		return fmt.Errorf("note that the Python package is compiled: %w", err)
	}
	return nil
}

// compiledMarker is the file that says an interpreter's byte code is there. An interpreter that was
// replaced in its place has another one.
func compiledMarker(dir, python string) (string, error) {
	info, err := os.Stat(python)
	if err != nil {
		return "", fmt.Errorf("compile the Python package: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d\x00%d", python, info.Size(), info.ModTime().UnixNano()))
	return filepath.Join(dir, ".compiled-"+hex.EncodeToString(sum[:6])), nil
}
