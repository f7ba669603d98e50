package powercut

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"sync"
)

// An inode is a file, a folder or a symbolic link, whatever names it has.
type inode struct {
	id     int
	mode   fs.FileMode
	target string

	// What a power cut leaves at least, and what the running program sees: of a file its content, of a folder its names.
	base    *content
	data    []byte
	entries map[string]*inode
	now     map[string]*inode
}

// An entry is a name in a folder and what it comes to stand for; nil takes the name away.
type entry struct {
	dir   *inode
	name  string
	inode *inode
}

// An effect is a change that a call made, lost by a power cut unless a flush came after it: either names, kept or lost
// together, or bytes in a file, or a file's size.
type effect struct {
	operation int // the call, counted from one
	entries   []entry

	file   *inode
	offset int64
	data   []byte // nil sets the size to offset
	grows  bool   // the write made the file longer
}

// A flush makes effects durable that were there when it began: all, or those on one inode.
type flush struct {
	operation, entered int
	inode              *inode
}

// A Trace is what a command did to its root, call by call.
type Trace struct {
	Exit           int // as in os.ProcessState.ExitCode
	Stdout, Stderr []byte

	operations []string // in words; operation n is operations[n-1]
	effects    []effect
	flushes    []flush
	ack        int    // the operation from which on the command's work counts as acknowledged
	path       string // of the root while the command ran
	root       *inode
	inodes     int

	mu       sync.Mutex // guards contents
	contents map[string]*content
}

func newTrace(start *tree) *Trace {
	t := &Trace{contents: map[string]*content{}}
	t.root = t.newInode(fs.ModeDir | 0o755)
	known, folders := map[int]*inode{}, map[string]*inode{"": t.root}
	for _, n := range start.nodes {
		at := known[n.inode]
		if at == nil {
			at = t.newInode(n.mode)
			known[n.inode], at.target = at, n.target
			if n.content != nil {
				at.base, at.data = n.content, bytes.Clone(n.content.data)
			}
		}
		folders[n.path] = at
		dir, name := path.Split(n.path)
		folder := folders[path.Clean("/" + dir)[1:]]
		folder.entries[name], folder.now[name] = at, at
	}
	return t
}

func (t *Trace) newInode(mode fs.FileMode) *inode {
	t.inodes++
	n := &inode{id: t.inodes, mode: mode}
	switch mode.Type() {
	case fs.ModeDir:
		n.entries, n.now = map[string]*inode{}, map[string]*inode{}
	case 0:
		n.base = newContent(nil)
	}
	return n
}

// Operations returns the calls that changed or flushed anything in the root, in order and in words.
func (t *Trace) Operations() []string { return slices.Clone(t.operations) }

// operation notes a call and returns its number.
func (t *Trace) operation(words string) int {
	t.operations = append(t.operations, words)
	return len(t.operations)
}

func (t *Trace) acknowledged() bool { return t.ack > 0 }

func (t *Trace) acknowledge(words string) { t.ack = t.operation(words) }

// rebind notes and does a change of names.
func (t *Trace) rebind(op int, list ...entry) {
	t.effects = append(t.effects, effect{operation: op, entries: list})
	for _, e := range list {
		bind(e.dir.now, e)
	}
}

func bind(names map[string]*inode, e entry) {
	if e.inode == nil {
		delete(names, e.name)
	} else {
		names[e.name] = e.inode
	}
}

// overwrite notes and does a write.
func (t *Trace) overwrite(op int, file *inode, at int64, data []byte) {
	grows := at+int64(len(data)) > int64(len(file.data))
	t.effects = append(t.effects, effect{operation: op, file: file, offset: at, data: data, grows: grows})
	file.data = patch(file.data, at, data)
}

// resize notes and does a change of size.
func (t *Trace) resize(op int, file *inode, size int64) {
	t.effects = append(t.effects, effect{operation: op, file: file, offset: size})
	file.data = stretch(file.data, size)
}

// sync notes that everything on an inode, or on all for nil, that was done before call number entered is durable.
func (t *Trace) sync(inode *inode, op, entered int) {
	t.flushes = append(t.flushes, flush{op, entered, inode})
}

// patch returns data with b written at offset at, any gap filled with zeros. It may change data.
func patch(data []byte, at int64, b []byte) []byte {
	data = stretch(data, max(int64(len(data)), at+int64(len(b))))
	copy(data[at:], b)
	return data
}

// stretch returns data cut or filled with zeros to size bytes.
func stretch(data []byte, size int64) []byte {
	if size <= int64(len(data)) {
		return data[:size:size]
	}
	return append(data, make([]byte, size-int64(len(data)))...)
}
