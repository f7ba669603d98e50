package table

import (
	"errors"
	"testing"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// takeBack takes a change back, and returns how many versions that made.
func (f *fixture) takeBack(r Reversal) (versions int, err error) {
	s, err := f.Begin()
	if err != nil {
		return 0, err
	}
	defer s.Close()
	merges, err := s.Merges(r)
	if err != nil {
		return 0, err
	}
	if err := s.TakeBack(r); err != nil {
		return 0, err
	}
	drafted := s.Drafted()
	done, err := s.Publish()
	for i := range done {
		done[i].PruneDue = drafted[i].PruneDue
		if done[i] != drafted[i] {
			return 0, fault.New(fault.Other, "drafted %+v, published %+v", drafted[i], done[i])
		}
	}
	if n := len(done); n > 0 && merges != (n == 2) {
		return 0, fault.New(fault.Other, "merges %v, and makes %d versions", merges, n)
	}
	return len(done), err
}

// TestTakeBack takes the second of several contents back.
func TestTakeBack(t *testing.T) {
	const first, second = "k|v|n\na|1|x\nb|2|y\n", "k|v|n\na|changed|x\nb|2|y\nnew|3|z\n"
	for name, c := range map[string]struct {
		since    []string // "" is a deletion of the table
		want     string
		versions int
	}{
		"nothing since":        {nil, first, 1},
		"another row":          {[]string{"k|v|n\na|changed|x\nb|2|Y\nnew|3|z\n"}, "k|v|n\na|1|x\nb|2|Y\n", 2},
		"another cell":         {[]string{"k|v|n\na|changed|X\nb|2|y\nnew|3|z\n"}, "k|v|n\na|1|X\nb|2|y\n", 2},
		"comments, line ends":  {[]string{"# of a\nk|v|n\r\na|changed|x\nb|2|y\nnew|3|z\n"}, "# of a\nk|v|n\r\na|1|x\nb|2|y\n", 2},
		"a column":             {[]string{"k|m|v|n\na|m|changed|x\nb|m|2|y\nnew||3|z\n"}, "k|m|v|n\na|m|1|x\nb|m|2|y\n", 2},
		"taken back already":   {[]string{first}, first, 0},
		"and more":             {[]string{first + "c|4|\n"}, first + "c|4|\n", 0},
		"in part":              {[]string{"k|v|n\na|1|x\nb|2|y\nnew|3|z\n"}, first, 2},
		"the same again":       {[]string{first, second}, first, 1},
		"deleted and back":     {[]string{"", second}, first, 1},
		"changed in that cell": {[]string{"k|v|n\na|changed again|x\nb|2|y\nnew|3|z\n"}, "", 0},
		"changed in that row":  {[]string{"k|v|n\na|changed|x\nb|2|y\nnew|3|Z\n"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, first)
			r := Reversal{Before: f.headID(t), User: 7, Note: "why", Merge: MergeOptions{Fail: true}}
			f.must(t)(f.Replace(Replacement{Content: []byte(second), Action: verlog.Update, User: 1001}))
			r.After = f.headID(t)
			for _, text := range c.since {
				if text == "" {
					f.must(t)(f.Drop(1001))
				} else {
					f.must(t)(f.Replace(Replacement{Content: []byte(text), Action: verlog.Update, User: 1001}))
				}
			}
			now := f.current(t)
			n, err := f.takeBack(r)
			var clash *Clash
			if c.want == "" {
				if !errors.As(err, &clash) || len(clash.Conflicts) != 1 || f.current(t) != now {
					t.Errorf("%v\n%s", err, f.current(t))
				}
			} else if err != nil || n != c.versions || f.current(t) != c.want {
				t.Errorf("%d versions, %v:\n%s", n, err, f.current(t))
			}
			f.sound(t, true)
			if n == 0 {
				return
			}
			lines, err := f.Lines()
			if err != nil {
				t.Fatal(err)
			}
			notes, err := f.Notes()
			if made := lines[len(lines)-n]; err != nil || made.Action != verlog.Rollback || made.User != 7 || notes[made.ID] != "why" {
				t.Errorf("%+v %v %v", made, notes, err)
			}
		})
	}
	f := newFixture(t, first)
	if _, err := f.takeBack(Reversal{Before: f.headID(t), After: stamp.ID(1)}); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no such version: %v", err)
	}
	if n, err := f.takeBack(Reversal{After: f.headID(t), User: 7}); n != 1 || err != nil {
		t.Errorf("the first version: %d %v", n, err)
	}
	if ok, err := f.Exists(); ok || err != nil {
		t.Errorf("the table is still there: %v", err)
	}
}
