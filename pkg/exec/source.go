package exec

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/plan"
	"github.com/reedbase/reedbase/pkg/row"
)

const (
	blockSize = 256 << 10
	mostBlock = 1 << 30 // bytes of one record
)

var newline, separator = []byte("\n"), []byte("|")

// block is whole records, comments and blank lines, in a buffer that is used again.
type block struct {
	text      []byte
	openings  []uint32 // of the text, where the quotes are that open cells
	unchecked bool     // as plan.Source has it
	number    uint64   // in the order of the text
	base      int64    // where the text begins in the relation's, if it comes from there in one piece
	lines     int      // of a stream, before the text
	buf       []byte
}

// blocks hands out the text of a relation block by block, each to whoever asks first.
type blocks struct {
	query *query
	node  *plan.Scan

	mu      sync.Mutex
	opened  int // how often
	source  plan.Source
	at      int64  // of what is read next
	rest    []byte // what was read and is no whole record
	number  uint64
	done    bool
	base    int64 // the offset of the text in rest, for messages
	lines   int   // of a stream, before the text in rest
	started bool
	pulled  bool    // the relation has no text
	puller  *puller // from which its rows come then
	pieces  pieces
}

// open begins anew, once for each round of the operators that share the blocks.
func (s *blocks) open(round int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.opened >= round {
		return nil
	}
	s.idle()
	if err := s.closeSource(); err != nil {
		return err
	}
	source, err := s.node.Relation.Open()
	if err != nil {
		return err
	}
	s.opened, s.source, s.started = round, source, true
	s.at, s.rest, s.number, s.done, s.base, s.lines = 0, s.rest[:0], 0, false, 0, 0
	s.pieces.reset()
	if s.pulled = source.Rows != nil; s.pulled {
		s.puller = newPuller(source.Rows)
		return nil
	}
	return s.header()
}

func (s *blocks) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.done = true
	s.pieces.passed.Broadcast()
	if s.pieces.closing = s.pieces.busy > 0; !s.pieces.closing {
		s.closeSource()
	}
}

func (s *blocks) closeSource() error {
	if !s.started {
		return nil
	}
	s.started = false
	if s.puller != nil {
		s.puller.stop()
		s.puller = nil
	}
	if s.source.Close == nil {
		return nil
	}
	return s.source.Close()
}

// read appends what comes next to buf, about as much as it has room for; final is set at the end of the text.
func (s *blocks) read(buf []byte) (_ []byte, final bool, err error) {
	room := buf[len(buf):cap(buf)]
	var n int
	if s.source.Text != nil {
		room = room[:min(int64(len(room)), s.source.Size-s.at)]
		n, err = s.source.Text.ReadAt(room, s.at)
		if n == len(room) {
			err = nil
		}
		s.at += int64(n)
		final = s.at == s.source.Size
		if err == io.EOF {
			err = fault.New(fault.Other, "%s has become shorter while it was read", s.node.Name)
		}
		return buf[:len(buf)+n], final, err
	}
	n, err = io.ReadFull(s.source.Stream, room)
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		final, err = true, nil
	}
	return buf[:len(buf)+n], final, err
}

// header passes by the first record.
func (s *blocks) header() error {
	buf := make([]byte, 0, 4<<10)
	for {
		text, final, err := s.read(buf)
		if err != nil {
			return err
		}
		_, end, err := row.Header(text)
		if final || err == nil && end < len(text) {
			if err != nil && len(text) > 0 {
				return err
			}
			end = min(end, len(text))
			s.done = final && end == len(text)
			if s.source.Text != nil {
				s.at = int64(end)
			} else {
				s.rest = append(s.rest[:0], text[end:]...)
			}
			s.pass(text[:end])
			return nil
		}
		if buf, err = s.larger(text); err != nil {
			return err
		}
	}
}

func (s *blocks) larger(text []byte) ([]byte, error) {
	if cap(text) >= mostBlock {
		return nil, fault.New(fault.Input, "%s: a record has more than %d bytes", s.node.Name, mostBlock)
	}
	if err := s.query.charge(int64(cap(text))); err != nil {
		return nil, err
	}
	buf := make([]byte, len(text), 2*cap(text)+blockSize)
	copy(buf, text)
	return buf, nil
}

// take fills b with the next records; ok is false when there are none.
func (s *blocks) take(b *block) (ok bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.source.Text != nil {
		return s.takePiece(b)
	}
	if s.done {
		return false, nil
	}
	if err := s.query.stopped(); err != nil {
		return false, err
	}
	if cap(b.buf) < len(s.rest)+4096 {
		b.buf = make([]byte, 0, max(blockSize, len(s.rest)+4096))
	}
	text, final, err := s.read(append(b.buf[:0], s.rest...))
	if err != nil {
		return false, err
	}
	s.done, err = s.fill(b, text, final, func() {})
	return err == nil, err
}

// fill fills b with the whole records of a text, which is what was left and what was read behind it, and reports whether these are the
// last. Where there is none it says so and reads on.
func (s *blocks) fill(b *block, text []byte, final bool, alone func()) (last bool, err error) {
	for {
		c := cut(text, final, b.openings[:0])
		if c.bad >= 0 {
			return false, s.malformed(text, c)
		}
		if c.end > 0 || final {
			b.text, b.openings, b.base = text[:c.end], c.openings, s.base
			b.unchecked, b.lines = s.source.Unchecked, s.lines
			s.rest = append(s.rest[:0], text[c.end:]...)
			s.pass(b.text)
			b.number, s.number = s.number, s.number+1
			return final, nil
		}
		alone()
		alone = func() {}
		if b.buf, err = s.larger(text); err != nil {
			return false, err
		}
		if text, final, err = s.read(b.buf); err != nil {
			return false, err
		}
	}
}

// pass goes on behind a text.
func (s *blocks) pass(text []byte) {
	s.base += int64(len(text))
	if s.source.Text == nil { // else they can be counted when they are asked for
		s.lines += bytes.Count(text, newline)
	}
}

// malformed returns the error of a quoted cell.
func (s *blocks) malformed(text []byte, c cutting) error {
	what := "a closing quote is not followed by a separator or a line end"
	if c.open {
		what = "a quote is opened and never closed"
	}
	return s.wrong(block{text: text, base: s.base, lines: s.lines}, c.bad, what)
}

// ragged returns the error of a record that has not the header's cells, which begins at this offset of the block.
func (s *blocks) ragged(b block, at int, record []byte) error {
	cells, _ := row.Cells(nil, record) // cut has seen that it is well-formed
	return s.wrong(b, at, fmt.Sprintf("%d cells where the header has %d", len(cells), len(s.node.Columns())))
}

// wrong returns the error of what stands at this offset of a block, with its line.
func (s *blocks) wrong(b block, at int, what string) error {
	line := 1 + b.lines + bytes.Count(b.text[:at], newline)
	if s.source.Text != nil {
		line = s.lineAt(b.base + int64(at))
	}
	return fault.New(fault.Input, "%s: line %d: %s", s.node.Name, line, what)
}

// lineAt returns the number of the line that an offset of a text is in.
func (s *blocks) lineAt(offset int64) int {
	line := 1
	buf := make([]byte, blockSize)
	for at := int64(0); at < offset; {
		n, err := s.source.Text.ReadAt(buf[:min(int64(len(buf)), offset-at)], at)
		line += bytes.Count(buf[:n], newline)
		at += int64(n)
		if err != nil && n == 0 {
			break
		}
	}
	return line
}
