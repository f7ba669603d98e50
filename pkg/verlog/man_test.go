package verlog_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/reedbase/reedbase/pkg/stamp"
	"github.com/reedbase/reedbase/pkg/verlog"
)

// TestManExample decodes the line that reed-log(5) explains and compares it with the table beside it.
func TestManExample(t *testing.T) {
	page, err := os.ReadFile("../../man/reed-log.5")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(page), "\n.Sh EXAMPLES\n")
	_, display, _ := strings.Cut(example, ".Bd -literal\n")
	text, table, _ := strings.Cut(display, ".Ed\n")
	l, err := verlog.ParseLine([]byte(text))
	if diff := cmp.Diff(exampleText, text); diff != "" || err != nil {
		t.Fatal(diff, err)
	}
	crc := strings.LastIndex(text, "|") + 1
	for _, want := range []string{
		fmt.Sprintf("timestamp Ta %d Ta %s, node %d", l.ID, l.ID.Time().Format(stamp.Layout), l.ID.Node()),
		fmt.Sprintf("action Ta %d Ta %s", uint32(l.Action), l.Action),
		fmt.Sprintf("user Ta %d ", l.User),
		fmt.Sprintf("base Ta %d ", l.Base),
		fmt.Sprintf("size Ta %d ", l.Size),
		fmt.Sprintf("rows Ta %d ", l.Rows),
		fmt.Sprintf("hash Ta %s ", verlog.Sum([]byte("key|value\na|1\n"))),
		fmt.Sprintf("parent Ta %d ", l.Parent),
		fmt.Sprintf("crc Ta %s Ta of the %d bytes before it", strings.TrimSpace(text[crc:]), crc),
	} {
		if !strings.Contains(table, "\n.It "+want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for a := range verlog.Actions {
		if !strings.Contains(string(page), fmt.Sprintf("\n.It %d Ta %s Ta ", uint32(a), a)) {
			t.Errorf("the page does not list action %d, %s", uint32(a), a)
		}
	}
}
