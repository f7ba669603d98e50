package table

import (
	"bytes"
	"cmp"
	"io"
	"slices"

	"github.com/reedbase/reedbase/pkg/delta"
)

// span is a range of a text that begins and ends between rows.
type span struct{ from, to int64 }

// kept is a range of whole rows that stands in both texts.
type kept struct{ old, new, n int64 }

// compare finds the rows that differ. The operations make next from old; only what they do not copy is read. Where cells
// hold newlines, a line is no row and both texts are read whole: plain says that none does.
func compare(old, next text, ops []delta.Op, key []string, plain bool) (*Changes, error) {
	var c Changes
	var err error
	if c.OldColumns, err = old.columns(); err != nil {
		return nil, err
	}
	if c.NewColumns, err = next.columns(); err != nil {
		return nil, err
	}
	oldSpans, newSpans := []span{{0, old.size}}, []span{{0, next.size}}
	if plain && slices.Equal(c.OldColumns, c.NewColumns) {
		rows, err := wholeRows(old, next, ops)
		if err != nil {
			return nil, err
		}
		oldSpans, newSpans = complements(rows, old.size, next.size)
	}
	return &c, c.fill(old, next, oldSpans, newSpans, key)
}

// wholeRows trims every copied range to the rows that lie in it whole, in both texts.
func wholeRows(old, next text, ops []delta.Op) ([]kept, error) {
	rows := make([]kept, 0, len(ops))
	at := int64(0)
	for _, op := range ops {
		if op.Off >= 0 {
			k, err := trim(old, next, op, at)
			if err != nil {
				return nil, err
			}
			if k.n > 0 {
				rows = append(rows, k)
			}
		}
		at += op.N
	}
	return rows, nil
}

func trim(old, next text, op delta.Op, at int64) (kept, error) {
	start, err := rowStart(old, next, op, at)
	if err != nil || start == op.N {
		return kept{}, err
	}
	end := op.N
	if op.Off+end < old.size || at+end < next.size {
		if end, err = lastNewline(next, at+start, at+op.N); err != nil {
			return kept{}, err
		}
		end -= at
	}
	return kept{op.Off + start, at + start, end - start}, nil
}

// rowStart returns how far into a copied range the first row begins that is whole in both texts.
func rowStart(old, next text, op delta.Op, at int64) (int64, error) {
	a, err := afterNewline(old, op.Off)
	if err != nil {
		return 0, err
	}
	b, err := afterNewline(next, at)
	if err != nil || a && b {
		return 0, err
	}
	for from := at; from < at+op.N; from += 512 {
		chunk, err := next.peek(from, min(from+512, at+op.N))
		if err != nil {
			return 0, err
		}
		if i := bytes.IndexByte(chunk, '\n'); i >= 0 {
			return from + int64(i) + 1 - at, nil
		}
	}
	return op.N, nil
}

func afterNewline(s text, off int64) (bool, error) {
	if off == 0 {
		return true, nil
	}
	var b [1]byte
	_, err := s.ReadAt(b[:], off-1)
	if err == io.EOF {
		err = nil
	}
	return b[0] == '\n', err
}

// lastNewline returns the offset behind the last newline in a range, or its beginning when there is none.
func lastNewline(s text, from, to int64) (int64, error) {
	for end := to; end > from; {
		begin := max(from, end-512)
		chunk, err := s.peek(begin, end)
		if err != nil {
			return 0, err
		}
		if i := bytes.LastIndexByte(chunk, '\n'); i >= 0 {
			return begin + int64(i) + 1, nil
		}
		end = begin
	}
	return from, nil
}

// complements returns what the kept rows leave of both texts.
func complements(rows []kept, oldSize, newSize int64) (old, next []span) {
	at := int64(0)
	for _, k := range rows {
		if k.new > at {
			next = append(next, span{at, k.new})
		}
		at = k.new + k.n
	}
	if at < newSize {
		next = append(next, span{at, newSize})
	}
	slices.SortFunc(rows, func(a, b kept) int { return cmp.Compare(a.old, b.old) })
	at = 0
	for _, k := range rows {
		if k.old > at {
			old = append(old, span{at, k.old})
		}
		at = max(at, k.old+k.n)
	}
	if at < oldSize {
		old = append(old, span{at, oldSize})
	}
	return old, next
}
