package main

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
)

// writerFigures: many processes change single cells of one table at once, each
// update a process of its own, durable when it ends.
func writerFigures(l *lab) []figure {
	few, lots := l.writers(8), l.writers(32)
	return []figure{
		few.sqlite(false, rateAtLeast(300)),
		few.sqlite(true, rateAtLeast(300)),
		few.git(rateAtLeast(0)),
		lots.sqlite(false, rateAtLeast(0)),
		lots.sqlite(true, rateAtLeast(0)),
	}
}

// rowsEach is how many rows a writer changes in turn, and how many all of them
// share when they change the same ones.
const rowsEach = 16

// writers makes figures of so many processes that write to the table of 100,000 rows.
type writers struct {
	lab   *lab
	count int
	keys  []string // found by setup, spread over the table
}

func (l *lab) writers(count int) *writers { return &writers{lab: l, count: count} }

// key is that of the row which a writer changes next.
func (w *writers) key(shared bool, worker, turn int) string {
	switch {
	case len(w.keys) == 0:
		return "KEY"
	case shared:
		return w.keys[(worker+turn)%rowsEach*w.count]
	default:
		return w.keys[turn%rowsEach*w.count+worker]
	}
}

func (w *writers) value(worker, turn int) string {
	return fmt.Sprintf("Update %d of writer %d", turn, worker)
}

// figure is rdb set beside a rival, all writers at once.
func (w *writers) figure(beside string, shared bool, rival side, asked []bar, setup ...func() error) figure {
	name, rows := fmt.Sprintf("writers-%d-%s", w.count, beside), "rows of their own"
	if shared {
		name, rows = name+"-shared", "the same rows"
	}
	ours := many(w.count, w.lab.updates, func(worker, turn int) []string {
		return []string{"rdb", "-C", name, "set", "text", w.key(shared, worker, turn), "value=" + w.value(worker, turn),
			"--user", fmt.Sprintf("writer%d", worker), "--json"}
	})
	ours.crowd.version = regexp.MustCompile(`"version":"(\d+)","stored":true`)
	ready := []func() error{
		func() error { return w.lab.table("100k") },
		func() error { return w.lab.database(name, "100k.csv") },
		w.findKeys,
	}
	return figure{
		name:  name,
		what:  fmt.Sprintf("%d processes set cells of %s, %d each, 100,000 rows", w.count, rows, w.lab.updates),
		ours:  ours,
		rival: rival,
		bars:  asked,
		setup: steps(append(ready, setup...)...),
		check: func() error { return w.complete(name, ours.crowd) },
	}
}

// findKeys picks the rows that are changed.
func (w *writers) findKeys() error {
	f, err := os.Open(w.lab.path("100k.csv"))
	if err != nil {
		return err
	}
	defer f.Close()
	w.keys = make([]string, 0, w.count*rowsEach)
	every, row := 100_000/cap(w.keys), 0
	return eachLine(f, func(line []byte) bool {
		if key, _, _ := bytes.Cut(line, []byte("|")); row > 0 && row%every == 0 && len(w.keys) < cap(w.keys) {
			w.keys = append(w.keys, string(key))
		}
		row++
		return true
	})
}

// complete is an error unless every update is in the log and the table is sound.
func (w *writers) complete(folder string, c *crowd) error {
	log, err := os.ReadFile(w.lab.path(tableFile(folder, "version.log")))
	if err != nil {
		return err
	}
	if got, want := bytes.Count(log, []byte("\n")), 1+c.workers*c.turns; got != want {
		return fmt.Errorf("wrong result: %d versions, not %d", got, want)
	}
	return w.lab.run("rdb", "-C", folder, "fsck")
}

// sqlite is a process of its own for every update too, durable like ours: a flush
// of the write-ahead log. It keeps no history.
func (w *writers) sqlite(shared bool, rate bar) figure {
	file := fmt.Sprintf("writers-%d.db", w.count)
	rival := many(w.count, w.lab.updates, func(worker, turn int) []string {
		return []string{"sqlite3", "-cmd", ".timeout 60000", "-cmd", "PRAGMA synchronous=FULL", file,
			fmt.Sprintf("UPDATE text SET value='%s' WHERE key='%s'", w.value(worker, turn), w.key(shared, worker, turn))}
	})
	asked := []bar{rate, slowestWithin(10), overtakenAtMost(4 * w.count)}
	return w.figure("sqlite", shared, rival, asked, func() error { return w.lab.sqliteTable(file) })
}

func (l *lab) sqliteTable(file string) error {
	return l.makeOnce(file, func() error {
		for _, name := range []string{file, file + "-wal", file + "-shm"} {
			if err := os.RemoveAll(l.path(name)); err != nil {
				return err
			}
		}
		return l.run("sqlite3", "-bail", file, "PRAGMA journal_mode=WAL",
			"CREATE TABLE text(key TEXT PRIMARY KEY, value TEXT, description TEXT)",
			".mode csv", ".separator |", ".import --skip 1 100k.csv text")
	})
}

// git edits the file and commits it, one process at a time. It does a hundredth of
// the updates: it takes a hundred times as long.
func (w *writers) git(rate bar) figure {
	folder := fmt.Sprintf("writers-%d-repository", w.count)
	rival := many(w.count, max(1, w.lab.updates/100), func(worker, turn int) []string {
		edit := fmt.Sprintf("s/^%s|[^|]*/%s|%s/", w.key(false, worker, turn), w.key(false, worker, turn), w.value(worker, turn))
		return []string{"flock", folder + ".lock", "sh", "-c", "cd " + folder + " && sed -i '" + edit + "' text.csv && git add text.csv && git commit -qm edit"}
	})
	return w.figure("git", false, rival, []bar{rate}, func() error { return w.lab.repository(folder, "100k.csv") })
}
