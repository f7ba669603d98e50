package cli

import (
	"context"
	"errors"

	"github.com/reedbase/reedbase/pkg/fault"
)

// 2 stays free: it is what a Go program ends with when it panics.
var exitCodes = [...]int{
	fault.Other:       128,
	fault.No:          1,
	fault.Conflicts:   3,
	fault.NotFound:    10,
	fault.Busy:        11,
	fault.Corrupt:     12,
	fault.Format:      13,
	fault.Peer:        14,
	fault.Input:       15,
	fault.Unknown:     16,
	fault.Usage:       129,
	fault.Interrupted: 130,
}

// ExitCode returns the exit code for err: 0 for nil and ErrDone, else the one of its kind. A cancelled context without a kind
// counts as interrupted.
func ExitCode(err error) int {
	if err == nil || errors.Is(err, ErrDone) {
		return 0
	}
	kind := fault.KindOf(err)
	if kind == fault.Other && errors.Is(err, context.Canceled) {
		kind = fault.Interrupted
	}
	if int(kind) >= len(exitCodes) {
		kind = fault.Other
	}
	return exitCodes[kind]
}
