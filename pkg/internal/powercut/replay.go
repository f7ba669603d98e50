package powercut

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"strings"
)

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
	release    string // the file whose closing acknowledges; "" for none
}

// replay turns strace's log of a command that started with the given tree at root into a Trace.
func (c Command) replay(start *tree, root, log string) (*Trace, error) {
	r := &replayer{Trace: newTrace(start), dir: c.Dir, threads: map[int]*process{}, unfinished: map[int]*call{}, marker: []byte(c.Acknowledgement)}
	r.path = root
	if c.Release != "" {
		r.release = join(root, c.Release)
	}
	for name, size := range c.Unflushed {
		if err := r.unflushed(join(root, name), size); err != nil {
			return nil, err
		}
	}
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
	if err != nil {
		return err
	}
	if file := p.files[c.number(arg)]; file != nil && r.release != "" && file.path == r.release && !r.acknowledged() {
		r.acknowledge("close " + r.name(file.path))
	}
	delete(p.files, c.number(arg))
	return nil
}

// unflushed notes that only the first size bytes of a file are durable when the command starts.
func (r *replayer) unflushed(p string, size int64) error {
	folder, name, err := r.folder(p)
	if err != nil {
		return err
	}
	var file *inode
	if folder != nil {
		file = folder.now[name]
	}
	if file == nil || size > int64(len(file.data)) {
		return fmt.Errorf("%q has no %d bytes", p, size)
	}
	rest := bytes.Clone(file.data[size:])
	file.base, file.data = newContent(file.data[:size:size]), bytes.Clone(file.data[:size])
	r.overwrite(r.operation("what was written before to "+r.name(p)), file, size, rest)
	return nil
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
