package ask

import (
	"cmp"
	"runtime/debug"
	"time"

	"github.com/reedbase/reedbase/pkg/exec"
)

// Thrifty keeps the memory of the process near to twice what a query may keep of rows, garbage included, once it has lived for a moment.
// Most commands are over before, and set their garbage aside for longer.
func Thrifty(bounds exec.Options) {
	time.AfterFunc(moment, func() { debug.SetMemoryLimit(2 * cmp.Or(bounds.MaxMemory, exec.DefaultMemory)) })
}

const moment = 10 * time.Millisecond
