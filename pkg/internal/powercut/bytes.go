package powercut

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

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
