package crowd

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// TestCounters has many add to one cell, in two ways to two, and take from another for as long as anything is left: no addition is lost, and
// nothing is taken twice.
func TestCounters(t *testing.T) {
	d := newDatabase(t, []byte("key|value\nsum|0\nasked|0\nstock|20\n"))
	const crew = 12
	n := each(t, 5)
	var taken atomic.Int64
	var workers sync.WaitGroup
	for worker := range crew {
		user := fmt.Sprintf("writer%d", worker)
		workers.Go(func() {
			for range n {
				if a := d.rdb("set", name, "sum", "value+=1", "--user", user, "--json"); a.code != 0 || stored(a) == 0 {
					t.Errorf("value+=1: %v", a)
				}
				ask := "UPDATE " + name + " SET value = value + 1 WHERE key = 'asked'"
				if a := d.rdb("query", ask, "--user", user); a.code != 0 {
					t.Errorf("%s: %v", ask, a)
				}
				a := d.rdb("set", name, "stock", "value-=1", "--if", "value>0", "--user", user, "--json")
				if a.code == 0 && stored(a) != 0 {
					taken.Add(1)
				} else if a.code != 1 {
					t.Errorf("value-=1: %v", a)
				}
			}
		})
	}
	workers.Wait()
	want := min(20, crew*n)
	if got := int(taken.Load()); got != want {
		t.Errorf("%d of 20 were taken by %d", got, crew*n)
	}
	for cell, value := range map[string]int{"sum": crew * n, "asked": crew * n, "stock": 20 - want} {
		if got := strings.TrimSpace(d.must("get", name, cell, "value")); got != strconv.Itoa(value) {
			t.Errorf("%s is %s, not %d", cell, got, value)
		}
	}
	if got := len(d.log()); got != 1+2*crew*n+want {
		t.Errorf("%d versions", got)
	}
	d.sound(d.current())
}
