//go:build !linux

package store

import (
	"context"
	"time"
)

func watch(ctx context.Context, path string, within time.Duration, tell func()) {
	go poll(ctx, path, within, tell)
}
