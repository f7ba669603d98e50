// Package spell owns the guess which of several words a misspelt one was meant to be. It must never know what the words name.
package spell

import "strings"

const longest = 64 // bytes of a word that is worth a guess

// Nearest returns the known word that was most likely meant by word, or "" when none is near: at most one slip in three
// characters, a slip being a character too many, missing, wrong, or swapped with its neighbour. Case is no slip. Of several that
// are as near the first is taken.
func Nearest(word string, known []string) string {
	if len(word) > longest {
		return ""
	}
	best, slips := "", len(word)/3+1
	for _, candidate := range known {
		if len(candidate) > longest {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(candidate)); d < slips {
			best, slips = candidate, d
		}
	}
	return best
}

// distance is the optimal string alignment distance: Levenshtein's, with a swap of neighbours as one step.
func distance(a, b string) int {
	before, above, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range above {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			change := 1
			if a[i-1] == b[j-1] {
				change = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+change)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above, row = above, row, before
	}
	return above[len(b)]
}
