package cli

import "github.com/reedbase/reedbase/pkg/spell"

// Suggest returns the known word that was most likely meant by word, or "" when none is near, as spell.Nearest does.
func Suggest(word string, known []string) string { return spell.Nearest(word, known) }
