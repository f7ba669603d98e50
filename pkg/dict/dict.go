// Package dict owns the text of the dictionaries that give codes their names: code|name|description of actions and
// code|name|created_at of users. It must never know files, nor which codes a log uses.
package dict

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
)

// Kind says what a dictionary names.
type Kind uint8

// The two dictionaries of a database.
const (
	Actions Kind = iota // names are found in any case
	Users               // names are found as they are written
)

// File returns the name of the kind's file.
func (k Kind) File() string {
	if k == Users {
		return "users.dict"
	}
	return "actions.dict"
}

// String returns what one entry of the kind is called.
func (k Kind) String() string {
	if k == Users {
		return "user"
	}
	return "action"
}

// Entry is one line of a dictionary.
type Entry struct {
	Code uint64
	Name string
	Note string // an action's description, or when a user was created, as RFC 3339
}

// Append appends the entry's line to dst.
func (e Entry) Append(dst []byte) []byte {
	return fmt.Appendf(dst, "%d|%s|%s\n", e.Code, e.Name, e.Note)
}

// System is the user of what nobody asked for. Its code is 0.
const System = "system"

// Dict is a parsed dictionary. It may be read by several goroutines.
type Dict struct {
	kind    Kind
	entries []Entry
	byCode  map[uint64]int
	byName  map[string]int
}

// Parse reads a dictionary: a line "code|name|note" per entry; blank lines and lines that begin with '#' are comments; LF
// or CRLF. All that is wrong with it comes as *Problems beside the entries that are right: a line with another number of
// fields, a code that is no decimal integer, a name or note that could not be written, a code or name that an earlier
// line has. File is the name that the messages carry. No text at all is an empty dictionary.
func Parse(kind Kind, file string, text []byte) (*Dict, error) {
	d := &Dict{kind: kind, byCode: map[uint64]int{}, byName: map[string]int{}}
	var problems Problems
	lines := map[uint64]int{} // where each code stands
	number := 0
	for line := range bytes.Lines(text) {
		number++
		s := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		if s == "" || s[0] == '#' {
			continue
		}
		e, err := parseEntry(kind, s)
		if err == nil {
			err = d.twin(e, lines)
		}
		if err != nil {
			problems = append(problems, Problem{file, number, err.Error()})
			continue
		}
		lines[e.Code] = number
		d.add(e)
	}
	if problems != nil {
		return d, fault.As(fault.Corrupt, problems)
	}
	return d, nil
}

func parseEntry(kind Kind, line string) (e Entry, err error) {
	fields := strings.Split(line, "|")
	if len(fields) != 3 {
		return e, fmt.Errorf("%d fields instead of 3 (code|name|note)", len(fields))
	}
	e = Entry{Name: fields[1], Note: fields[2]}
	e.Code, err = strconv.ParseUint(fields[0], 10, 63)
	if err != nil || strconv.FormatUint(e.Code, 10) != fields[0] {
		return e, fmt.Errorf("code %q is no decimal integer", clip(fields[0]))
	}
	return e, kind.Check(e)
}

// twin refuses an entry whose code or name another has. lines holds where each code stands.
func (d *Dict) twin(e Entry, lines map[uint64]int) error {
	if _, ok := d.byCode[e.Code]; ok {
		return fmt.Errorf("code %d is that of line %d too", e.Code, lines[e.Code])
	}
	if twin, ok := d.Name(e.Name); ok {
		return fmt.Errorf("name %q is that of line %d too", e.Name, lines[twin.Code])
	}
	return nil
}

func (d *Dict) add(e Entry) {
	d.byCode[e.Code] = len(d.entries)
	d.byName[d.fold(e.Name)] = len(d.entries)
	d.entries = append(d.entries, e)
}

func (d *Dict) fold(name string) string {
	if d.kind == Actions {
		return strings.ToLower(name)
	}
	return name
}

// Kind returns what the dictionary names.
func (d *Dict) Kind() Kind { return d.kind }

// Entries returns the entries in the order of their codes, in a slice of the caller's own.
func (d *Dict) Entries() []Entry {
	return slices.SortedFunc(slices.Values(d.entries), func(a, b Entry) int { return cmp.Compare(a.Code, b.Code) })
}

// Code returns the entry with this code.
func (d *Dict) Code(code uint64) (Entry, bool) {
	i, ok := d.byCode[code]
	if !ok {
		return Entry{}, false
	}
	return d.entries[i], true
}

// Name returns the entry with this name: an action's in any case, a user's exactly.
func (d *Dict) Name(name string) (Entry, bool) {
	i, ok := d.byName[d.fold(name)]
	if !ok {
		return Entry{}, false
	}
	return d.entries[i], true
}

// Label returns the name of a code, or "user 1234" ("action 99") when the dictionary lacks it.
func (d *Dict) Label(code uint64) string {
	if e, ok := d.Code(code); ok {
		return e.Name
	}
	return fmt.Sprintf("%s %d", d.kind, code)
}

// Mint returns the code of a new entry made on node: a counter above that of every code there is, times 1000, plus the
// node's number, so that nodes that have not met never give one code to two names.
func (d *Dict) Mint(node int) (uint64, error) {
	if node < 1 || node > stamp.MaxNode {
		return 0, fault.New(fault.Input, "%d is no node number (1 to %d)", node, stamp.MaxNode)
	}
	var counter uint64
	for _, e := range d.entries {
		counter = max(counter, e.Code/1000)
	}
	if counter >= math.MaxInt64/1000-1 {
		return 0, fault.New(fault.Input, "the codes are used up: the largest is %d", counter)
	}
	return (counter+1)*1000 + uint64(node), nil
}

// Add returns the text of a dictionary with one more entry behind its last line; the lines before it keep their bytes.
func Add(text []byte, e Entry) []byte {
	text = slices.Clip(text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return e.Append(text)
}

func clip(s string) string {
	if len(s) > 40 {
		return s[:40] + "..."
	}
	return s
}
