package delta

import "github.com/reedbase/reedbase/pkg/delta/bzip2"

// The header is the magic and three integers: the lengths of the control and of the diff block, and the size of the text.
const (
	magic      = "BSDIFF40"
	headerSize = 32
)

// Encode returns d as a BSDIFF40 patch, which stock bspatch applies. What d copies is added with a diff block of zeros,
// whose bzip2 stream has a closed form, so the cost depends on the operations and the extra bytes alone.
//
// The last triple of a delta that reads its base moves to the end of the base: no reader needs that move, but it lets
// Parse notice a base of another size.
func (d *Delta) Encode() []byte {
	control, added := d.controls()
	p := append(make([]byte, 0, 256+len(d.Extra)/4+len(control)/4), magic...)
	p = p[:headerSize]
	start := len(p)
	p = bzip2.Append(p, control)
	controlSize := len(p) - start
	p = bzip2.AppendZeros(p, added)
	diffSize := len(p) - start - controlSize
	appendInt(p[8:8], int64(controlSize))
	appendInt(p[16:16], int64(diffSize))
	appendInt(p[24:24], d.Size)
	return bzip2.Append(p, d.Extra)
}

// controls returns the bytes of the control block and the length of the diff block.
func (d *Delta) controls() (control []byte, added int64) {
	control = make([]byte, 0, (len(d.Ops)/2+2)*tripleSize)
	ops := d.Ops
	at := int64(0)
	if len(ops) > 0 && ops[0].Off > 0 {
		control = triple{seek: ops[0].Off}.append(control)
		at = ops[0].Off
	}
	for len(ops) > 0 {
		var t triple
		if ops[0].Off >= 0 {
			t.add = ops[0].N
			ops = ops[1:]
		}
		if len(ops) > 0 && ops[0].Off < 0 {
			t.extra = ops[0].N
			ops = ops[1:]
		}
		at += t.add
		added += t.add
		t.seek = d.seek(ops, at, added)
		at += t.seek
		control = t.append(control)
	}
	return control, added
}

// seek returns the move from at to what the operations still to come read first, or to the end of the base when none does.
func (d *Delta) seek(rest []Op, at, added int64) int64 {
	if len(rest) > 0 && rest[0].Off >= 0 {
		return rest[0].Off - at
	}
	if len(rest) == 0 && added > 0 {
		return d.BaseSize - at
	}
	return 0
}
