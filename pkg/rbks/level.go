package rbks

import "github.com/reedbase/reedbase/pkg/fault"

// Level is how a table takes a key that is none.
type Level uint8

// The levels.
const (
	Off    Level = iota // the key is stored, and nothing said
	Warn                // the key is stored as it is, with a warning
	Strict              // the key is refused
)

var levelNames = [...]string{"off", "warn", "strict"}

// String returns the level as a schema writes it.
func (l Level) String() string { return levelNames[l] }

// ParseLevel reads what String writes. Anything else is refused with fault.Input.
func ParseLevel(s string) (Level, error) {
	for l, name := range levelNames {
		if s == name {
			return Level(l), nil
		}
	}
	return Off, fault.New(fault.Input, "the level of keys is strict, warn or off, not %q", clip(s))
}

// DefaultLevel returns the level of a table whose schema says nothing: Warn for the tables that hold such keys by custom.
func DefaultLevel(table string) Level {
	switch table {
	case "text", "routes", "meta", "project", "server":
		return Warn
	}
	return Off
}

// Admit judges a key that is about to be stored at level l. problem is what Check says of it, nil when the level does not ask or the key
// is right; refused says that nothing may be stored, else a problem is a warning.
func (l Level) Admit(text []byte, words Words) (problem error, refused bool) {
	if l == Off {
		return nil, false
	}
	problem = Check(text, words)
	return problem, problem != nil && l == Strict
}

// Standing is how far a text is a key.
type Standing uint8

// The standings.
const (
	Invalid Standing = iota // no key
	Legacy                  // a key of an old table, which ParseLegacy alone reads
	Valid                   // a key, in any spelling
)

var standingNames = [...]string{"invalid", "legacy", "valid"}

// String returns the standing in a word.
func (s Standing) String() string { return standingNames[s] }

// Classify reads text as far as it is a key, and says how far that is. The Key aliases text; it is zero when text is Invalid. Nothing is
// allocated.
func Classify(text []byte, words Words) (Key, Standing) {
	if k, ok := Parse(text, words); ok {
		return k, Valid
	}
	if k, ok := ParseLegacy(text, words); ok {
		return k, Legacy
	}
	return Key{}, Invalid
}
