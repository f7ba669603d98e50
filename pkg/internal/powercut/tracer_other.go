//go:build !(linux && amd64)

package powercut

import (
	"errors"
	"time"
)

// A run is one traced run of a command.
type run struct{ counts map[string]int }

// trace is known for Linux on amd64 only.
func trace(Command, string, target, time.Duration) (*run, Outcome, error) {
	return nil, Outcome{}, errors.ErrUnsupported
}
