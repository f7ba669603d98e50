package function

import (
	"bytes"

	"github.com/reedbase/reedbase/pkg/cell"
)

// directive is what stands between a % and its verb (https://sqlite.org/printf.html).
type directive struct {
	verb       byte
	left       bool // - blanks behind it
	zeros      bool // 0 in place of blanks before it
	comma      bool // , between thousands
	alternate  bool // # such as 0x
	alternate2 bool // ! more digits, and characters in place of bytes
	sign       byte // + or a blank where there is no minus, else 0
	width      int
	precision  int // -1: none
}

// printer is one run of printf.
type printer struct {
	c    *Context
	name string
	out  []byte
	args []cell.Value
	err  error
}

func printf(c *Context, args []cell.Value) (cell.Value, error) { return formatted(c, "printf", args) }

func format(c *Context, args []cell.Value) (cell.Value, error) { return formatted(c, "format", args) }

func formatted(c *Context, name string, args []cell.Value) (cell.Value, error) {
	if len(args) == 0 || args[0].IsNull() {
		return cell.Value{}, nil
	}
	// Arguments that are no texts may need the context's memory, of which the result can take none meanwhile.
	p := &printer{c: c, name: name, args: args[1:]}
	p.run(c.textOf(args[0]))
	if p.err != nil {
		return cell.Value{}, p.err
	}
	return c.text(append(c.room(len(p.out)), p.out...)), nil
}

// run writes a format to its end, or to a directive that is none.
func (p *printer) run(format []byte) {
	for p.err == nil {
		at := bytes.IndexByte(format, '%')
		if at < 0 {
			p.write(format)
			return
		}
		p.write(format[:at])
		if at == len(format)-1 {
			p.write(format[at:])
			return
		}
		var d directive
		d, format = p.read(format[at+1:])
		if !p.verb(d) {
			return
		}
	}
}

// read reads a directive, with the arguments that * stands for, and returns what follows it.
func (p *printer) read(b []byte) (d directive, rest []byte) {
	d.precision = -1
	for len(b) > 0 {
		switch b[0] {
		case '-':
			d.left = true
		case '+', ' ':
			d.sign = b[0]
		case '#':
			d.alternate = true
		case '!':
			d.alternate2 = true
		case '0':
			d.zeros = true
		case ',':
			d.comma = true
		default:
			return d, p.readSize(&d, b)
		}
		b = b[1:]
	}
	return d, b
}

// readSize reads width, precision, the l of C and the verb.
func (p *printer) readSize(d *directive, b []byte) (rest []byte) {
	if b[0] == '*' {
		b = b[1:]
		if d.width = int(int32(integer(p.next()))); d.width < 0 {
			d.left, d.width = true, -d.width
		}
	} else {
		d.width, b = readNumber(b)
	}
	if len(b) > 0 && b[0] == '.' {
		b = b[1:]
		if len(b) > 0 && b[0] == '*' {
			b = b[1:]
			d.precision = int(int32(integer(p.next())))
			d.precision = max(d.precision, -d.precision)
		} else {
			d.precision, b = readNumber(b)
		}
	}
	for range 2 {
		if len(b) > 0 && b[0] == 'l' {
			b = b[1:]
		}
	}
	if len(b) > 0 {
		d.verb, b = b[0], b[1:]
	}
	return b
}

// readNumber reads digits; a number too large for any result is as good as another.
func readNumber(b []byte) (n int, rest []byte) {
	for len(b) > 0 && '0' <= b[0] && b[0] <= '9' {
		n, b = min(n*10+int(b[0]-'0'), 1<<31-1), b[1:]
	}
	return n, b
}

// next returns the next argument, or NULL.
func (p *printer) next() cell.Value {
	if len(p.args) == 0 {
		return cell.Value{}
	}
	v := p.args[0]
	p.args = p.args[1:]
	return v
}

// verb writes what a directive asks for, and reports whether it is one.
func (p *printer) verb(d directive) bool {
	switch d.verb {
	case '%':
		p.pad(d, []byte("%"))
	case 'n':
	case 'd', 'i', 'u', 'r', 'x', 'X', 'o', 'p':
		p.integer(d)
	case 'f', 'e', 'E', 'g', 'G':
		p.float(d)
	case 's', 'z':
		p.string(d)
	case 'q', 'Q', 'w':
		p.quoted(d)
	case 'c':
		p.character(d)
	default:
		return false
	}
	return true
}

func (p *printer) write(b []byte) {
	if p.err = p.c.fits(p.name, len(p.out)+len(b)); p.err == nil {
		p.out = append(p.out, b...)
	}
}

// repeat writes a text n times.
func (p *printer) repeat(text []byte, n int) {
	if n <= 0 || p.err != nil {
		return
	}
	if p.err = p.c.fits(p.name, len(p.out)+n*len(text)); p.err == nil {
		p.out = append(p.out, bytes.Repeat(text, n)...)
	}
}

// pad writes a text in the width of the directive.
func (p *printer) pad(d directive, text []byte) {
	blanks := d.width - len(text)
	if !d.left {
		p.repeat([]byte(" "), blanks)
	}
	if p.err == nil {
		p.write(text)
	}
	if d.left {
		p.repeat([]byte(" "), blanks)
	}
}
