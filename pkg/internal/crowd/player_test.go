package crowd

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// A player does one thing after the other, whatever comes to its mind.
type player struct {
	d            *database
	random       *rand.Rand
	user         string
	worker, turn int
	done         map[stamp.ID]deed
	sides        map[verlog.Hash]bool // what was stored as an edit of a version that may have been stale
}

func newPlayer(d *database, random *rand.Rand, worker int) *player {
	return &player{
		d: d, random: random, user: fmt.Sprintf("writer%d", worker), worker: worker,
		done: map[stamp.ID]deed{}, sides: map[verlog.Hash]bool{},
	}
}

func (p *player) play() {
	i := p.random.IntN(200)
	line := row(i, p.value())
	switch p.random.IntN(10) {
	default:
		p.do("set", func(base, text rows, _ func(stamp.ID) rows) string { return text.differ(base.with(key(i), line)) },
			"set", name, key(i), "value="+p.value(), "note="+noteOf(line))
	case 4:
		p.do("delete", func(base, text rows, _ func(stamp.ID) rows) string { return text.differ(base.with(key(i), "")) },
			"delete", name, key(i))
	case 5:
		p.apply("apply", i)
	case 6:
		p.apply("import", i)
	case 7:
		p.rollback(i)
	case 8:
		p.edit(i)
	case 9:
		p.applyTo(i)
	}
}

// value is of one length, and no two are equal.
func (p *player) value() string { return fmt.Sprintf("%08d-%09d", p.worker, p.turn) }

func noteOf(line string) string {
	return strings.TrimSuffix(line[strings.LastIndex(line, "|")+1:], "\n")
}

// do does a thing. It may be refused where that is right: with 1 while a table is edited by hand or not what it was, with
// 10 where there is no such row, with 11 when an edit by hand came in between.
func (p *player) do(what string, check func(base, text rows, at func(stamp.ID) rows) string, args ...string) answer {
	a := p.d.rdb(append(args, "--user", p.user, "--json")...)
	switch id := stored(a); {
	case id != 0 && (a.code == 0 || a.code == 3):
		p.done[id] = deed{what, p.user, check}
	case a.code == 0, a.code == 1:
	case a.code == 10 && (what == "delete" || what == "rollback"):
	case a.code == 11 && strings.Contains(a.err, "edited at this moment"):
	default:
		p.d.t.Errorf("%s: %v", what, a)
	}
	return a
}

// apply stores a whole table that is what the head was, but for one row.
func (p *player) apply(verb string, i int) {
	if file, _, want := p.draft(i); file != "" {
		p.do(verb, func(_, text rows, _ func(stamp.ID) rows) string { return text.differ(want) }, verb, name, file)
	}
}

// applyTo is apply of an edit to the version it was made from.
func (p *player) applyTo(i int) {
	lines := p.versions()
	id := lines[len(lines)-1].ID.String()
	if file, text, want := p.draft(i, "--at", id); file != "" {
		p.sides[verlog.Sum(text)] = true
		p.do("apply --base", func(_, text rows, _ func(stamp.ID) rows) string { return text.differ(want) }, "apply", name, file, "--base", id)
	}
}

// versions returns the versions that there are now.
func (p *player) versions() []verlog.Line {
	lines, _, err := p.d.logNow()
	if err != nil {
		p.d.t.Error(err)
	}
	return lines
}

// draft writes an edited copy of the table.
func (p *player) draft(i int, flags ...string) (file string, text []byte, want rows) {
	file = p.user + ".csv"
	if a := p.d.rdb(append([]string{"export", name, "-o", file}, flags...)...); a.code != 0 {
		p.d.t.Errorf("export: %v", a)
		return "", nil, nil
	}
	path := filepath.Join(p.d.root, file)
	text, err := os.ReadFile(path)
	if err != nil {
		p.d.t.Error(err)
		return "", nil, nil
	}
	want = rowsOf(text)
	if old := want[key(i)]; old != "" {
		want[key(i)] = row(i, p.value())
		text = bytes.Replace(text, []byte("\n"+old), []byte("\n"+want[key(i)]), 1)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		p.d.t.Error(err)
	}
	return file, text, want
}

// rollback brings a version back, or a row of it.
func (p *player) rollback(i int) {
	lines := p.versions()
	id := lines[p.random.IntN(len(lines))].ID
	if p.random.IntN(2) == 0 {
		p.do("rollback", func(_, text rows, at func(stamp.ID) rows) string { return text.differ(at(id)) }, "version:rollback", name, id.String())
		return
	}
	p.do("rollback", func(base, text rows, at func(stamp.ID) rows) string {
		return text.differ(base.with(key(i), at(id)[key(i)]))
	},
		"version:rollback", name, id.String(), "--key", key(i))
}

// edit changes a row of current.csv in place as another program does, and records it.
func (p *player) edit(i int) {
	if err := p.editInPlace(i); err != nil {
		p.d.t.Error(err)
	}
	p.do("commit", byHand, "commit", name)
}

// byHand is the check of an edit by hand: no other row is changed. Whose edit it is, that recorded it, is a matter of luck.
func byHand(base, text rows, _ func(stamp.ID) rows) string {
	for key, line := range text {
		if strings.Contains(line, handMark) {
			delete(base, key)
			delete(text, key)
		}
	}
	return text.differ(base)
}

const handMark = "by hand: "

func (p *player) editInPlace(i int) error {
	f, err := os.OpenFile(p.d.path("current.csv"), os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	at := bytes.Index(b, []byte("\n"+key(i)+"|"))
	if at < 0 {
		return nil
	}
	value := handMark + fmt.Sprintf("%09d", p.turn*100+p.worker)
	_, err = f.WriteAt([]byte(value), int64(at+len("\n"+key(i)+"|")))
	return err
}
