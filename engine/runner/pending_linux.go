package runner

import "golang.org/x/sys/unix"

// inQueue asks how many bytes there are to read (FIONREAD).
const inQueue = unix.TIOCINQ
