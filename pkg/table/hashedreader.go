package table

import (
	"io"
	"sort"

	"github.com/zeebo/xxh3"
)

// readSize is how much is read at a time, in bytes.
const readSize = 256 << 10

// hashedReader hashes what is read from the beginning of a text on, and remembers the hash's state from time to time:
// to hash a changed text one goes on from before the change.
type hashedReader struct {
	io.ReaderAt
	hash    *xxh3.Hasher
	at      int64 // hashed so far
	states  []hashState
	reached func(int64) // told how far it has come; nil tells nobody
}

type hashState struct {
	hash xxh3.Hasher
	at   int64
}

// maxStates bounds the memory for states: 1 KB each, a second pass over what lies behind the last one.
const maxStates = 2048

func newHashedReader(r io.ReaderAt) *hashedReader {
	return &hashedReader{ReaderAt: r, hash: xxh3.New()}
}

// ReadAt implements io.ReaderAt; it is for one goroutine.
func (r *hashedReader) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.ReaderAt.ReadAt(p, off)
	if off == r.at && len(r.states) < maxStates {
		r.states = append(r.states, hashState{*r.hash, r.at})
		r.hash.Write(p[:n])
		r.at += int64(n)
		if r.reached != nil {
			r.reached(r.at)
		}
	}
	return n, err
}

// before returns the latest state of the hash that knows nothing behind off, and how far it has come.
func (r *hashedReader) before(off int64) (*xxh3.Hasher, int64) {
	i := sort.Search(len(r.states), func(i int) bool { return r.states[i].at > off })
	if i == 0 {
		return xxh3.New(), 0
	}
	s := r.states[i-1]
	return &s.hash, s.at
}
