package crash

import (
	"bytes"
	"compress/bzip2"
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/ulikunitz/xz"
	"github.com/zeebo/xxh3"
)

// What the product stored is read here without a line of the product: from what the manual says of the formats, with a
// foreign xz and the bzip2 of the standard library, or with the stock programs.

// A line is one of version.log.
type line struct {
	id, action, user, base, size, parent uint64
	hash                                 string
}

// compact is the action of a line whose delta is a snapshot of its base.
const compact = 4

// readLog returns the lines of a log. What follows the last newline, and a last line with NULs, is no line.
func readLog(path string) ([]line, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	texts := strings.SplitAfter(string(b), "\n")
	texts = texts[:len(texts)-1]
	if n := len(texts); n > 0 && strings.Contains(texts[n-1], "\x00") {
		texts = texts[:n-1]
	}
	lines := make([]line, len(texts))
	for i, text := range texts {
		if lines[i], err = readLine(text); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", path, i+1, err)
		}
	}
	return lines, nil
}

func readLine(text string) (l line, err error) {
	text = strings.TrimSuffix(text, "\n")
	f := strings.Split(text, "|")
	if len(f) != 9 {
		return l, fmt.Errorf("%q has %d fields", text, len(f))
	}
	if sum := fmt.Sprint(crc32.ChecksumIEEE([]byte(text[:len(text)-len(f[8])]))); sum != f[8] {
		return l, fmt.Errorf("%q: the checksum is %s", text, sum)
	}
	for i, into := range map[int]*uint64{0: &l.id, 1: &l.action, 2: &l.user, 3: &l.base, 4: &l.size, 7: &l.parent} {
		if *into, err = strconv.ParseUint(f[i], 10, 64); err != nil {
			return l, err
		}
	}
	l.hash = f[6]
	return l, nil
}

// readConflicts returns what a version opened and settled, and notes it in open by its id. There need be no such file.
func readConflicts(path string, open map[string]bool) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	r := csv.NewReader(bytes.NewReader(b))
	r.Comma, r.Comment = '|', '#'
	records, err := r.ReadAll()
	if err != nil || !strings.Contains(string(b), "\n# ") || !bytes.HasSuffix(b, []byte("\n")) {
		return "", fmt.Errorf("%s is torn: %v", path, err)
	}
	var list []string
	for _, f := range records[1:] {
		switch f[0] {
		case "opened":
			open[f[1]] = true
		case "settled":
			delete(open, f[1])
		default:
			continue // names of columns
		}
		list = append(list, fmt.Sprintf("%s %q %q", f[0], f[2:5], f[8:]))
	}
	return strings.Join(list, "; "), nil
}

// A patcher makes the new text of an old one and a delta file.
type patcher func(old, file []byte) ([]byte, error)

// A folder is the history of one table, being read.
type folder struct {
	dir   string
	lines []line
	patch patcher
	texts map[uint64][]byte
}

// text returns the content of the version id, nil if it cannot be made: that of a folded version is in the snapshot of
// the line that folded it.
func (f *folder) text(id uint64) []byte {
	if text, known := f.texts[id]; known || id == 0 {
		return text
	}
	f.texts[id] = nil // a version that is its own ancestor has no content
	for _, l := range f.lines {
		if l.id == id || l.action == compact && l.base == id {
			if text, err := f.made(l); err == nil {
				f.texts[id] = text
				break
			}
		}
	}
	return f.texts[id]
}

// made returns the text that the delta of l makes, if it is the one that l names.
func (f *folder) made(l line) ([]byte, error) {
	file, err := os.ReadFile(filepath.Join(f.dir, fmt.Sprintf("%d.bsdiff", l.id)))
	if err != nil {
		return nil, err
	}
	if uint64(len(file)) != l.size {
		return nil, fmt.Errorf("the delta of %d has %d bytes, not %d", l.id, len(file), l.size)
	}
	var base []byte
	if l.action != compact {
		base = f.text(l.base)
	}
	text, err := f.patch(base, file)
	if err == nil && sumOf(text) != l.hash {
		err = fmt.Errorf("version %d has another content than the log names", l.id)
	}
	return text, err
}

// sumOf is what xxhsum -H2 prints.
func sumOf(text []byte) string {
	sum := xxh3.Hash128(text).Bytes()
	return hex.EncodeToString(sum[:])
}

// remembering is a patcher that does what another does, but once for the many states that hold the same deltas.
func remembering(patch patcher) patcher {
	var known sync.Map
	return func(old, file []byte) ([]byte, error) {
		hash := sha256.New()
		hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(old))))
		hash.Write(old)
		hash.Write(file)
		key := [sha256.Size]byte(hash.Sum(nil))
		if text, ok := known.Load(key); ok {
			return text.([]byte), nil
		}
		text, err := patch(old, file)
		if err == nil {
			known.Store(key, text)
		}
		return text, err
	}
}

// foreignPatch reads a delta with a foreign xz, the standard bzip2 and the few lines below.
var foreignPatch = remembering(func(old, file []byte) ([]byte, error) {
	if len(file) < 24 {
		return nil, io.ErrUnexpectedEOF // the library takes such a stream for an empty one
	}
	r, err := xz.ReaderConfig{DictCap: 1 << 16}.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	patch, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	return bsdiff40(old, patch)
})

// bsdiff40 applies a patch as bsdiff 4 by Colin Percival writes it.
func bsdiff40(old, patch []byte) (text []byte, err error) {
	if len(patch) < 32 || string(patch[:8]) != "BSDIFF40" {
		return nil, errors.New("no BSDIFF40")
	}
	controls, differences, size := number(patch[8:]), number(patch[16:]), number(patch[24:])
	if min(controls, differences, size) < 0 || max(controls, differences, controls+differences) > int64(len(patch)-32) {
		return nil, errors.New("a length is out of range")
	}
	stream := func(b []byte) io.Reader { return bzip2.NewReader(bytes.NewReader(b)) }
	control, difference := stream(patch[32:][:controls]), stream(patch[32+controls:][:differences])
	extra := stream(patch[32+controls+differences:])
	var triple [24]byte
	for at := int64(0); int64(len(text)) < size; {
		if _, err := io.ReadFull(control, triple[:]); err != nil {
			return nil, err
		}
		add, insert := number(triple[:]), number(triple[8:])
		if min(add, insert) < 0 || max(add, insert, add+insert) > size-int64(len(text)) {
			return nil, errors.New("a control triple is out of range")
		}
		from := len(text)
		text = append(text, make([]byte, add+insert)...)
		if _, err := io.ReadFull(difference, text[from:][:add]); err != nil {
			return nil, err
		}
		for i := range add {
			if at+i >= 0 && at+i < int64(len(old)) {
				text[from+int(i)] += old[at+i]
			}
		}
		if _, err := io.ReadFull(extra, text[from+int(add):]); err != nil {
			return nil, err
		}
		at += add + number(triple[16:])
	}
	return text, nil
}

// number reads eight bytes, the lowest first, whose highest bit is the sign.
func number(b []byte) int64 {
	n := binary.LittleEndian.Uint64(b)
	if n > math.MaxInt64 {
		return -int64(n & math.MaxInt64)
	}
	return int64(n)
}

// stock returns stockPatch where the stock programs are installed, as they are for root.
func stock(tb testing.TB) patcher {
	for _, name := range []string{"xz", "bspatch"} {
		if _, err := exec.LookPath(name); err != nil && os.Geteuid() != 0 {
			tb.Logf("no state is read with stock programs: %s is not installed", name)
			return foreignPatch
		}
	}
	return stockPatch
}

// stockPatch has xz and bspatch do it.
var stockPatch = remembering(func(old, file []byte) ([]byte, error) {
	dir, err := os.MkdirTemp("", "stock-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	unpack := exec.Command("xz", "-dc")
	unpack.Stdin = bytes.NewReader(file)
	patch, err := unpack.Output()
	if err != nil {
		return nil, fmt.Errorf("xz: %w", err)
	}
	name := func(s string) string { return filepath.Join(dir, s) }
	if err := errors.Join(os.WriteFile(name("old"), old, 0o600), os.WriteFile(name("patch"), patch, 0o600)); err != nil {
		return nil, err
	}
	if out, err := exec.Command("bspatch", name("old"), name("new"), name("patch")).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("bspatch: %w: %s", err, out)
	}
	return os.ReadFile(name("new"))
})
