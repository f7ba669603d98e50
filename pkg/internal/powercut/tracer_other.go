//go:build !(linux && amd64)

package powercut

import (
	"errors"
	"time"
)

type tracer struct {
	root  string
	watch func(Call) Verdict
	only  []string
	seen  map[int]bool
}

// trace is known for Linux on amd64 only.
func (r *Running) trace(Command, *tracer, time.Duration) error {
	return errors.ErrUnsupported
}

func waitsForLock(int) bool { return false }
