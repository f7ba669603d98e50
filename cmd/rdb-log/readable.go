package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// The readable form of a line, which encode takes back:
//
//	VERSION TIME ACTION by USER base VERSION size BYTES rows N hash HEX [parent VERSION]
//
// A code without a name is "action 99" or "user 1234". A name that would read as something else stands in quotes.

// appendReadable appends the readable form of l and a newline to dst.
func (n names) appendReadable(dst []byte, l verlog.Line) []byte {
	dst = fmt.Appendf(dst, "%d %s %s by %s base %d size %d rows %d hash %s", l.ID, l.ID.Time().Format(stamp.Layout),
		word(n.actions, uint64(l.Action)), word(n.users, l.User), l.Base, l.Size, l.Rows, l.Hash)
	if l.Parent != 0 {
		dst = fmt.Appendf(dst, " parent %d", l.Parent)
	}
	return append(dst, '\n')
}

// word returns the name of a code as it stands in the readable form.
func word(d *dict.Dict, code uint64) string {
	e, ok := d.Code(code)
	switch {
	case !ok:
		return d.Label(code)
	case strings.ContainsAny(e.Name, " \"\\") || e.Name == d.Kind().String():
		return strconv.Quote(e.Name)
	}
	return e.Name
}

// parseReadable reads the readable form.
func (n names) parseReadable(s string) (l verlog.Line, err error) {
	r := reader{rest: s}
	l.ID = r.version()
	r.time(l.ID)
	l.Action = r.action(n.actions)
	r.keyword("by")
	l.User = r.code(n.users)
	r.keyword("base")
	l.Base = r.version()
	r.keyword("size")
	l.Size = r.number()
	r.keyword("rows")
	l.Rows = r.number()
	r.keyword("hash")
	l.Hash = r.hash()
	if r.rest != "" {
		r.keyword("parent")
		l.Parent = r.version()
	}
	if r.err == nil && r.rest != "" {
		r.err = fault.New(fault.Input, "%q follows the record", r.rest)
	}
	return l, r.err
}

// reader takes words off a record; after the first error its methods do nothing.
type reader struct {
	rest string
	err  error
}

// next takes the next word, unquoted.
func (r *reader) next() (text string, quoted bool) {
	if r.err != nil {
		return "", false
	}
	r.rest = strings.TrimLeft(r.rest, " ")
	if q, err := strconv.QuotedPrefix(r.rest); err == nil {
		text, err = strconv.Unquote(q)
		r.rest, r.err = strings.TrimLeft(r.rest[len(q):], " "), err
		return text, true
	}
	text, rest, _ := strings.Cut(r.rest, " ")
	r.rest = strings.TrimLeft(rest, " ")
	return text, false
}

func (r *reader) refuse(want, got string) {
	if r.err == nil {
		r.err = fault.New(fault.Input, "%s is expected, not %q", want, got)
	}
}

func (r *reader) keyword(want string) {
	if got, _ := r.next(); got != want {
		r.refuse(strconv.Quote(want), got)
	}
}

func (r *reader) version() stamp.ID {
	text, _ := r.next()
	id, err := stamp.Parse(text)
	if err != nil {
		r.refuse("a version id", text)
	}
	return id
}

func (r *reader) number() int64 {
	text, _ := r.next()
	n, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		r.refuse("a number", text)
	}
	return int64(n)
}

func (r *reader) hash() verlog.Hash {
	text, _ := r.next()
	h, err := verlog.ParseHash(text)
	if err != nil {
		r.refuse("a content hash", text)
	}
	return h
}

// time takes the time of a version, which its id gives already.
func (r *reader) time(id stamp.ID) {
	text, _ := r.next()
	if r.err == nil {
		r.err = checkTime(id, text)
	}
}

func checkTime(id stamp.ID, text string) error {
	t, err := stamp.ParseTime(text)
	if err == nil && !t.Equal(id.Time()) {
		err = fault.New(fault.Input, "%s is not the time of version %d, which is %s", text, id, id.Time().Format(stamp.Layout))
	}
	return err
}

// code takes a name of d, or the word for what d names and a code.
func (r *reader) code(d *dict.Dict) uint64 {
	text, quoted := r.next()
	if r.err != nil {
		return 0
	}
	if text == d.Kind().String() && !quoted {
		return uint64(r.number())
	}
	e, ok := d.Name(text)
	if !ok {
		_, r.err = lookup(d, text)
	}
	return e.Code
}

func (r *reader) action(d *dict.Dict) verlog.Action {
	code := r.code(d)
	a, err := toAction(code)
	if r.err == nil {
		r.err = err
	}
	return a
}
