package schema

import (
	"io"
	"slices"
	"sort"
	"strings"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/row"
)

// Infer returns a schema that a table suggests, and keeps: the names and types of its columns and, as the primary key, the
// columns of key or, if that is empty, the first ones that tell the rows apart, as few as will do. A column is of the first
// type that its cells all have, of boolean, integer, float, timestamp and string. Cells that would lose something as numbers,
// such as 007 and +49, make it one of strings, and so do keys that differ in nothing but their spelling, and a column without
// any value. A timestamp is one of RFC 3339 here: seconds are integers. Columns of the key are required where no cell is
// empty; no other rule is guessed, as the table could break it tomorrow. What is no table, or has not the columns of key, or
// rows that these do not tell apart, is refused with fault.Input.
func Infer(text []byte, key []string) (*Schema, error) {
	header, at, err := row.Header(text)
	if err != nil {
		return nil, err
	}
	t := suggestion{text: text, at: at, guesses: make([]guess, len(header)), Schema: &Schema{Level: Warn, Columns: make([]Column, len(header))}}
	if err := t.look(); err != nil {
		return nil, err
	}
	for i, g := range t.guesses {
		t.Columns[i].Name, t.Columns[i].Type = header[i], g.best()
	}
	places, err := t.keyColumns(key)
	if err != nil {
		return nil, err
	}
	t.markKey(places)
	if found := t.check(); found != nil {
		return nil, fault.New(fault.Input, "%s", found[0].text)
	}
	return t.Schema, nil
}

// suggestion is a schema on its way.
type suggestion struct {
	*Schema
	text    []byte
	at      int // where the first row begins
	guesses []guess
}

// look goes through the cells of the table.
func (t *suggestion) look() error {
	for i := range t.guesses {
		t.guesses[i].candidates = everyType
	}
	return eachRow(t.text, t.at, len(t.guesses), func(cells [][]byte) bool {
		for i, stored := range cells {
			t.guesses[i].look(row.Unquote(stored), len(stored) > 0)
		}
		return true
	})
}

// keyColumns returns the places of the columns named, or of the first ones that tell the rows apart, none if even all do not.
func (t *suggestion) keyColumns(key []string) ([]int, error) {
	var places []int
	for _, name := range key {
		at := slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
		if at < 0 {
			return nil, fault.New(fault.Input, "the table has no column %q for its key", name)
		}
		places = append(places, at)
	}
	if key != nil {
		if !t.tellsApart(places, nil) {
			return nil, fault.New(fault.Input, "rows share their key, %s", clip(strings.Join(key, ", ")))
		}
		slices.Sort(places)
		return slices.Compact(places), nil
	}
	for i := range t.Columns {
		places = append(places, i)
	}
	n := sort.Search(len(places), func(n int) bool { return t.tellsApart(places[:n+1], nil) })
	if n == len(places) {
		return nil, nil
	}
	return places[:n+1], nil
}

// markKey makes these columns the primary key.
func (t *suggestion) markKey(places []int) {
	byValue := t.tellsApart(places, t.Columns)
	for _, at := range places {
		c := &t.Columns[at]
		c.PrimaryKey, c.Required = true, t.guesses[at].seen && !t.guesses[at].empty
		if !byValue {
			c.Type = cell.String
		}
	}
}

// tellsApart reports whether no two rows hold the same in all of these columns: the same values where types are given, else the
// same texts. The table is one that look has been through.
func (t *suggestion) tellsApart(places []int, types []Column) bool {
	rules := make([]rule, len(places))
	for i, at := range places {
		rules[i].Column = &Column{}
		if types != nil {
			rules[i].Column = &types[at]
		}
	}
	seen, key, apart := newSeen(1), []byte(nil), true
	eachRow(t.text, t.at, len(t.guesses), func(cells [][]byte) bool {
		key = key[:0]
		for i, at := range places {
			key = rules[i].identity(key, row.Unquote(cells[at]))
		}
		_, twin := seen.add(0, key, 0)
		apart = apart && !twin
		return apart
	})
	return apart
}

// eachRow calls do with the cells of each row from offset at on, as they are stored, until it returns false.
func eachRow(text []byte, at, width int, do func(cells [][]byte) bool) error {
	var cells [][]byte
	for line, counted := 1, 0; ; {
		r, err := row.Next(text, at)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if at = r.End; r.Body == r.End {
			continue
		}
		line, counted = line+row.Line(text[counted:], r.Body-counted)-1, r.Body
		cells, err = row.Stored(cells[:0], text[r.Body:r.End])
		if err != nil {
			return fault.New(fault.Input, "line %d: %w", line, err)
		}
		if len(cells) != width {
			return fault.New(fault.Input, "line %d: %d cells where the header has %d", line, len(cells), width)
		}
		if !do(cells) {
			return nil
		}
	}
}

// guess is which types the cells of a column could have so far.
type guess struct {
	candidates uint8 // bits by type
	seen       bool  // a cell that is not empty
	empty      bool  // a cell whose content is
}

const everyType = 1<<cell.Boolean | 1<<cell.Integer | 1<<cell.Float | 1<<cell.Timestamp

// look takes a cell into account.
func (g *guess) look(content []byte, stored bool) {
	g.empty = g.empty || len(content) == 0
	if !stored {
		return
	}
	g.seen = true
	for _, t := range [...]cell.Type{cell.Boolean, cell.Integer, cell.Float, cell.Timestamp} {
		if g.candidates&(1<<t) != 0 && !suits(content, t) {
			g.candidates &^= 1 << t
		}
	}
}

// suits reports whether a cell is one of type t, and no number that says more by its spelling.
func suits(content []byte, t cell.Type) bool {
	v, ok := t.Parse(content)
	switch t {
	case cell.Integer:
		return ok && string(v.Text()) == string(cell.FromInteger(v.Integer()).AppendText(nil))
	case cell.Float:
		return ok && isPlain(content)
	case cell.Timestamp:
		return ok && len(content) > len("2006-01-02") && content[len("2006-01-02")]|0x20 == 't'
	}
	return ok
}

// isPlain reports whether a number has no plus sign, no zeros that say nothing before its point, and if it is an integer fits
// 64 bits.
func isPlain(number []byte) bool {
	digits := number
	if digits[0] == '-' {
		digits = digits[1:]
	}
	if digits[0] == '+' || len(digits) > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9' {
		return false
	}
	if slices.ContainsFunc(digits, func(c byte) bool { return c < '0' || c > '9' }) {
		return true
	}
	_, ok := cell.Integer.Parse(number)
	return ok
}

func (g *guess) best() cell.Type {
	if g.seen {
		for _, t := range [...]cell.Type{cell.Boolean, cell.Integer, cell.Float, cell.Timestamp} {
			if g.candidates&(1<<t) != 0 {
				return t
			}
		}
	}
	return cell.String
}
