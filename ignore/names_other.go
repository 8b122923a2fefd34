//go:build !unix

package ignore

import "os"

// openNames opens a folder for its names only.
func openNames(folder *os.Root) (*os.File, error) { return folder.Open(".") }
