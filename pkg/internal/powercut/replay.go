package powercut

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"strconv"
	"strings"
)

// A description is an open file: descriptors made from one another share it, and its offset.
type description struct {
	path    string
	inode   *inode // nil outside the root
	offset  int64
	append  bool // every write goes to the end
	sync    bool // every write is durable when it returns
	private bool // programs started later do not get it
	stdout  bool
}

// A process is what threads share: descriptors and the working folder.
type process struct {
	files map[int64]*description
	dir   string
}

func (p *process) clone() *process { return &process{maps.Clone(p.files), p.dir} }

// A replayer follows a log call by call, keeping the folder as the running program sees it.
type replayer struct {
	*Trace
	dir string // where the command starts

	threads    map[int]*process
	unfinished map[int]*call // calls that have begun in each thread, with what strace printed so far as only argument
	marker     []byte
	printed    []byte
}

// replay turns strace's log of a command that started in dir with the given tree at root into a Trace.
func replay(start *tree, root, dir, marker, log string) (*Trace, error) {
	r := &replayer{Trace: newTrace(start), dir: dir, threads: map[int]*process{}, unfinished: map[int]*call{}, marker: []byte(marker)}
	r.path = root
	for line := range strings.Lines(log) {
		if err := r.line(strings.TrimRight(line, "\n")); err != nil {
			return nil, err
		}
	}
	if !r.acknowledged() {
		r.acknowledge("exit")
	}
	return r.Trace, nil
}

func (r *replayer) line(line string) error {
	const cut, resumed = "<unfinished ...>", " resumed>"
	thread, text, err := splitLine(line)
	if err != nil {
		return fmt.Errorf("strace line not understood: %.200q", line)
	}
	if strings.HasPrefix(text, "+++") || strings.HasPrefix(text, "---") {
		return nil
	}
	if begun, ok := strings.CutSuffix(text, cut); ok {
		name, args, _ := strings.Cut(begun, "(")
		c := &call{thread: thread, name: name, args: []string{begun}, entered: len(r.operations)}
		r.unfinished[thread] = c
		if name == "close" {
			c.args = append(c.args, args)
			return r.close(c, 1)
		}
		return nil
	}
	entered := len(r.operations)
	if strings.HasPrefix(text, "<... ") {
		_, rest, _ := strings.Cut(text, resumed)
		begun := r.unfinished[thread]
		if begun == nil {
			return fmt.Errorf("strace line resumes nothing: %.200q", line)
		}
		delete(r.unfinished, thread)
		if begun.name == "close" {
			return nil
		}
		text, entered = begun.args[0]+rest, begun.entered
	}
	if strings.HasSuffix(text, " = ?") {
		return nil
	}
	c, err := parseCall(text)
	if err != nil {
		return err
	}
	c.thread, c.entered = thread, entered
	return r.do(c)
}

// process returns the process of a thread. A new thread may be heard of before the call that made it has returned.
func (r *replayer) process(thread int) (*process, error) {
	if p := r.threads[thread]; p != nil {
		return p, nil
	}
	if len(r.threads) == 0 {
		r.threads[thread] = &process{map[int64]*description{1: {stdout: true}}, r.dir}
		return r.threads[thread], nil
	}
	for _, c := range r.unfinished {
		if strings.HasPrefix(c.name, "clone") || strings.HasSuffix(c.name, "fork") {
			r.born(c, thread)
			return r.threads[thread], nil
		}
	}
	return nil, fmt.Errorf("thread %d comes from nowhere", thread)
}

// born notes the thread that c made, unless it is known already.
func (r *replayer) born(c *call, thread int) {
	parent := r.threads[c.thread]
	if r.threads[thread] != nil || parent == nil {
		return
	}
	if !strings.Contains(strings.Join(c.args, ","), "CLONE_FILES") {
		parent = parent.clone()
	}
	r.threads[thread] = parent
}

// do lets one finished call take effect.
func (r *replayer) do(c *call) error {
	p, err := r.process(c.thread)
	if err != nil || c.result < 0 {
		return err
	}
	switch c.name {
	case "clone", "clone3", "fork", "vfork":
		r.born(c, int(c.result))
	case "close":
		return r.close(c, 0)
	case "chdir":
		b, err := c.quoted(0)
		p.dir = join(p.dir, string(b))
		return err
	case "fchdir":
		p.dir = pathOf(c.arg(0))
	case "open", "openat", "openat2", "creat":
		return r.open(p, c)
	case "dup", "dup2", "dup3":
		p.files[c.result] = p.files[c.number(0)]
	case "fcntl":
		file := p.files[c.number(0)]
		switch {
		case file == nil:
		case strings.HasPrefix(c.arg(1), "F_DUPFD"):
			p.files[c.result] = file
		case c.arg(1) == "F_SETFL":
			file.append = strings.Contains(c.arg(2), "O_APPEND")
		}
	case "execve", "execveat":
		maps.DeleteFunc(p.files, func(fd int64, file *description) bool { return fd > 2 && file.private })
	case "io_uring_setup":
		return fmt.Errorf("%s is not modelled", c.name)
	case "sync":
		r.sync(nil, r.operation("sync"), c.entered)
	default:
		if file := p.files[c.number(0)]; file != nil {
			if handled, err := r.onFile(p, file, c); handled {
				return err
			}
		}
		return r.onNames(p, c)
	}
	return nil
}

func (r *replayer) close(c *call, arg int) error {
	p, err := r.process(c.thread)
	if err == nil {
		delete(p.files, c.number(arg))
	}
	return err
}

func (r *replayer) open(p *process, c *call) error {
	flags, mode, file := c.arg(1), c.arg(2), &description{path: c.path}
	switch c.name {
	case "openat":
		flags, mode = c.arg(2), c.arg(3)
	case "openat2":
		flags = c.arg(2)
		if _, after, ok := strings.Cut(flags, "mode="); ok {
			mode, _, _ = strings.Cut(after, ",")
		}
	case "creat":
		flags, mode = "O_CREAT|O_TRUNC|O_WRONLY", c.arg(1)
	}
	p.files[c.result] = file
	file.append, file.private = strings.Contains(flags, "O_APPEND"), strings.Contains(flags, "O_CLOEXEC")
	file.sync = strings.Contains(flags, "O_SYNC") || strings.Contains(flags, "O_DSYNC")
	if !r.inside(c.path) {
		return nil
	}
	if strings.Contains(flags, "O_TMPFILE") {
		file.inode = r.newInode(permissions(mode))
		return nil
	}
	folder, name, err := r.folder(c.path)
	if err != nil {
		return err
	}
	if folder == nil {
		file.inode = r.root
		return nil
	}
	file.inode = folder.now[name]
	switch {
	case file.inode == nil && strings.Contains(flags, "O_CREAT"):
		file.inode = r.newInode(permissions(mode))
		r.rebind(r.operation("create "+r.name(c.path)), entry{folder, name, file.inode})
	case file.inode == nil:
		return fmt.Errorf("%q is opened but was never made", c.path)
	case strings.Contains(flags, "O_TRUNC") && len(file.inode.data) > 0:
		r.resize(r.operation("open and empty "+r.name(c.path)), file.inode, 0)
	}
	return nil
}

// permissions reads an octal mode, as the usual umask leaves it.
func permissions(mode string) fs.FileMode {
	n, err := strconv.ParseUint(mode, 0, 32)
	if err != nil {
		return 0o644
	}
	return fs.FileMode(n) & 0o777 &^ 0o022
}

// onFile handles calls whose first argument is the descriptor they work on; false says that c is none of them.
func (r *replayer) onFile(p *process, file *description, c *call) (bool, error) {
	switch c.name {
	case "read", "readv":
		file.offset += c.result
	case "lseek":
		file.offset = c.result
	case "write", "writev", "pwrite64", "pwritev", "pwritev2":
		return true, r.write(file, c)
	case "splice":
		if to := p.files[c.number(2)]; to != nil && to.inode != nil {
			return true, errors.New("splice is not modelled")
		}
	case "sendfile":
		return true, r.copy(c, p.files[c.number(1)], file, 2, -1)
	case "copy_file_range":
		return true, r.copy(c, file, p.files[c.number(2)], 1, 3)
	case "ftruncate":
		if file.inode != nil {
			r.resize(r.operation(fmt.Sprintf("truncate %s to %d", r.name(file.path), c.number(1))), file.inode, c.number(1))
		}
	case "fallocate":
		return true, r.allocate(file, c)
	case "fsync", "fdatasync":
		if file.inode != nil {
			r.sync(file.inode, r.operation(c.name+" "+r.name(pathOf(c.arg(0)))), c.entered)
		}
	case "syncfs":
		r.sync(nil, r.operation(c.name), c.entered)
	case "fchmod":
		if file.inode != nil {
			file.inode.mode = file.inode.mode.Type() | permissions(c.arg(1))
		}
	case "ioctl":
		if strings.Contains(c.arg(1), "FICLONE") && file.inode != nil {
			return true, fmt.Errorf("%s is not modelled", c.arg(1))
		}
	default:
		return false, nil
	}
	return true, nil
}

// write handles the calls that carry their bytes.
func (r *replayer) write(file *description, c *call) error {
	if !file.stdout && file.inode == nil {
		return nil
	}
	read, at := c.quoted, file.offset
	if strings.Contains(c.name, "v") {
		read = c.gathered
	}
	data, err := read(1)
	if err != nil {
		return err
	}
	data = data[:min(c.result, int64(len(data)))]
	if file.stdout {
		r.print(c, data)
		return nil
	}
	positioned := strings.HasPrefix(c.name, "p")
	if positioned {
		at = c.number(3)
	}
	if file.append {
		at = int64(len(file.inode.data))
	}
	if !positioned {
		file.offset = at + int64(len(data))
	}
	if c.name == "pwritev2" && strings.Contains(c.arg(len(c.args)-1), "RWF") {
		return fmt.Errorf("%s with flags is not modelled", c.name)
	}
	r.store(c, file, at, data, "write")
	return nil
}

// store notes bytes that arrived in a file of the root.
func (r *replayer) store(c *call, file *description, at int64, data []byte, verb string) {
	if len(data) == 0 {
		return
	}
	op := r.operation(fmt.Sprintf("%s %s [%d,%d)", verb, r.name(file.path), at, at+int64(len(data))))
	r.overwrite(op, file.inode, at, data)
	if file.sync {
		r.sync(file.inode, op, op)
	}
}

// copy handles calls that copy between files. fromOffset and toOffset are the arguments that hold offsets; those that
// are NULL or absent mean the descriptions' own.
func (r *replayer) copy(c *call, from, to *description, fromOffset, toOffset int) error {
	if from == nil || to == nil {
		return fmt.Errorf("%s of an unknown descriptor", c.name)
	}
	source, err := from.bytes()
	start, ownStart := c.offset(fromOffset, from)
	at, ownAt := c.offset(toOffset, to)
	if ownStart {
		from.offset += c.result
	}
	if to.append && to.inode != nil {
		at = int64(len(to.inode.data))
	}
	if ownAt {
		to.offset = at + c.result
	}
	if to.inode == nil || c.result == 0 {
		return nil
	}
	if err == nil && start+c.result > int64(len(source)) {
		err = fmt.Errorf("%s: more bytes copied than %q holds", c.name, from.path)
	}
	if err != nil {
		return err
	}
	r.store(c, to, at, bytes.Clone(source[start:start+c.result]), "copy to")
	return nil
}

// offset returns the offset that argument i holds, or the description's own.
func (c *call) offset(i int, file *description) (at int64, own bool) {
	if i >= 0 && c.number(i) >= 0 {
		return c.number(i), false
	}
	return file.offset, true
}

// bytes returns what the file holds now; a file outside the root is taken to be what it was when the command ran.
func (d *description) bytes() ([]byte, error) {
	if d.inode != nil {
		return d.inode.data, nil
	}
	return os.ReadFile(d.path)
}

func (r *replayer) allocate(file *description, c *call) error {
	if file.inode == nil || strings.Contains(c.arg(1), "KEEP_SIZE") && !strings.Contains(c.arg(1), "PUNCH") {
		return nil
	}
	if c.arg(1) != "0" {
		return fmt.Errorf("fallocate with %s is not modelled", c.arg(1))
	}
	if size := c.number(2) + c.number(3); size > int64(len(file.inode.data)) {
		r.resize(r.operation(fmt.Sprintf("extend %s to %d", r.name(file.path), size)), file.inode, size)
	}
	return nil
}

// print follows the command's standard output up to its acknowledgement.
func (r *replayer) print(c *call, data []byte) {
	if r.acknowledged() || len(data) == 0 {
		return
	}
	r.printed = append(r.printed, data...)
	if bytes.Contains(r.printed, r.marker) {
		r.acknowledge("print " + excerpt(data))
	}
}

func (r *replayer) inside(p string) bool { return p == r.path || strings.HasPrefix(p, r.path+"/") }

// name returns how reports call a path: relative to the root.
func (r *replayer) name(p string) string {
	p = strings.TrimPrefix(p, r.path)
	if p = path.Clean(strings.TrimLeft(p, "/")); p == "." {
		return "the root"
	}
	return p
}
