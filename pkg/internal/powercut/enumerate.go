package powercut

import (
	"iter"
	"math/rand/v2"
)

// Options say which states of a trace to look at. The zero value is a good choice.
type Options struct {
	Limit   int    // the most states of one trace, 0 for 1000
	Seed    uint64 // of the random choices, where there are too many states
	Workers int    // checks at a time, 0 for as many as there are processors

	// SyncKeepsName models file systems on which a flush of a file also makes durable the names it was given before, as
	// ext4's does. POSIX promises that only for a flush of the folder.
	SyncKeepsName bool

	// Rewrite may replace the content of a file before it is written for a check; it must not change data. A test uses
	// it for what another boot of the machine changes. It is called from several goroutines.
	Rewrite func(path string, data []byte) []byte
}

func (o Options) limit() int {
	if o.Limit == 0 {
		return 1000
	}
	return o.Limit
}

// A census counts what an enumeration of states covered.
type census struct{ states, cuts, complete int }

// states yields states with distinct trees, at each cut point in turn: all of them where that is within the share of
// the limit that the cut point has, else the plainest ones and a random choice.
func (t *Trace) states(o Options, durable []int, count *census) iter.Seq[state] {
	return func(yield func(state) bool) {
		type key struct {
			digest string
			acked  bool
		}
		seen := map[key]bool{}
		for cut := range len(t.operations) + 1 {
			count.cuts++
			share := max(1, (o.limit()-count.states)/(len(t.operations)+1-cut))
			pending := t.pending(cut, durable)
			forms := make([]int, len(pending))
			for i, p := range pending {
				forms[i] = len(t.effects[p].forms())
			}
			all, random := choices(forms, 4*share, rand.New(rand.NewPCG(o.Seed, uint64(cut))))
			complete := !random
			for choice := range all {
				s := state{cut, pending, choice}
				k := key{t.tree(s).digest(), t.acked(cut)}
				if seen[k] {
					continue
				}
				if share == 0 {
					complete = false
					break
				}
				share--
				seen[k] = true
				count.states++
				if !yield(s) {
					return
				}
			}
			if complete {
				count.complete++
			}
		}
	}
}

func (t *Trace) acked(cut int) bool { return cut >= t.ack }

// choices yields a form for each effect, given how many forms each has: every combination if there are at most few,
// else the plain ones first and then few random ones. random says that it was not all.
func choices(forms []int, few int, r *rand.Rand) (all iter.Seq[[]byte], random bool) {
	product := 1
	for _, n := range forms {
		if product *= n; product > few {
			return func(yield func([]byte) bool) {
				if plain(forms, r, yield) {
					dice(forms, few, r, yield)
				}
			}, true
		}
	}
	return func(yield func([]byte) bool) { odometer(forms, yield) }, false
}

// odometer yields every combination, that with everything kept first.
func odometer(forms []int, yield func([]byte) bool) {
	product := 1
	for _, n := range forms {
		product *= n
	}
	for i := range product {
		choice := make([]byte, len(forms))
		for at, rest := 0, i; at < len(forms); at++ {
			choice[at] = byte((rest + kept) % forms[at])
			rest /= forms[at]
		}
		if !yield(choice) {
			return
		}
	}
}

// plain yields all kept, none kept, and in any order each one alone lost, each one alone kept, and the torn forms of the
// last effect with all others kept and with all others lost: where not all of them can be looked at, other cut points and
// other traces have their share of each kind. It reports whether yield wants more.
func plain(forms []int, r *rand.Rand, yield func([]byte) bool) bool {
	n, last := len(forms), len(forms)-1
	list := [][]byte{but(n, kept, 0, kept), but(n, lost, 0, lost)}
	for _, rest := range []byte{kept, lost} {
		for i := range forms {
			list = append(list, but(n, rest, i, kept+lost-rest))
		}
		for form := kept + 1; form < forms[last]; form++ {
			list = append(list, but(n, rest, last, byte(form)))
		}
	}
	rest := list[2:]
	r.Shuffle(len(rest), func(i, j int) { rest[i], rest[j] = rest[j], rest[i] })
	for _, choice := range list {
		if !yield(choice) {
			return false
		}
	}
	return true
}

// but returns a choice that is rest everywhere but at one place.
func but(n int, rest byte, at int, form byte) []byte {
	choice := make([]byte, n)
	for i := range choice {
		choice[i] = rest
	}
	choice[at] = form
	return choice
}

// dice yields n random choices, some with most effects kept and some with few.
func dice(forms []int, n int, r *rand.Rand, yield func([]byte) bool) {
	for range n {
		keep := r.Float64()
		choice := make([]byte, len(forms))
		for i, of := range forms {
			switch {
			case r.Float64() < 0.15:
				choice[i] = byte(r.IntN(of))
			case r.Float64() < keep:
				choice[i] = kept
			}
		}
		if !yield(choice) {
			return
		}
	}
}
