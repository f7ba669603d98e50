package crowd

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/zeebo/xxh3"

	"github.com/reedbase/reedbase/pkg/verlog"
)

// A text is a table as it must be: rows in blocks, so that changing one and hashing all is cheap.
type text struct {
	rows   []string
	blocks [][]byte
}

const (
	header    = "key|value|note\n"
	blockRows = 256
)

// newText returns a table of n rows of about 100 bytes.
func newText(n int) *text {
	x := &text{rows: make([]string, n), blocks: make([][]byte, (n+blockRows-1)/blockRows)}
	for i := range x.rows {
		x.rows[i] = row(i, "from the beginning")
	}
	for b := range x.blocks {
		x.join(b)
	}
	return x
}

func key(i int) string { return fmt.Sprintf("row.%06d@en", i) }

// row is row i with a value; its note makes rows of uneven length.
func row(i int, value string) string {
	return key(i) + "|" + value + "|" + strings.Repeat("what this row is for, ", 1+i*7%5) + "\n"
}

func (x *text) set(i int, value string) { x.put(i, row(i, value)) }

func (x *text) put(i int, row string) {
	x.rows[i] = row
	x.join(i / blockRows)
}

func (x *text) join(block int) {
	from := block * blockRows
	x.blocks[block] = []byte(strings.Join(x.rows[from:min(from+blockRows, len(x.rows))], ""))
}

func (x *text) bytes() []byte { return append([]byte(header), bytes.Join(x.blocks, nil)...) }

func (x *text) sum() verlog.Hash {
	var h xxh3.Hasher
	h.WriteString(header)
	for _, b := range x.blocks {
		h.Write(b)
	}
	return h.Sum128().Bytes()
}

// stockPatch has xz and bspatch make the new text of an old one and a delta file.
func stockPatch(old []byte, delta string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "stock-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := func(s string) string { return filepath.Join(dir, s) }
	unpack := exec.Command("xz", "-dc", delta)
	patch, err := unpack.Output()
	if err != nil {
		return nil, fmt.Errorf("xz: %w", err)
	}
	if err := errors.Join(os.WriteFile(file("old"), old, 0o600), os.WriteFile(file("patch"), patch, 0o600)); err != nil {
		return nil, err
	}
	if out, err := exec.Command("bspatch", file("old"), file("new"), file("patch")).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("bspatch: %w: %s", err, out)
	}
	return os.ReadFile(file("new"))
}
