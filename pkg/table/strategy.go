package table

import (
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
)

// Strategy says whose value a conflict is settled by when nobody is asked.
type Strategy uint8

// The strategies. The time of a write is the one in its version's id.
const (
	Manual         Strategy = iota // the conflict stays open, and the head's value stands
	LastWriteWins                  // the later write
	FirstWriteWins                 // the earlier write
)

var strategies = [...]string{"manual", "last-write-wins", "first-write-wins"}

// String returns the strategy's name.
func (s Strategy) String() string { return strategies[s] }

// ParseStrategy returns the strategy of a name; fault.Input when there is none.
func ParseStrategy(name string) (Strategy, error) {
	if i := slices.Index(strategies[:], name); i >= 0 {
		return Strategy(i), nil
	}
	return Manual, fault.New(fault.Input, "%q is no strategy; there are %s", name, strings.Join(strategies[:], ", "))
}

// MergeOptions say how a write that was made from an older version is joined with the head.
type MergeOptions struct {
	Rows     bool     // a row that both sides changed is a conflict, even where they changed different cells
	Strategy Strategy // how conflicts are settled at once
	Fail     bool     // conflicts refuse the write, whatever the strategy is
}
