package merge

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/row"
)

// write settles all that clashes and returns the delta that makes the merged text of ours.
func (m *merger) write() *delta.Delta {
	ours := m.texts[Ours]
	w := writer{ours: ours.bytes, eol: "\n", made: delta.Delta{BaseSize: int64(len(ours.bytes))}}
	header := m.mergeHeader()
	for i := range m.result.Conflicts {
		m.result.Conflicts[i].Merged = header.body
	}
	if header.eol != "" {
		w.eol = header.eol
	}
	if m.marked() {
		header.comments = append([]byte(mark), header.comments...)
	}
	w.put(ours.header, header)
	m.writeRows(&w)
	var tails [3][]byte
	var endings [3]ending
	for side, t := range m.texts {
		tails[side] = completed(t.bytes[t.tail.Start:t.tail.End])
		endings[side] = t.ending()
	}
	w.put(ours.tail, outcome{comments: mergeComments(tails)})
	w.end(changed(endings))
	return &w.made
}

// writeRows settles all rows, in the order of conflicts, and writes them in theirs.
func (m *merger) writeRows(w *writer) {
	settled := make([]outcome, len(m.items))
	for id := range m.items {
		if m.items[id].plain {
			continue
		}
		known := len(m.result.Conflicts)
		settled[id] = m.settle(&m.items[id])
		for ; known < len(m.result.Conflicts); known++ {
			m.result.Conflicts[known].Merged = settled[id].body
		}
	}
	for _, id := range m.weave(m.order, m.inBase, len(m.items)) {
		if it := &m.items[id]; it.plain {
			w.complete()
			w.copy(it.at[Ours].Start, it.at[Ours].End)
		} else {
			w.put(it.at[Ours], settled[id])
		}
	}
}

// writer writes a text as a delta to ours.
type writer struct {
	ours []byte
	eol  string // for a record that has none and is not the last
	made delta.Delta
	buf  []byte
}

// put writes what the merged text has in place of r, which is empty where ours has nothing there.
func (w *writer) put(r row.Row, out outcome) {
	w.buf = append(append(w.buf[:0], out.comments...), out.body...)
	if out.body != nil {
		if bytes.HasSuffix(out.body, []byte("\r")) { // it would be taken for a part of another line end
			out.eol = "\r\n"
		}
		w.buf = append(w.buf, out.eol...)
	}
	if len(w.buf) == 0 {
		return
	}
	w.complete()
	old := w.ours[r.Start:r.End]
	start := delta.CommonPrefix(old, w.buf)
	end := delta.CommonSuffix(old[start:], w.buf[start:])
	w.copy(r.Start, r.Start+start)
	w.insert(w.buf[start : len(w.buf)-end])
	w.copy(r.End-end, r.End)
}

// copy writes a part of ours.
func (w *writer) copy(from, to int) {
	if from == to {
		return
	}
	n := int64(to - from)
	w.made.Size += n
	if last := len(w.made.Ops) - 1; last >= 0 {
		if op := &w.made.Ops[last]; op.Off >= 0 && op.Off+op.N == int64(from) {
			op.N += n
			return
		}
	}
	w.made.Ops = append(w.made.Ops, delta.Op{Off: int64(from), N: n})
}

// insert writes what is not in ours.
func (w *writer) insert(p []byte) {
	if len(p) == 0 {
		return
	}
	n := int64(len(p))
	w.made.Size += n
	w.made.Extra = append(w.made.Extra, p...)
	if last := len(w.made.Ops) - 1; last >= 0 && w.made.Ops[last].Off < 0 {
		w.made.Ops[last].N += n
		return
	}
	w.made.Ops = append(w.made.Ops, delta.Op{Off: -1, N: n})
}

// last returns the byte written last, or a newline at the beginning.
func (w *writer) last() byte {
	if len(w.made.Ops) == 0 {
		return '\n'
	}
	if op := w.made.Ops[len(w.made.Ops)-1]; op.Off >= 0 {
		return w.ours[op.Off+op.N-1]
	}
	return w.made.Extra[len(w.made.Extra)-1]
}

// drop takes the byte written last back.
func (w *writer) drop() {
	last := len(w.made.Ops) - 1
	op := &w.made.Ops[last]
	if op.Off < 0 {
		w.made.Extra = w.made.Extra[:len(w.made.Extra)-1]
	}
	op.N--
	w.made.Size--
	if op.N == 0 {
		w.made.Ops = w.made.Ops[:last]
	}
}

// complete ends the line that was written last.
func (w *writer) complete() {
	if w.last() != '\n' {
		w.insert([]byte(w.eol))
	}
}

// end gives the text its ending. A CR that is data keeps half a line end behind it, or it would be taken for that.
func (w *writer) end(e ending) {
	if e == whole {
		w.complete()
		return
	}
	if w.last() == '\n' {
		w.drop()
	}
	if e == cut && w.last() == '\r' {
		w.drop()
	}
	if data := w.last() == '\r'; data == (e == cut) {
		w.insert([]byte("\r"))
	}
}
