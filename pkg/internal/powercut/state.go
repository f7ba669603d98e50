package powercut

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// A state is what one power cut left: the call it came after, and a form for every effect that was not yet durable.
type state struct {
	cut     int
	pending []int // effects, ascending
	choice  []byte
}

// id names a state of a trace: the call, then l, k or a digit for each pending effect.
func (s state) id() string {
	letters := make([]byte, len(s.choice))
	for i, c := range s.choice {
		letters[i] = "lk0123456789"[c]
	}
	return fmt.Sprintf("%d:%s", s.cut, letters)
}

// parseState finds the state that id names.
func (t *Trace) parseState(id string, durable []int) (state, error) {
	number, letters, _ := strings.Cut(id, ":")
	var s state
	if _, err := fmt.Sscan(number, &s.cut); err != nil || s.cut < 0 || s.cut > len(t.operations) {
		return s, fmt.Errorf("state %q: the trace has no such call", id)
	}
	s.pending = t.pending(s.cut, durable)
	if len(letters) != len(s.pending) {
		return s, fmt.Errorf("state %q: %d effects are pending there", id, len(s.pending))
	}
	for i := range len(letters) {
		form := strings.IndexByte("lk0123456789", letters[i])
		if form < 0 || form >= len(t.effects[s.pending[i]].forms()) {
			return s, fmt.Errorf("state %q: %q is no form of effect %d", id, letters[i], i+1)
		}
		s.choice = append(s.choice, byte(form))
	}
	return s, nil
}

// pending returns the effects that calls up to cut had and that were not durable by then.
func (t *Trace) pending(cut int, durable []int) []int {
	var list []int
	for i, e := range t.effects {
		if e.operation <= cut && durable[i] > cut {
			list = append(list, i)
		}
	}
	return list
}

// durable returns for each effect the call after which no power cut can lose it.
func (t *Trace) durable(o Options) []int {
	list := make([]int, len(t.effects))
	for i, e := range t.effects {
		if e.file != nil {
			list[i] = t.flushed(e.operation, e.file)
		}
		for _, name := range e.entries {
			at := t.flushed(e.operation, name.dir)
			if o.SyncKeepsName && name.inode != nil {
				at = min(at, t.flushed(e.operation, name.inode))
			}
			list[i] = max(list[i], at)
		}
	}
	return list
}

// flushed returns the first call that flushed what operation op did to n.
func (t *Trace) flushed(op int, n *inode) int {
	for _, f := range t.flushes {
		if f.entered >= op && (f.inode == nil || f.inode == n) {
			return f.operation
		}
	}
	return math.MaxInt
}

// tree builds the folder that s left.
func (t *Trace) tree(s state) *tree {
	names := map[*inode]map[string]*inode{}
	files := map[*inode][]byte{} // which effects, in which form: the key of a content
	pending := s.pending
	for i, e := range t.effects {
		if e.operation > s.cut {
			break
		}
		form := byte(kept)
		if len(pending) > 0 && pending[0] == i {
			form, pending = s.choice[len(s.choice)-len(pending)], pending[1:]
		}
		if form == lost {
			continue
		}
		if e.file != nil {
			files[e.file] = append(binary.AppendUvarint(files[e.file], uint64(i)), form)
		}
		for _, name := range e.entries {
			if names[name.dir] == nil {
				names[name.dir] = maps.Clone(name.dir.entries)
			}
			bind(names[name.dir], name)
		}
	}
	built := &tree{}
	t.walk(built, "", t.root, names, files, nil)
	return built
}

// walk adds what is in dir. above are the folders dir is in: lost and kept renames could put one into itself.
func (t *Trace) walk(built *tree, prefix string, dir *inode, names map[*inode]map[string]*inode, files map[*inode][]byte, above []*inode) {
	entries, changed := names[dir]
	if !changed {
		entries = dir.entries
	}
	above = append(above, dir)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		at := entries[name]
		n := node{path: prefix + name, mode: at.mode, inode: at.id, target: at.target}
		if at.base != nil {
			n.content = t.content(at, files[at])
		}
		if slices.Contains(above, at) {
			continue
		}
		built.nodes = append(built.nodes, n)
		if at.mode.IsDir() {
			t.walk(built, n.path+"/", at, names, files, above)
		}
	}
}

// content returns what file holds after the effects that key lists.
func (t *Trace) content(file *inode, key []byte) *content {
	if len(key) == 0 {
		return file.base
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c := t.contents[string(key)]; c != nil {
		return c
	}
	data := bytes.Clone(file.base.data)
	for rest := key; len(rest) > 0; {
		i, n := binary.Uvarint(rest)
		e := &t.effects[i]
		data, rest = e.apply(data, e.forms()[rest[n]]), rest[n+1:]
	}
	c := newContent(data)
	t.contents[string(key)] = c
	return c
}
