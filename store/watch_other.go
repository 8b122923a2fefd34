//go:build !linux

package store

import "context"

func watch(ctx context.Context, path string, tell func()) { poll(ctx, path, tell) }
