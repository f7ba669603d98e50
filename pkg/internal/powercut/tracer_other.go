//go:build !(linux && amd64)

package powercut

import (
	"errors"
	"time"
)

// trace is known for Linux on amd64 only.
func (r *Running) trace(Command, string, func(Call) Verdict, time.Duration) error {
	return errors.ErrUnsupported
}

func waitsForLock(int) bool { return false }
