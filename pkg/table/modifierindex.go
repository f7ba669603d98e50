package table

import "iter"

// All returns the records whose key has all of these words, one at least, as modifiers, whatever classes they are of, by an index of
// the kind modifier. They come in their order.
func (i *RowIndex) All(words [][]byte) iter.Seq2[int64, error] {
	found := i.Equal(words[0])
	for _, word := range words[1:] {
		found = both(found, i.Equal(word))
	}
	return found
}

// both returns what two ascending lists have in common.
func both(a, b iter.Seq2[int64, error]) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		next, stop := iter.Pull2(b)
		defer stop()
		last, err, more := next()
		for at, errA := range a {
			for more && err == nil && last < at {
				last, err, more = next()
			}
			switch {
			case errA != nil:
				yield(0, errA)
				return
			case err != nil:
				yield(0, err)
				return
			case !more:
				return
			case last == at && !yield(at, nil):
				return
			}
		}
	}
}
