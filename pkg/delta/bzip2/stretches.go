package bzip2

import "slices"

// sortStretches leaves the LMS starts at the end of sa, sorted by the stretch up to the next one, and counts them.
func (s *sorter[T]) sortStretches() (count int) {
	s.tails()
	for j := range s.lms() {
		s.push(j)
	}
	s.induceL(true)
	s.induceS(true)
	n := len(s.sa)
	top := n
	for i := n - 1; i >= 0; i-- {
		if j := s.sa[i]; j < 0 {
			s.sa[i] = 0
			top--
			s.sa[top] = -j
		}
	}
	return n - top
}

// name gives the stretches, sorted at the end of sa, ascending names from 1, equal ones the same, and counts the names.
// The name of the stretch at j goes to sa[j/2]: two LMS starts never stand side by side.
func (s *sorter[T]) name(lms int) (names int) {
	sa := s.sa
	sorted := sa[len(sa)-lms:]
	clear(sa[:len(sa)-lms])
	end := int32(0)
	for j := range s.lms() {
		sa[j/2] = max(0, end-j)
		end = j + 1
	}
	var last []T
	for _, j := range sorted {
		stretch := s.text[j : j+sa[j/2]]
		if len(stretch) == 0 || !slices.Equal(stretch, last) {
			names++
			last = stretch
		}
		sa[j/2] = int32(names)
	}
	return names
}

// sortNames sorts the LMS suffixes by the names of their stretches and leaves them at the front of sa.
func (s *sorter[T]) sortNames(lms, names int) {
	sa := s.sa
	n := len(sa)
	top := n
	for i := (n - 1) / 2; i >= 0; i-- {
		if sa[i] > 0 {
			top--
			sa[top] = sa[i] - 1
		}
	}
	front, back := sa[:lms], sa[n-lms:]
	clear(front)
	sortSuffixes(back, front, names, s.room)
	at := lms
	for j := range s.lms() {
		at--
		back[at] = j
	}
	for i, k := range front {
		front[i] = back[k]
	}
}

// spread moves the sorted LMS starts from the front of sa to the ends of their buckets and empties all else.
func (s *sorter[T]) spread(lms int) {
	s.tails()
	clear(s.sa[lms:])
	for i := lms - 1; i >= 0; i-- {
		j := s.sa[i]
		s.sa[i] = 0
		s.push(j)
	}
}
