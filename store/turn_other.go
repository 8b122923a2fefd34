//go:build !linux

package store

import "context"

// turn: who writes next is left to SQLite. Only Linux has locks that belong to an open file.
type turn struct{ path string }

func (*turn) take(context.Context) (done func()) { return func() {} }

func (*turn) close() {}
