package function_test

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/reedbase/reedbase/pkg/function"
)

// manual returns reedql(7) with each paragraph on one line.
func manual(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile("../../man/reedql.7")
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(page), "\n", " ")
}

// TestManualListsAllFunctions compares the names of the list of functions with those that there are.
func TestManualListsAllFunctions(t *testing.T) {
	page, err := os.ReadFile("../../man/reedql.7")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), ".Ss Functions\n")
	section, _, _ = strings.Cut(section, ".Ss ")
	listed := map[string]bool{}
	for _, item := range regexp.MustCompile(`(?m)^\.It Li "(.*)"$`).FindAllStringSubmatch(section, -1) {
		for _, name := range regexp.MustCompile(`[a-z_0-9]+\(`).FindAllString(item[1], -1) {
			listed[strings.TrimSuffix(name, "(")] = true
		}
	}
	if diff := cmp.Diff(function.Names(), slices.Sorted(maps.Keys(listed))); diff != "" {
		t.Error(diff)
	}
}
