package reedbase

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Resolve finds the version that a text means: an id or a unique beginning of one, a name, ~N for N steps back, a point
// in time, or "" and "head" for the head.
func (t *Table) Resolve(spec string) (Version, error) {
	lines, err := t.t.Lines()
	if err != nil {
		return Version{}, err
	}
	line, err := t.find(spec, lines)
	if err != nil {
		return Version{}, err
	}
	list := []Version{versionOf(line, t.db.labels())}
	return list[0], t.decorate(list, lines)
}

func (t *Table) find(spec string, lines []verlog.Line) (verlog.Line, error) {
	head, _ := verlog.Head(lines)
	switch {
	case spec == "" || spec == "head":
		return head, nil
	case spec[0] == '~':
		return t.stepsBack(spec, lines, head)
	case spec[0] == '@' || strings.ContainsAny(spec, "-:") && spec[0] >= '0' && spec[0] <= '9':
		return t.asOf(spec, lines, head)
	case spec[0] >= '0' && spec[0] <= '9':
		return t.byID(spec, lines)
	}
	tags, err := t.t.Tags()
	if err != nil {
		return verlog.Line{}, err
	}
	names := make([]string, len(tags))
	for i, tag := range tags {
		if tag.Name == spec {
			return t.byID(tag.ID.String(), lines)
		}
		names[i] = tag.Name
	}
	err = fault.New(fault.NotFound, "table %q has no version %q", t.Name(), spec)
	if near := nearest(spec, names); near != "" {
		return verlog.Line{}, fault.WithHint(err, "did you mean %q?", near)
	}
	return verlog.Line{}, fault.WithHint(err, "an id or its beginning, a name, ~N, or a time; 'rdb version:list %s' lists them", t.Name())
}

func (t *Table) byID(digits string, lines []verlog.Line) (found verlog.Line, err error) {
	n := 0
	for _, l := range lines {
		id := l.ID.String()
		if id == digits {
			return l, nil
		}
		if strings.HasPrefix(id, digits) {
			found, n = l, n+1
		}
	}
	switch n {
	case 1:
		return found, nil
	case 0:
		err = fault.New(fault.NotFound, "table %q has no version %s", t.Name(), digits)
		return found, fault.WithHint(err, "'rdb version:list %s' lists them", t.Name())
	}
	return verlog.Line{}, fault.New(fault.Input, "%d versions of table %q begin with %s", n, t.Name(), digits)
}

// stepsBack follows first parents from the head.
func (t *Table) stepsBack(spec string, lines []verlog.Line, head verlog.Line) (verlog.Line, error) {
	n, err := strconv.Atoi(spec[1:])
	if err != nil || n < 0 {
		return head, fault.New(fault.Input, "%q is not ~N", spec)
	}
	at := head
	for range n {
		i := slices.IndexFunc(lines, func(l verlog.Line) bool { return l.ID == at.Base })
		if i < 0 {
			return head, fault.New(fault.NotFound, "table %q has no %d steps to go back", t.Name(), n)
		}
		at = lines[i]
	}
	return at, nil
}

// asOf finds the head as it was at a point in time.
func (t *Table) asOf(spec string, lines []verlog.Line, head verlog.Line) (verlog.Line, error) {
	at, err := stamp.ParseTime(spec)
	if err != nil {
		return head, err
	}
	i := slices.IndexFunc(lines, func(l verlog.Line) bool { return l.ID > stamp.Last(at) })
	if i < 0 {
		return head, nil
	}
	then, ok := verlog.Head(lines[:i])
	if !ok {
		return head, fault.New(fault.NotFound, "table %q did not exist at %s", t.Name(), at.Format(time.RFC3339))
	}
	return then, nil
}
