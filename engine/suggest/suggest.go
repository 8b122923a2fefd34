// Package suggest finds the word that was probably meant.
package suggest

import (
	"slices"
	"strings"
)

// Nearest returns the word most like the given one, or "" if none is near: at most a third of its
// letters may be wrong, missing or swapped, or it may be the beginning of the other.
func Nearest(word string, words []string) string {
	best, least := "", max(1, len([]rune(word))/3)+1
	for _, candidate := range words {
		if d := distance([]rune(word), []rune(candidate)); d < least {
			best, least = candidate, d
		}
	}
	if begins := func(candidate string) bool { return strings.HasPrefix(candidate, word) }; best == "" && len(word) >= 3 {
		if i := slices.IndexFunc(words, begins); i >= 0 {
			return words[i]
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap (with the next) to get from a to b.
func distance(a, b []rune) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

// Question returns "; did you mean 'x'?" for the nearest word, or "" if there is none.
func Question(word string, words []string) string {
	if near := Nearest(word, words); near != "" && !slices.Contains(words, word) {
		return "; did you mean '" + near + "'?"
	}
	return ""
}
