package exec

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/reedbase/reedbase/pkg/fault"
)

// A text that can be read from anywhere is read by several goroutines at once. Each claims the next piece and reads it. To find where
// its last record ends it waits for its turn, as what is left of the piece before comes first; that takes little.

// room is in a buffer before what is read, for what is left of the piece before. Most often that is less than a row.
const room = 4 << 10

// spins is how often a goroutine looks for its turn before it sleeps: for some 20 microseconds.
const spins = 20_000

// pieces is how far the pieces of a text are.
type pieces struct {
	passed  sync.Cond     // turn, epoch or busy has changed
	claimed uint64        // pieces that somebody has begun with
	turn    atomic.Uint64 // the piece whose end is to be found; changed under the lock
	epoch   uint64        // changes when pieces that were claimed are no longer good
	busy    int           // who has a piece
	closing bool          // the source is to be closed by the last of them
}

// piece is what one goroutine reads.
type piece struct {
	turn, epoch uint64
	at          int64
	data        []byte // in a buffer, with room before it
	final       bool
}

func (p *pieces) reset() {
	p.claimed, p.closing = 0, false
	p.turn.Store(0)
}

// idle waits until nobody has a piece.
func (s *blocks) idle() {
	s.pieces.passed.L = &s.mu
	for s.pieces.busy > 0 {
		s.pieces.passed.Wait()
	}
}

// takePiece is take for a text that can be read from anywhere.
func (s *blocks) takePiece(b *block) (ok bool, err error) {
	for !s.done {
		if s.at == s.source.Size && s.pieces.claimed != s.pieces.turn.Load() {
			s.pieces.passed.Wait() // for the last piece, or for one whose last record is to be read on over those of others
			continue
		}
		if err := s.query.stopped(); err != nil {
			return false, err
		}
		p := s.claim(b)
		s.mu.Unlock()
		failed := s.readPiece(p)
		s.mu.Lock()
		if ok = s.await(p); ok {
			err = s.passOn(b, p, failed)
		}
		s.release()
		if ok {
			return err == nil, err
		}
	}
	return false, nil
}

// claim begins with the next piece, in the buffer of b.
func (s *blocks) claim(b *block) *piece {
	n := min(blockSize, s.source.Size-s.at)
	if int64(cap(b.buf)) < room+n {
		b.buf = make([]byte, room+n)
	}
	p := &piece{turn: s.pieces.claimed, epoch: s.pieces.epoch, at: s.at, data: b.buf[room : room+n], final: s.at+n == s.source.Size}
	s.at += n
	s.pieces.claimed++
	s.pieces.busy++
	return p
}

func (s *blocks) readPiece(p *piece) error {
	n, err := s.source.Text.ReadAt(p.data, p.at)
	switch {
	case n == len(p.data):
		return nil
	case err == io.EOF:
		return fault.New(fault.Other, "%s has become shorter while it was read", s.node.Name)
	}
	return err
}

// await waits for the turn of a piece. It is not ok when somebody has read on over it. Most waits are shorter than it takes to be woken.
func (s *blocks) await(p *piece) (ok bool) {
	if s.pieces.turn.Load() != p.turn {
		s.mu.Unlock()
		for spin := 0; spin < spins && s.pieces.turn.Load() != p.turn; spin++ {
		}
		s.mu.Lock()
	}
	for s.pieces.turn.Load() != p.turn && s.pieces.epoch == p.epoch {
		s.pieces.passed.Wait()
	}
	return s.pieces.epoch == p.epoch
}

// passOn fills b with the records of a piece whose turn it is. A record that goes on behind it is read to its end, over the pieces of
// others. After an error nobody goes on. The lock is given up meanwhile: what is left of pieces, and how many blocks there were, is only
// touched by whose turn it is.
func (s *blocks) passOn(b *block, p *piece, err error) error {
	last, alone := false, false
	if err == nil {
		s.mu.Unlock()
		last, err = s.fill(b, s.behindRest(b, p.data), p.final, func() {
			s.mu.Lock()
			alone = true
			s.at = p.at + int64(len(p.data))
			s.pieces.claimed = p.turn + 1
			s.pieces.epoch++
		})
		if !alone {
			s.mu.Lock()
		}
	}
	if err != nil {
		s.pieces.epoch++
	}
	s.done = s.done || last || err != nil
	s.pieces.turn.Add(1)
	return err
}

// behindRest returns what is left of the piece before, and data behind it.
func (s *blocks) behindRest(b *block, data []byte) []byte {
	from := room - len(s.rest)
	if from < 0 {
		return append(append(make([]byte, 0, len(s.rest)+len(data)), s.rest...), data...)
	}
	copy(b.buf[from:], s.rest)
	return b.buf[from : room+len(data)]
}

// release gives a piece up.
func (s *blocks) release() {
	s.pieces.busy--
	if s.pieces.closing && s.pieces.busy == 0 {
		s.pieces.closing = false
		s.closeSource()
	}
	s.pieces.passed.Broadcast()
}
