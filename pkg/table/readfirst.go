package table

import (
	"bytes"
	"errors"

	"github.com/reedbase/reedbase/pkg/row"
)

var errFound = errors.New("found")

// First returns the record of the first of some keys, as row.JoinKey makes them, that the table holds; nil when it holds none. It asks
// the index of keys for one after the other, or looks through the text once.
func (r *Reading) First(keys []string) (record []byte, err error) {
	if len(keys) == 1 || r.openKeys() != nil {
		return r.firstIndexed(keys)
	}
	return r.firstInPass(keys)
}

func (r *Reading) firstIndexed(keys []string) ([]byte, error) {
	for _, key := range keys {
		if record, ok, err := r.Find([]byte(key)); ok || err != nil {
			return record, err
		}
	}
	return nil, nil
}

// firstInPass looks through the text until the first key is found. What all keys begin with tells most rows from them before a
// record is read.
func (r *Reading) firstInPass(keys []string) (found []byte, err error) {
	rank := make(map[string]int, len(keys))
	for i, key := range keys {
		if _, twin := rank[key]; !twin {
			rank[key] = i
		}
	}
	prefix, best := sharedPrefix(keys), len(keys)
	leading := len(r.KeyAt) == 1 && r.KeyAt[0] == 0
	err = row.Each(r.Content, r.Size, func(_ int64, record []byte) error {
		if leading && record[0] != '"' && !bytes.HasPrefix(record, prefix) {
			return nil
		}
		if i, ok := rank[string(row.Key(record, r.KeyAt))]; ok && i < best {
			found, best = bytes.Clone(record), i
		}
		if best == 0 {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		err = nil
	}
	return found, err
}

func sharedPrefix(keys []string) []byte {
	prefix := keys[0]
	for _, key := range keys[1:] {
		n := 0
		for n < len(prefix) && n < len(key) && prefix[n] == key[n] {
			n++
		}
		prefix = prefix[:n]
	}
	return []byte(prefix)
}
