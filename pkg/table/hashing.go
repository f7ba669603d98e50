package table

import (
	"runtime"
	"sync"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/delta"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// hashing hashes the texts of versions on all cores.
type hashing struct {
	work chan job
	wg   sync.WaitGroup
}

type job struct {
	to   *state
	text *delta.Text
	base []byte
}

func startHashing() *hashing {
	h := &hashing{work: make(chan job, 64)}
	for range runtime.GOMAXPROCS(0) {
		h.wg.Go(func() {
			for j := range h.work {
				j.to.hash = hashText(j.text, j.base)
			}
		})
	}
	return h
}

func (h *hashing) add(s *state) { h.work <- job{s, s.text, s.base} }

func (h *hashing) wait() {
	close(h.work)
	h.wg.Wait()
}

func hashText(t *delta.Text, base []byte) verlog.Hash {
	h := xxh3.New()
	for _, p := range t.Pieces() {
		if p.Src != nil {
			h.Write(p.Src)
		} else {
			h.Write(base[p.Off : p.Off+p.N])
		}
	}
	return sumOf(h)
}
