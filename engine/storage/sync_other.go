//go:build !linux

package storage

import (
	"errors"
	"os"
)

// syncAll writes out what the file system of a folder holds back.
func syncAll(*os.Root) error { return errors.ErrUnsupported }
