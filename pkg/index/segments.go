package index

import "sort"

// segment is a run of rows of the text that the pages are of, and where it stands in the newest text.
type segment struct{ old, now, n int64 }

// segments works all edits into one list, in the order of both texts.
func (j *journal) segments() []segment {
	list := []segment{{n: j.base}}
	var next []segment
	for _, e := range j.edits {
		if next = next[:0]; len(e.splices) > 0 {
			next = spliced(next, list, e.splices)
			list, next = next, list
		}
	}
	return list
}

// spliced appends to dst what the splices leave of list. Offsets of the splices are those that the list leads to.
func spliced(dst, list []segment, splices []Splice) []segment {
	shift := int64(0)
	for _, g := range list {
		for len(splices) > 0 && splices[0].Off+splices[0].Removed <= g.now {
			shift += splices[0].Added - splices[0].Removed
			splices = splices[1:]
		}
		for _, s := range splices {
			if s.Off >= g.now+g.n {
				break
			}
			if n := s.Off - g.now; n > 0 {
				dst = append(dst, segment{g.old, g.now + shift, n})
				g = segment{g.old + n, g.now + n, g.n - n}
			}
			gone := min(s.Off+s.Removed-g.now, g.n)
			g = segment{g.old + gone, g.now + gone, g.n - gone}
			if s.Off+s.Removed > g.now {
				break // it goes on behind this segment
			}
			shift += s.Added - s.Removed
			splices = splices[1:]
		}
		if g.n > 0 {
			dst = append(dst, segment{g.old, g.now + shift, g.n})
		}
	}
	return dst
}

// moved returns where what began at an offset of the old text stands now; false when it was removed.
func moved(list []segment, off int64) (int64, bool) {
	i := sort.Search(len(list), func(i int) bool { return list[i].old+list[i].n > off })
	if i == len(list) || off < list[i].old {
		return 0, false
	}
	return off - list[i].old + list[i].now, true
}
