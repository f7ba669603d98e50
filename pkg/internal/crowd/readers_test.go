package crowd

import (
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// Readers read a table for as long as others write to it, each in a loop, and remember what they saw.
type readers struct {
	d      *database
	all    sync.WaitGroup
	mu     sync.Mutex
	news   sync.Cond // of what follows
	newest stamp.ID  // the highest version that was acknowledged
	count  int       // of versions acknowledged
	ended  bool
	sights []sights // of each reader
}

// sights are the contents that one reader saw, each with what had been acknowledged before it looked.
type sights struct {
	who  string
	list []sight
}

type sight struct {
	hash  verlog.Hash
	since stamp.ID // 0: the reader may see an older one
}

// watch starts the readers: two of the file, one of them slow, and two that run rdb.
func (d *database) watch() *readers {
	r := &readers{d: d}
	r.news.L = &r.mu
	r.start("a reader of current.csv", 1, func(s *sights) { r.look(s, 1<<20) })
	r.start("a slow reader of current.csv", 2, func(s *sights) { r.look(s, 1<<11) })
	r.start("rdb export", 10, r.export)
	r.start("rdb get", 10, r.get)
	return r
}

// start starts a reader, which looks again when so many versions were acknowledged: the writers shall get on too.
func (r *readers) start(who string, pause int, once func(*sights)) {
	r.all.Go(func() {
		s := sights{who: who}
		for at := 0; r.wait(at); {
			r.mu.Lock()
			at = r.count + pause
			r.mu.Unlock()
			once(&s)
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.sights = append(r.sights, s)
	})
}

// wait returns false when there is nothing more to read.
func (r *readers) wait(count int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for r.count < count && !r.ended {
		r.news.Wait()
	}
	return !r.ended
}

// heard is told of each version that is acknowledged.
func (r *readers) heard(id stamp.ID) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.newest = max(r.newest, id)
	r.count++
	r.news.Broadcast()
}

// stop ends the readers.
func (r *readers) stop() {
	r.mu.Lock()
	r.ended = true
	r.news.Broadcast()
	r.mu.Unlock()
	r.all.Wait()
}

// look reads current.csv as any program does, so many bytes at a time.
func (r *readers) look(s *sights, size int) {
	f, err := os.Open(r.d.path("current.csv"))
	if err != nil {
		r.d.t.Errorf("%s: %v", s.who, err)
		return
	}
	defer f.Close()
	var h xxh3.Hasher
	if _, err := io.CopyBuffer(&h, struct{ io.Reader }{f}, make([]byte, size)); err != nil {
		r.d.t.Errorf("%s: %v", s.who, err)
	}
	s.list = append(s.list, sight{hash: h.Sum128().Bytes()})
}

func (r *readers) export(s *sights) {
	r.mu.Lock()
	since := r.newest
	r.mu.Unlock()
	a := r.d.rdb("export", name)
	if a.code != 0 || a.err != "" {
		r.d.t.Errorf("rdb export: %v", a)
	}
	s.list = append(s.list, sight{verlog.Sum([]byte(a.out)), since})
}

// get reads a row that nobody changes beside one that many do.
func (r *readers) get(*sights) {
	for _, i := range []int{1, 0} {
		a := r.d.rdb("get", name, key(i), "value")
		quiet := a.out == "from the beginning\n"
		if a.code != 0 || a.err != "" || !quiet && (i == 1 || !strings.HasPrefix(a.out, "update ")) {
			r.d.t.Errorf("rdb get %s: %v, %q", key(i), a, a.out)
		}
	}
}

// saw reports what the readers saw that was no version, older than what they saw before, or older than what had been
// acknowledged.
func (r *readers) saw(t *testing.T, lines []verlog.Line) {
	t.Helper()
	position, versions := map[verlog.Hash]int{}, map[stamp.ID]int{}
	for i, l := range lines {
		position[l.Hash], versions[l.ID] = i, i
	}
	for _, s := range r.sights {
		last := 0
		for n, one := range s.list {
			at, known := position[one.hash]
			if !known || at < last || at < versions[one.since] {
				t.Errorf("%s, the %d. time: version %d, known %v; it had seen %d, and %d was acknowledged",
					s.who, n+1, at, known, last, versions[one.since])
			}
			last = at
		}
		if len(s.list) > 0 {
			t.Logf("%s read %d times", s.who, len(s.list))
		}
	}
}
