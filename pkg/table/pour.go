package table

import (
	"fmt"
	"io"
	"os"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/fault"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Where the difference from the head is known before the text was read, the text is read once: what is hashed here is
// written on another core. Handing it over costs less than a copy in the kernel, which reads it a second time.

const (
	pourSize  = 128 << 10 // bytes of a buffer: what is read is still in the processor's cache when it is hashed and written
	pourDepth = 4         // buffers under way
)

// pour passes a text on, in buffers that come back.
type pour struct {
	hash *xxh3.Hasher
	buf  []byte      // being filled
	full chan []byte // to be written
	free chan []byte // to be filled
}

// pour begins to write d of old, and returns the hash of the text it makes. By then the text was read; the rest of it may
// still be written.
func (t *Table) pour(d *delta.Delta, old *Content) (*candidate, verlog.Hash, error) {
	f, err := t.dir.Fresh(currentTemp)
	if err != nil {
		return nil, verlog.Hash{}, err
	}
	c := &candidate{t: t, file: f, old: old, known: true, done: make(chan error, 1)}
	p := &pour{hash: xxh3.New(), full: make(chan []byte, pourDepth), free: make(chan []byte, pourDepth)}
	size := min(pourSize, d.Size+1)
	for range min(pourDepth, d.Size/size+1) {
		p.free <- make([]byte, 0, size)
	}
	p.buf = <-p.free
	go func() { c.done <- p.write(f, t.opt.SyncCurrent) }()
	err = p.text(d, old)
	close(p.full)
	if err != nil {
		c.discard()
		return nil, verlog.Hash{}, fmt.Errorf("read table %q: %w", t.name, err)
	}
	return c, sumOf(p.hash), nil
}

// text passes on what the operations make.
func (p *pour) text(d *delta.Delta, old *Content) error {
	extra := d.Extra
	for _, op := range d.Ops {
		if op.Off < 0 {
			p.bytes(extra[:op.N])
			extra = extra[op.N:]
		} else if err := p.copy(old, op.Off, op.N); err != nil {
			return err
		}
	}
	p.flush()
	return nil
}

func (p *pour) bytes(b []byte) {
	for len(b) > 0 {
		b = b[copy(p.room(int64(len(b))), b):]
	}
}

func (p *pour) copy(r io.ReaderAt, off, n int64) error {
	for n > 0 {
		part := p.room(n)
		m, err := r.ReadAt(part, off)
		if m < len(part) {
			if err == nil || err == io.EOF {
				err = fault.New(fault.Busy, "current.csv became shorter while it was read")
			}
			return err
		}
		off, n = off+int64(m), n-int64(m)
	}
	return nil
}

// room returns the next bytes of the buffer, n at most, to be filled by the caller.
func (p *pour) room(n int64) []byte {
	if len(p.buf) == cap(p.buf) {
		p.flush()
		p.buf = <-p.free
	}
	from := len(p.buf)
	p.buf = p.buf[:from+int(min(n, int64(cap(p.buf)-from)))]
	return p.buf[from:]
}

func (p *pour) flush() {
	p.hash.Write(p.buf)
	p.full <- p.buf
}

// write writes what is passed on. After an error it only gives the buffers back.
func (p *pour) write(f *os.File, sync bool) (err error) {
	for b := range p.full {
		if err == nil {
			_, err = f.Write(b)
		}
		p.free <- b[:0]
	}
	if err == nil && sync {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("write %q: %w", f.Name(), err)
	}
	return nil
}
