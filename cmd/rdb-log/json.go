package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"github.com/reedbase/reedbase/pkg/dict"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// record is a line as JSON. Version ids are strings, since many readers of JSON lose digits of numbers above 2^53. To
// encode, a code may stand without its name and a name without its code; time, base and parent may be missing.
type record struct {
	Version    stamp.ID    `json:"version,string"`
	Time       string      `json:"time"`
	Action     string      `json:"action"`
	ActionCode *uint64     `json:"action_code"`
	User       string      `json:"user"`
	UserCode   *uint64     `json:"user_code"`
	Base       stamp.ID    `json:"base,string"`
	Size       int64       `json:"size"`
	Rows       int64       `json:"rows"`
	Hash       verlog.Hash `json:"hash"`
	Parent     stamp.ID    `json:"parent,string"`
}

// appendJSON appends l as a JSON object and a newline to dst.
func (n names) appendJSON(dst []byte, l verlog.Line) ([]byte, error) {
	action := uint64(l.Action)
	b := bytes.NewBuffer(dst)
	out := json.NewEncoder(b)
	out.SetEscapeHTML(false)
	err := out.Encode(record{
		Version: l.ID, Time: l.ID.Time().Format(stamp.Layout),
		Action: n.actions.Label(action), ActionCode: &action, User: n.users.Label(l.User), UserCode: &l.User,
		Base: l.Base, Size: l.Size, Rows: l.Rows, Hash: l.Hash, Parent: l.Parent,
	})
	return b.Bytes(), err
}

// parseJSON reads a line as a JSON object.
func (n names) parseJSON(text []byte) (l verlog.Line, err error) {
	var r record
	in := json.NewDecoder(bytes.NewReader(text))
	in.DisallowUnknownFields()
	if err := in.Decode(&r); err != nil {
		return l, fault.As(fault.Input, err)
	}
	if _, err := in.Token(); err != io.EOF {
		return l, fault.New(fault.Input, "a second value follows the object")
	}
	if r.Time != "" {
		err = checkTime(r.Version, r.Time)
	}
	action, notAction := agreed(n.actions, r.Action, r.ActionCode)
	user, notUser := agreed(n.users, r.User, r.UserCode)
	l = verlog.Line{ID: r.Version, User: user, Base: r.Base, Size: r.Size, Rows: r.Rows, Hash: r.Hash, Parent: r.Parent}
	if err = errors.Join(err, notAction, notUser); err == nil {
		l.Action, err = toAction(action)
	}
	return l, err
}

// agreed returns the code of a record that gives it, its name, or both.
func agreed(d *dict.Dict, name string, code *uint64) (uint64, error) {
	if code == nil {
		return lookup(d, name)
	}
	if name != "" && name != d.Label(*code) {
		return 0, fault.New(fault.Input, "%s %q has not the code %d", d.Kind(), name, *code)
	}
	return *code, nil
}
