package table

import (
	"bytes"
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/reedbase/reedbase/pkg/delta"
	rowindex "github.com/reedbase/reedbase/pkg/index"
	"github.com/reedbase/reedbase/pkg/row"
)

// An index follows a text's changes row by row. Who changes known rows says which; what else changes a text is looked at
// where its delta copies nothing, without the old text: as long as every record is a line, rows are seen from lines alone.

// moves is what a change did to the rows of a text.
type moves struct {
	splices []rowindex.Splice
	rows    []movedRow // all that begin in what was put in, in order
	plain   bool       // every record put in is a line
}

// movedRow is a row in the new text.
type movedRow struct {
	at     int64
	record []byte
}

// moved returns where the edit leaves the rows that it touches.
func (e *Edit) moved(splices []delta.Splice) *moves {
	m := &moves{plain: true}
	touched := make([]*editedRow, 0, len(e.rows))
	for _, r := range e.rows {
		if r.old != nil && (r.now == nil || r.moved || !bytes.Equal(r.old, r.now)) {
			touched = append(touched, r)
		}
	}
	slices.SortFunc(touched, func(a, b *editedRow) int { return cmp.Compare(a.at.Start, b.at.Start) })
	shift := int64(0)
	for _, r := range touched {
		s := rowindex.Splice{Off: int64(r.at.Body), Removed: int64(len(r.old))}
		if gone := r.now == nil || r.moved; gone {
			s = rowindex.Splice{Off: int64(r.at.Start), Removed: int64(r.at.End - r.at.Start)}
		} else {
			s.Added = int64(len(r.now))
			m.put(s.Off+shift, r.now)
		}
		shift += s.Added - s.Removed
		m.splices = append(m.splices, s)
	}
	if len(e.added) == 0 {
		return m
	}
	for _, r := range e.added {
		m.put(e.end+shift+r.behind, r.now)
	}
	// The last splice holds all rows that are new, behind the old ones.
	m.splices = append(m.splices, rowindex.Splice{Off: e.end, Added: int64(len(splices[len(splices)-1].Ins))})
	return m
}

func (m *moves) put(at int64, record []byte) {
	m.rows = append(m.rows, movedRow{at, record})
	m.plain = m.plain && rowindex.OneLine(record)
}

// maxMoved bounds what is read of a text to follow a change of it, in bytes; beyond it an index is built anew as fast.
const maxMoved = 1 << 20

// movesOf returns what the operations, which make next from a text of oldSize bytes with the same columns, in which every
// record is a line, did to its rows. Nil says that this is not to be seen, or too much.
func movesOf(next text, oldSize int64, ops []delta.Op) (*moves, error) {
	next, err := next.withHeader()
	if err != nil || len(ops) == 0 {
		return nil, err
	}
	rows, err := keptLines(next, oldSize, ops)
	if err != nil || len(rows) == 0 || holdsNewline(next.header) {
		return nil, err
	}
	if first := rows[0]; first.new < next.headed && (first.old > 0 || first.new > 0 || first.n < next.headed) {
		return nil, nil // a line of the header could be taken for a row
	}
	m, total := &moves{plain: true}, int64(0)
	from := kept{}
	for _, k := range append(rows, kept{old: oldSize, new: next.size}) {
		was, is := from.old+from.n, from.new+from.n
		if total += k.new - is; total > maxMoved {
			return nil, nil
		}
		if k.old == was && k.new == is {
			from.n += k.n
			continue
		}
		m.splices = append(m.splices, rowindex.Splice{Off: was, Removed: k.old - was, Added: k.new - is})
		if ok, err := m.read(next, is, k.new); err != nil || !ok {
			return nil, err
		}
		from = k
	}
	return m, nil
}

// keptLines trims every range that is copied, in the order of the old text, to the lines that lie in it whole.
func keptLines(next text, oldSize int64, ops []delta.Op) ([]kept, error) {
	var rows []kept
	at, old := int64(0), int64(0)
	for _, op := range ops {
		k := kept{op.Off, at, op.N}
		at += op.N
		if op.Off < old {
			continue // put in, or moved back
		}
		if k.old > 0 || k.new > 0 {
			i, err := firstNewline(next, k.new, k.new+k.n)
			if err != nil {
				return nil, err
			}
			k = kept{k.old + i - k.new, i, k.n - (i - k.new)}
		}
		if k.old+k.n < oldSize || k.new+k.n < next.size {
			end, err := lastNewline(next, k.new, k.new+k.n)
			if err != nil {
				return nil, err
			}
			k.n = end - k.new
		}
		if k.n > 0 {
			rows = append(rows, k)
			old = k.old + k.n
		}
	}
	return rows, nil
}

// firstNewline returns the offset behind the first newline in a range, or its end when there is none.
func firstNewline(s text, from, to int64) (int64, error) {
	for from < to {
		end := min(from+512, to)
		chunk, err := s.peek(from, end)
		if err != nil {
			return 0, err
		}
		if i := bytes.IndexByte(chunk, '\n'); i >= 0 {
			return from + int64(i) + 1, nil
		}
		from = end
	}
	return to, nil
}

// read adds the rows of a range of the new text. It reports false when they do not end where the range does.
func (m *moves) read(next text, from, to int64) (bool, error) {
	b, err := next.read(from, to)
	if err != nil {
		return false, err
	}
	for at, header := 0, from == 0; at < len(b); {
		r, err := row.Next(b, at)
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, nil
		}
		at = r.End
		if r.Body < r.End && !header {
			m.put(from+int64(r.Body), b[r.Body:r.End:r.End])
		}
		header = header && r.Body == r.End
	}
	return true, nil
}

func holdsNewline(columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool { return strings.Contains(name, "\n") })
}
