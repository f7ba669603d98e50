package bzip2

import "iter"

// symbol is a letter of a text to sort: bytes first, the names of substrings in the rounds below.
type symbol interface{ ~byte | ~int32 }

// sorter sorts the suffixes of one text by induction, in linear time for any text. A suffix is L when it is greater than
// the one behind it and S when smaller; an LMS suffix is an S behind an L. The sorted LMS suffixes give the place of all
// others, and they are sorted by sorting the stretches between them and, where stretches repeat, by a round on the
// names of the stretches.
//
// The algorithm is SA-IS: Nong, Zhang and Chan, Two Efficient Algorithms for Linear Time Suffix Array Construction, 2009.
// The end of the text counts as a letter smaller than all others.
type sorter[T symbol] struct {
	text   []T
	sa     []int32 // the result; in between, 0 is an empty place and a negative entry one that waits
	freq   []int32 // how often each letter occurs
	bucket []int32 // where the next suffix beginning with a letter goes
	room   []int32 // scratch for the rounds below
}

// sortSuffixes sets sa to the starts of the suffixes of text in ascending order. Letters are below alphabet;
// len(sa) == len(text) and sa is all zeros. room is scratch and spares small texts the allocations.
func sortSuffixes[T symbol](text []T, sa []int32, alphabet int, room []int32) {
	if len(text) < 2 {
		return
	}
	if len(room) < 2*alphabet {
		room = make([]int32, 2*alphabet)
	}
	s := sorter[T]{text: text, sa: sa, freq: room[:alphabet], bucket: room[alphabet : 2*alphabet], room: room[2*alphabet:]}
	clear(s.freq)
	for _, c := range text {
		s.freq[c]++
	}
	lms := s.sortStretches()
	if names := s.name(lms); names < lms {
		s.sortNames(lms, names)
	} else {
		copy(sa, sa[len(sa)-lms:])
	}
	s.spread(lms)
	s.induceL(false)
	s.induceS(false)
}

// heads points every bucket at its first place, tails behind its last.
func (s *sorter[T]) heads() {
	at := int32(0)
	for c, n := range s.freq {
		s.bucket[c] = at
		at += n
	}
}

func (s *sorter[T]) tails() {
	at := int32(0)
	for c, n := range s.freq {
		at += n
		s.bucket[c] = at
	}
}

// push puts j before what its bucket holds, counted from tails.
func (s *sorter[T]) push(j int32) {
	b := &s.bucket[s.text[j]]
	*b--
	s.sa[*b] = j
}

// lms yields the starts of the LMS suffixes, the last first.
func (s *sorter[T]) lms() iter.Seq[int32] {
	return func(yield func(int32) bool) {
		rising := false
		next := s.text[len(s.text)-1]
		for i := len(s.text) - 2; i >= 0; i-- {
			c := s.text[i]
			if c < next {
				rising = true
			} else if c > next && rising {
				rising = false
				if !yield(int32(i + 1)) {
					return
				}
			}
			next = c
		}
	}
}

// induceL places the L suffixes from the smallest: each stands before the suffix behind it. Where only the stretches
// are wanted, entries are dropped once used; what stays are the suffixes with an S before them.
func (s *sorter[T]) induceL(stretches bool) {
	s.heads()
	text, sa := s.text, s.sa
	place := func(k int32) {
		c := text[k]
		b := s.bucket[c]
		s.bucket[c] = b + 1
		if k > 0 && text[k-1] < c {
			k = -k
		}
		sa[b] = k
	}
	place(int32(len(text) - 1))
	for i := range sa {
		j := sa[i]
		if j <= 0 {
			sa[i] = -j
			continue
		}
		if sa[i] = -j; stretches {
			sa[i] = 0
		}
		place(j - 1)
	}
}

// induceS places the S suffixes from the greatest. Where only the stretches are wanted, the LMS starts stay, negative.
func (s *sorter[T]) induceS(stretches bool) {
	s.tails()
	text, sa := s.text, s.sa
	for i := len(sa) - 1; i >= 0; i-- {
		j := sa[i]
		if j <= 0 {
			if !stretches {
				sa[i] = -j
			}
			continue
		}
		if stretches {
			sa[i] = 0
		}
		k := j - 1
		c := text[k]
		if k == 0 || text[k-1] > c {
			k = -k
		}
		s.bucket[c]--
		sa[s.bucket[c]] = k
	}
}
