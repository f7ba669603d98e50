// Package fault owns the closed set of error kinds that exit codes map from. It must never know which command,
// table or file an error belongs to: that stands in the error's text.
package fault

import (
	"errors"
	"fmt"
)

// Kind says what a caller can do about an error. The zero Kind is Other.
type Kind uint8

// The kinds, in the order of their exit codes.
const (
	Other       Kind = iota // none of the below: the system refused, or a bug
	No                      // the answer is no and nothing was stored: differs, condition unmet, invalid, damage found
	Conflicts               // stored durably, with conflicts recorded
	NotFound                // a database, table, version, row or name that does not exist
	Busy                    // locked by another; nothing stored, try again
	Corrupt                 // stored data is damaged
	Format                  // written by a version of the format this program does not know
	Peer                    // a peer failed; try again
	Input                   // refused input: CSV, key, schema, query, name, patch
	Unknown                 // the outcome of a write is unknown: run recover
	Usage                   // the command line is wrong
	Interrupted             // a signal ended the work
)

var names = [...]string{"other", "no", "conflicts", "not found", "busy", "corrupt", "unknown format", "peer failed", "input refused", "outcome unknown", "usage", "interrupted"}

// String returns the kind in words.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return "kind " + fmt.Sprint(uint8(k))
}

type kinded struct {
	kind Kind
	err  error
}

func (e *kinded) Error() string { return e.err.Error() }
func (e *kinded) Unwrap() error { return e.err }

type hinted struct {
	hint string
	err  error
}

func (e *hinted) Error() string { return e.err.Error() }
func (e *hinted) Unwrap() error { return e.err }

// New returns an error of kind k whose text is made as by fmt.Errorf, %w included.
func New(k Kind, format string, args ...any) error {
	return &kinded{k, fmt.Errorf(format, args...)}
}

// As returns err with kind k, keeping its text. An error that has a kind already keeps that one; nil stays nil.
func As(k Kind, err error) error {
	if err == nil || KindOf(err) != Other {
		return err
	}
	return &kinded{k, err}
}

// WithHint returns err with a next step for the user, made as by fmt.Sprintf. It leaves kind and text alone; nil stays nil.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{fmt.Sprintf(format, args...), err}
}

// KindOf returns the kind of the outermost kinded error in err's chain, or Other.
func KindOf(err error) Kind {
	var e *kinded
	if errors.As(err, &e) {
		return e.kind
	}
	return Other
}

// HintOf returns the outermost hint in err's chain, or "".
func HintOf(err error) string {
	var e *hinted
	if errors.As(err, &e) {
		return e.hint
	}
	return ""
}
