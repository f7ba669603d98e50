package exec

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/cell"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/row"
)

// taker hands out blocks.
type taker interface {
	open(round int) error
	take(b *block) (bool, error)
	close()
}

// scan reads the records of a text, and returns a batch, if an empty one, for each block of it. It finds the cells of the
// columns that are needed, makes values of those that its terms are about, and of the others for the rows alone for which all
// terms hold. A record that has more or fewer cells than the header is an error in a text that nobody has checked; in others it is
// one where a cell that is read is not there.
type scan struct {
	*env
	from    taker
	raws    []*raw
	tests   []test // of the other terms
	all     []test // of all terms, for rows that have no bytes
	sieves  []sieveOf
	key     []byte
	tested  []int // columns that the terms are about, ascending
	later   []int // other columns that are needed
	cells   []int // both, ascending
	types   []cell.Type
	spans   [][]extent // of each column in cells, one for each row
	block   block
	at      int // in the block
	out     batch
	round   int
	pace    pace
	texts   []byte // contents of cells that have doubled quotes
	opening int    // of the block's openings, the first that may come
	ragged  int    // in the block, where a record begins that has not the header's cells; -1 is none
}

// extent is where a cell is in a block, quotes included.
type extent struct{ start, length uint32 }

func newScan(b *builder, n *plan.Scan, s *sharing) (operator, error) {
	from, ok := s.sites[n].(taker)
	if !ok {
		if n.Lookup != nil {
			from = newLookup(b.query, n)
		} else {
			from = &blocks{query: b.query, node: n}
		}
		s.sites[n] = from
	}
	o := &scan{env: b.env(), from: from, sieves: b.sieves[n]}
	var err error
	if o.all, err = b.compiler().tests(n.Terms); err != nil {
		return nil, err
	}
	raws, left := rawTerms(n.Terms, n.Columns())
	o.raws = raws
	if o.tests, err = b.compiler().tests(left); err != nil {
		return nil, err
	}
	need, test := make([]bool, len(n.Need)), make([]bool, len(n.Need))
	for i, c := range n.Columns() {
		o.types = append(o.types, c.Type)
		need[i] = n.Need[i]
	}
	for _, r := range raws {
		need[r.column] = true
	}
	for _, x := range left {
		plan.Visit(x, func(y plan.Expr) bool {
			if f, ok := y.(*plan.Field); ok {
				need[f.Index], test[f.Index] = true, true
			}
			return true
		})
	}
	for _, s := range o.sieves {
		need[s.column], test[s.column] = true, true
	}
	o.cells, o.tested = numbers(need), numbers(test)
	wanted := append([]bool(nil), n.Need...)
	for _, c := range o.cells {
		if wanted[c] && !test[c] {
			o.later = append(o.later, c)
		}
	}
	o.spans = make([][]extent, len(need))
	o.out.cols = make([][]cell.Value, len(need))
	return o, nil
}

func (o *scan) open() error {
	o.round++
	o.at, o.block.text = 0, nil
	return o.from.open(o.round)
}

func (o *scan) close() { o.from.close() }

func (o *scan) next() (*batch, error) {
	if s, ok := o.from.(*blocks); ok && s.pulled {
		return o.iterated(s)
	}
	for o.at == len(o.block.text) {
		ok, err := o.from.take(&o.block)
		if !ok || err != nil {
			return nil, err
		}
		o.at, o.opening = 0, 0
	}
	o.reset()
	o.texts = o.texts[:0]
	n := o.find()
	if o.ragged >= 0 {
		return nil, o.refuse()
	}
	o.out.room(o.cells, n)
	o.out.sel, o.out.position = all(o.out.sel, n), o.block.number
	for _, r := range o.raws {
		o.out.sel = r.pass(o, o.out.sel)
	}
	o.values(o.tested)
	if err := o.test(o.tests); err != nil {
		return nil, err
	}
	o.values(o.later)
	return &o.out, nil
}

// iterated returns the next rows of a relation without a text.
func (o *scan) iterated(s *blocks) (*batch, error) {
	o.reset()
	n, err := s.rows(o.env, &o.out, o.cells, o.pace.next())
	if n == 0 || err != nil {
		return nil, err
	}
	return &o.out, o.test(o.all)
}

// test leaves the rows for which all terms hold.
func (o *scan) test(tests []test) (err error) {
	for _, t := range tests {
		if len(o.out.sel) == 0 {
			break
		}
		if o.out.sel, err = t(o.env, &o.out, o.out.sel); err != nil {
			return err
		}
	}
	for _, s := range o.sieves {
		o.out.sel = s.sieve.pass(o.out.cols[s.column], o.out.sel, &o.key)
	}
	return nil
}

// find finds the cells of the next records, as many as a batch holds, and returns how many records there were.
func (o *scan) find() (n int) {
	text, at, most, openings := o.block.text, o.at, o.pace.next(), o.block.openings
	o.ragged = -1
	for _, c := range o.cells {
		o.spans[c] = grown(o.spans[c], most)
	}
	for n < most && at < len(text) {
		switch text[at] {
		case '\n':
			at++
			continue
		case '#':
			at = lineEnd(text, at)
			continue
		case '\r':
			if at+1 == len(text) || text[at+1] == '\n' {
				at = min(at+2, len(text))
				continue
			}
		}
		end := lineEnd(text, at)
		for o.opening < len(openings) && int(openings[o.opening]) < at {
			o.opening++
		}
		if o.opening < len(openings) && int(openings[o.opening]) < end {
			at = o.quoted(text, at, n)
		} else {
			if o.block.unchecked && bytes.Count(text[at:end], separator) != len(o.types)-1 {
				o.note(at)
			}
			if len(o.cells) > 0 {
				o.bare(text, at, end, n)
			}
			at = end
		}
		n++
	}
	o.at = at
	return n
}

// refuse returns the error of a ragged record.
func (o *scan) refuse() error {
	text := o.block.text
	record, err := row.RecordAt(bytes.NewReader(text), int64(len(text)), int64(o.ragged))
	if err != nil {
		return err
	}
	if s, ok := o.from.(*blocks); ok {
		return s.ragged(o.block, o.ragged, record)
	}
	return fault.New(fault.Corrupt, "%q has not the header's cells", record)
}

func lineEnd(text []byte, at int) int {
	if i := bytes.IndexByte(text[at:], '\n'); i >= 0 {
		return at + i + 1
	}
	return len(text)
}

// bare finds the cells of a record without quotes.
func (o *scan) bare(text []byte, at, end, row int) {
	record := at
	if end > at && text[end-1] == '\n' {
		end--
	}
	if end > at && text[end-1] == '\r' {
		end--
	}
	column := 0
	for _, wanted := range o.cells {
		for column < wanted {
			i := bytes.IndexByte(text[at:end], '|')
			if i < 0 {
				o.note(record)
				return
			}
			at += i + 1
			column++
		}
		i := bytes.IndexByte(text[at:end], '|')
		if i < 0 {
			i = end - at
		} else if wanted == len(o.types)-1 {
			o.note(record)
		}
		o.spans[wanted][row] = extent{uint32(at), uint32(i)}
	}
}

// note notes the first ragged record. What was found of it is not used.
func (o *scan) note(record int) {
	if o.ragged < 0 {
		o.ragged = record
	}
}

// quoted finds the cells of a record that has quotes, and returns the offset behind it.
func (o *scan) quoted(text []byte, at, row int) int {
	k, record, last := 0, at, len(o.types)-1
	for column := 0; ; column++ {
		start := at
		if at < len(text) && text[at] == '"' {
			at = quotedEnd(text, at)
		} else {
			at = bareEnd(text, at)
		}
		if k < len(o.cells) && o.cells[k] == column {
			o.spans[column][row] = extent{uint32(start), uint32(at - start)}
			k++
		}
		if at == len(text) || text[at] != '|' {
			if k < len(o.cells) || o.block.unchecked && column != last {
				o.note(record)
			}
			return lineEnd(text, at)
		}
		if column == last && k > 0 && o.cells[k-1] == last {
			o.note(record)
		}
		at++
	}
}

// quotedEnd returns the offset behind a quoted cell, which is well-formed.
func quotedEnd(text []byte, at int) int {
	for at++; ; at += 2 {
		i := bytes.IndexByte(text[at:], '"')
		if i < 0 {
			return len(text)
		}
		at += i
		if at+1 == len(text) || text[at+1] != '"' {
			return at + 1
		}
	}
}

func bareEnd(text []byte, at int) int {
	for i := at; i < len(text); i++ {
		switch text[i] {
		case '|', '\n':
			return i
		case '\r':
			if i+1 == len(text) || text[i+1] == '\n' {
				return i
			}
		}
	}
	return len(text)
}

// values makes values of columns for the rows that are selected.
func (o *scan) values(list []int) {
	text := o.block.text
	for _, c := range list {
		spans, column, t := o.spans[c], o.out.cols[c], o.types[c]
		for _, i := range o.out.sel {
			x := spans[i]
			content := text[x.start : x.start+x.length : x.start+x.length]
			if len(content) > 0 && content[0] == '"' {
				column[i] = t.Read(o.unquoted(content), true)
			} else {
				column[i] = t.Read(content, false)
			}
		}
	}
}

// unquoted returns the content of a quoted cell, valid for the batch at hand.
func (o *scan) unquoted(stored []byte) []byte {
	stored = stored[1 : len(stored)-1]
	i := bytes.IndexByte(stored, '"')
	if i < 0 {
		return stored[:len(stored):len(stored)]
	}
	if cap(o.texts)-len(o.texts) < len(stored) {
		o.texts = make([]byte, 0, max(len(stored), 16<<10))
	}
	from := len(o.texts)
	for i >= 0 {
		o.texts = append(o.texts, stored[:i+1]...)
		stored = stored[i+2:]
		i = bytes.IndexByte(stored, '"')
	}
	o.texts = append(o.texts, stored...)
	return o.texts[from:len(o.texts):len(o.texts)]
}
