package merge

import "slices"

// weave merges the orders of ours and theirs. Items are numbered from 0 to n; those below old are base's, in its order.
// When one side reordered what base has, its order leads, else ours does; an item that the leader has not stands behind
// its nearest predecessor that it has, ours before theirs.
func (m *merger) weave(order [3][]int, old, n int) []int {
	lead, follow := order[Ours], order[Theirs]
	swap := reordered(follow, old) && (m.winner == Theirs || !reordered(lead, old))
	if swap {
		lead, follow = follow, lead
	}
	behind := make([]int, n) // where in lead the place behind an item is; 0 where lead has not got it
	for i, id := range lead {
		behind[id] = i + 1
	}
	own := make([]bool, n) // items that go before those of follow: the leader's alone, when it is ours
	for _, id := range lead {
		own[id] = !swap
	}
	for _, id := range follow {
		own[id] = false
	}
	var list []place
	at := 0
	for _, id := range follow {
		if behind[id] > 0 {
			at = behind[id]
			continue
		}
		for at < len(lead) && own[lead[at]] {
			at++
		}
		list = append(list, place{at, id})
	}
	return insert(lead, list)
}

// reordered reports whether items below old are out of order.
func reordered(order []int, old int) bool {
	last := -1
	for _, id := range order {
		if id < old {
			if id < last {
				return true
			}
			last = id
		}
	}
	return false
}

// place says that an item goes before the one that an order has at a place.
type place struct{ at, id int }

// insert returns order with the items of list in their places, those of one place in the order of list.
func insert(order []int, list []place) []int {
	slices.SortStableFunc(list, func(a, b place) int { return a.at - b.at })
	all := make([]int, 0, len(order)+len(list))
	from := 0
	for _, p := range list {
		all = append(append(all, order[from:p.at]...), p.id)
		from = p.at
	}
	return append(all, order[from:]...)
}
