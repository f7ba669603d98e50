package crash

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A model is what a database holds, told without ids, so that two runs of one command can be compared.
type model struct {
	exists bool
	tables map[string]history
}

// A history is one table.
type history struct {
	versions []version
	tags     map[string]int // name → version
	notes    map[int]string // version → what its author said
	head     []byte         // the content of the newest version
	deleted  bool
	open     int // conflicts
}

// A version is a line of the log. Its base and its second parent are places among the versions, -1 for none.
type version struct {
	action, user uint64
	base, parent int
	hash         string
	readable     bool   // its content can be made from the deltas, and is the one that the line names
	schema       string // that it set
	conflicts    string // that it opened and settled, without ids
}

func tablesIn(root string) string { return filepath.Join(root, ".reed", "tables") }

// read reads the database in root from its logs and deltas alone.
func read(root string, patch patcher) (model, error) {
	m := model{tables: map[string]history{}}
	if _, err := os.Stat(filepath.Join(root, ".reed")); errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	m.exists = true
	users, err := readUsers(root)
	if err != nil {
		return m, err
	}
	folders, err := os.ReadDir(tablesIn(root))
	if err != nil {
		return m, err
	}
	for _, entry := range folders {
		h, err := readHistory(filepath.Join(tablesIn(root), entry.Name()), patch)
		if err != nil {
			return m, err
		}
		for _, v := range h.versions {
			if users[v.user] == "" {
				return m, fmt.Errorf("table %s: a version is by user %d, whom users.dict does not name", entry.Name(), v.user)
			}
		}
		if len(h.versions) > 0 {
			m.tables[entry.Name()] = h
		}
	}
	return m, nil
}

// readUsers returns the names of users by their codes.
func readUsers(root string) (map[uint64]string, error) {
	users := map[uint64]string{}
	b, err := os.ReadFile(filepath.Join(root, ".reed", "registry", "users.dict"))
	for text := range strings.Lines(string(b)) {
		var code uint64
		if n, _ := fmt.Sscanf(text, "%d|", &code); n == 1 {
			users[code] = strings.Split(text, "|")[1]
		}
	}
	return users, err
}

func readHistory(dir string, patch patcher) (h history, err error) {
	f := folder{dir: dir, patch: patch, texts: map[uint64][]byte{}}
	if f.lines, err = readLog(filepath.Join(dir, "version.log")); err != nil {
		return h, err
	}
	f.lines = joined(f.lines)
	place := map[uint64]int{0: -1}
	var head uint64
	open := map[string]bool{}
	for i, l := range f.lines {
		base, known := place[l.base]
		parent, both := place[l.parent]
		if !known || !both {
			return h, fmt.Errorf("%s: version %d has a base or parent that the log does not hold", dir, l.id)
		}
		conflicts, err := readConflicts(filepath.Join(dir, fmt.Sprintf("%d.conflicts", l.id)), open)
		if err != nil {
			return h, err
		}
		place[l.id] = i
		text := f.text(l.id)
		schema, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%d.schema", l.id)))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return h, err
		}
		h.versions = append(h.versions, version{l.action, l.user, base, parent, l.hash, text != nil && sumOf(text) == l.hash, string(schema), conflicts})
		if l.base == head {
			head, h.head, h.deleted = l.id, text, l.action == 0
		}
	}
	h.open = len(open)
	h.tags, h.notes = map[string]int{}, map[int]string{}
	for _, pair := range pairs(filepath.Join(dir, "tags")) {
		h.tags[pair[0]] = placeOf(place, pair[1])
	}
	for _, pair := range pairs(filepath.Join(dir, "notes")) {
		if at := placeOf(place, pair[0]); at >= 0 { // else it is of a version that never came to be
			h.notes[at] = pair[1]
		}
	}
	return h, nil
}

// joined returns the lines without a last one that is of a side version which none joins: it was appended together with the
// merge, of which a power cut has taken the line.
func joined(lines []line) []line {
	var head uint64
	side := false
	for _, l := range lines {
		if l.base == head {
			head = l.id
		}
		side = l.id != head && l.action != compact
	}
	if side {
		return lines[:len(lines)-1]
	}
	return lines
}

// pairs reads whole lines of the form LEFT|RIGHT; a file that is missing has none.
func pairs(path string) (list [][2]string) {
	b, _ := os.ReadFile(path)
	for text := range strings.Lines(string(b)) {
		left, right, ok := strings.Cut(strings.TrimSuffix(text, "\n"), "|")
		if ok && strings.HasSuffix(text, "\n") {
			list = append(list, [2]string{left, right})
		}
	}
	return list
}

func placeOf(place map[uint64]int, id string) int {
	var n uint64
	fmt.Sscan(id, &n)
	if at, known := place[n]; known && n != 0 {
		return at
	}
	return -1
}

// between returns an error unless m is what a command that leads from before to after may leave when it ends at any
// moment: the history of each table begins with all of before's, and goes on as after's does.
func (m model) between(before, after model) error {
	for name := range m.tables {
		if _, known := after.tables[name]; !known {
			return fmt.Errorf("table %s came from nowhere", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after.tables)) {
		if err := m.tables[name].between(before.tables[name], after.tables[name]); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	if before.exists && !m.exists {
		return errors.New("the database is gone")
	}
	return nil
}

func (h history) between(before, after history) error {
	if n := len(h.versions); n < len(before.versions) || n > len(after.versions) {
		return fmt.Errorf("%d versions, not %d to %d", n, len(before.versions), len(after.versions))
	}
	for i, v := range h.versions {
		want := after.versions[i]
		if want.readable && !v.readable {
			return fmt.Errorf("version %d cannot be made from the deltas", i+1)
		}
		want.readable = v.readable
		if v != want {
			return fmt.Errorf("version %d is %+v, not %+v", i+1, v, want)
		}
	}
	if !maps.Equal(h.tags, before.tags) && !maps.Equal(h.tags, after.tags) {
		return fmt.Errorf("the names of versions are %v, not %v nor %v", h.tags, before.tags, after.tags)
	}
	for at, note := range h.notes {
		if after.notes[at] != note {
			return fmt.Errorf("the remark on version %d is %s", at+1, note)
		}
	}
	return nil
}

// equal returns an error unless m is what after is. Folded versions may be readable still.
func (m model) equal(after model) error {
	if m.exists != after.exists {
		return fmt.Errorf("the database exists: %v", m.exists)
	}
	return m.between(after, after)
}

// starts returns an error unless every table of before is in m with all its versions, whatever came after.
func (m model) starts(before model) error {
	for name, h := range before.tables {
		got := m.tables[name]
		if len(got.versions) < len(h.versions) {
			return fmt.Errorf("table %s has lost versions", name)
		}
		got.versions, got.tags, got.notes = got.versions[:len(h.versions)], h.tags, nil
		if err := got.between(history{}, h); err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

// without returns m less the newest version of a table.
func (m model) without(name string) model {
	less := model{m.exists, maps.Clone(m.tables)}
	h := less.tables[name]
	h.versions = h.versions[:len(h.versions)-1]
	less.tables[name] = h
	return less
}

// files returns every file of a folder by its path, but for those that skip chooses.
func files(root string, skip func(path string) bool) map[string]string {
	all := map[string]string{}
	filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, path)
		switch {
		case err != nil || entry.IsDir() || skip(name):
		default:
			b, err := os.ReadFile(path)
			all[name] = string(b)
			return err
		}
		return nil
	})
	return all
}

// derived are the files that hold nothing but what can be made again, or who holds a lock.
func derived(path string) bool {
	name := filepath.Base(path)
	return name == "lock" || strings.HasSuffix(name, ".lock") || name == "state" || name == "clock" || strings.Contains(path, "/cache") || strings.HasSuffix(name, ".schema.toml")
}

func cached(path string) bool { return strings.Contains(path, "/cache") }

// different names a file that two folders do not share, or "".
func different(a, b map[string]string) string {
	var list []string
	for name, text := range a {
		if other, ok := b[name]; !ok {
			list = append(list, name+" is gone")
		} else if other != text {
			list = append(list, fmt.Sprintf("%s is %s", name, excerpt([]byte(other))))
		}
	}
	for name, text := range b {
		if _, ok := a[name]; !ok {
			list = append(list, fmt.Sprintf("%s is new: %s", name, excerpt([]byte(text))))
		}
	}
	slices.Sort(list)
	return strings.Join(list, "; ")
}

func excerpt(b []byte) string {
	if b = bytes.TrimRight(b, "\x00"); len(b) > 100 {
		return fmt.Sprintf("%q…", b[:100])
	}
	return fmt.Sprintf("%q", b)
}
