package delta

import (
	"encoding/binary"
	"io"

	"github.com/reedbase/reedbase/pkg/fault"
)

const (
	// chunkSize is how much of a text is held at a time while streaming, in bytes.
	chunkSize = 128 << 10
	// shortestZeros is the least run of zeros in a diff block that is worth an operation of its own.
	shortestZeros = 32
)

func errNoBase() error {
	return fault.New(fault.Corrupt, "the patch changes bytes of its base, and cannot be read without it")
}

// adder reads what is to be added: the diff block, and the base, a chunk of at most chunkSize bytes at a time.
type adder struct {
	diff         io.Reader
	base         io.ReaderAt
	change, text []byte
}

// addDiff returns d with the diff block added to what d copies: changed bytes become extra bytes.
func (a *adder) addDiff(d *Delta) (*Delta, error) {
	sum := &Delta{BaseSize: d.BaseSize}
	extra := d.Extra
	for _, op := range d.Ops {
		if op.Off < 0 {
			sum.insert(extra[:op.N])
			extra = extra[op.N:]
			continue
		}
		if err := inChunks(op.N, func(done, n int64) error { return a.addRun(sum, op.Off+done, n) }); err != nil {
			return nil, err
		}
	}
	return sum, expectEnd(a.diff, "diff block")
}

// addRun appends n bytes of the base at off, changed as the diff block says, to sum.
func (a *adder) addRun(sum *Delta, off, n int64) error {
	change, err := a.changes(n)
	if err != nil {
		return err
	}
	if zeros(change) == len(change) {
		sum.copy(off, n)
		return nil
	}
	text, err := a.old(off, n)
	if err != nil {
		return err
	}
	for at := 0; at < len(change); {
		if same := zeros(change[at:]); same >= shortestZeros || at+same == len(change) {
			sum.copy(off+int64(at), int64(same))
			at += same
			continue
		}
		end := at + changed(change[at:])
		for i := at; i < end; i++ {
			text[i] += change[i]
		}
		sum.insert(text[at:end])
		at = end
	}
	return nil
}

// changes returns the next n bytes of the diff block, until the next call.
func (a *adder) changes(n int64) ([]byte, error) {
	if a.change == nil {
		a.change = make([]byte, chunkSize)
	}
	if _, err := readUntilFull(a.diff, a.change[:n]); err != nil {
		return nil, fault.New(fault.Corrupt, "diff block: %w", noEOF(err))
	}
	return a.change[:n], nil
}

// old returns the n bytes of the base at off, until the next call.
func (a *adder) old(off, n int64) ([]byte, error) {
	if a.base == nil {
		return nil, errNoBase()
	}
	text := a.buffer(n)
	if m, err := a.base.ReadAt(text, off); m < len(text) {
		return nil, fault.New(fault.KindOf(err), "base at offset %d: %w", off+int64(m), noEOF(err))
	}
	return text, nil
}

// buffer returns room for n bytes of text, until the next call.
func (a *adder) buffer(n int64) []byte {
	if a.text == nil {
		a.text = make([]byte, chunkSize)
	}
	return a.text[:n]
}

// changed returns the length of the run at the start of change before the next run of zeros that is worth an operation,
// or that ends it.
func changed(change []byte) int {
	at := 0
	for at < len(change) {
		if change[at] != 0 {
			at++
			continue
		}
		same := zeros(change[at:])
		if same >= shortestZeros || at+same == len(change) {
			break
		}
		at += same
	}
	return at
}

// zeros returns the number of zero bytes that p begins with.
func zeros(p []byte) int {
	at := 0
	for at+8 <= len(p) && binary.LittleEndian.Uint64(p[at:]) == 0 {
		at += 8
	}
	for at < len(p) && p[at] == 0 {
		at++
	}
	return at
}

// expectEnd reads the end of a block, which verifies its checksum, and refuses bytes that no control uses.
func expectEnd(r io.Reader, block string) error {
	switch n, err := readUntilFull(r, make([]byte, 1)); {
	case n > 0:
		return fault.New(fault.Corrupt, "the %s holds more than the controls use", block)
	case err != io.EOF:
		return fault.New(fault.Corrupt, "%s: %w", block, err)
	}
	return nil
}

// noEOF makes an end that came too early an error that says so.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
