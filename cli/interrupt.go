package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// errInterrupted is the cause of a context that a signal ended.
type errInterrupted struct{ sig os.Signal }

func (e errInterrupted) Error() string { return "interrupted" }

// interrupts ends a command's context at the first Ctrl+C or SIGTERM. A
// second one then has its usual effect and ends the process at once.
type interrupts struct {
	ch     chan os.Signal
	cancel context.CancelCauseFunc
	once   sync.Once
}

func newInterrupts(parent context.Context) (context.Context, *interrupts) {
	ctx, cancel := context.WithCancelCause(parent)
	in := &interrupts{ch: make(chan os.Signal, 1), cancel: cancel}
	signal.Notify(in.ch, os.Interrupt, syscall.SIGTERM)
	go func() {
		if sig, ok := <-in.ch; ok {
			signal.Stop(in.ch)
			cancel(errInterrupted{sig})
		}
	}()
	return ctx, in
}

// take hands the signals over to a command that counts them itself, such as
// `agent start`: from now on they don't end the context.
func (in *interrupts) take() <-chan os.Signal {
	own := make(chan os.Signal, 4)
	signal.Notify(own, os.Interrupt, syscall.SIGTERM)
	in.release()
	return own
}

func (in *interrupts) release() {
	in.once.Do(func() {
		signal.Stop(in.ch)
		close(in.ch)
	})
}

func (in *interrupts) stop() {
	in.release()
	in.cancel(nil)
}

// interruptCode is what a shell reports for a command that a signal ended,
// 128 plus its number, and false where the error has another cause.
func interruptCode(err error) (int, bool) {
	var e errInterrupted
	if !errors.As(err, &e) {
		return 0, false
	}
	if n, ok := e.sig.(syscall.Signal); ok {
		return 128 + int(n), true
	}
	return exitInterrupted, true
}
