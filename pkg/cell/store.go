package cell

// AppendCell appends the text that a cell of type t gets when v is put into it, so that Parse takes it if it can be made to:
// the cell's own spelling that v was read from, if the type allows it; otherwise v as the type spells it, a float exactly.
// NULL is nothing. What is no value of the type, such as 1.5 in a column of integers, comes as the text that it is, for
// whoever checks cells to refuse.
func (t Type) AppendCell(dst []byte, v Value) []byte {
	if v.IsNull() {
		return dst
	}
	if v.text != nil {
		if _, ok := t.Parse(v.text); ok {
			return append(dst, v.text...)
		}
	}
	return t.fitted(v).appendExact(dst)
}

// fitted returns v as type t spells it best.
func (t Type) fitted(v Value) Value {
	n := v
	if v.kind == KindText && t.isNumeric() {
		if read, ok := t.convert(v.text); ok {
			n = read
		}
	}
	switch {
	case t == Integer && n.IsNumber():
		if whole := n.castInteger(); Order(whole, n) == 0 {
			return whole
		}
	case t == Boolean && Order(n, FromInteger(0)) == 0:
		return FromText([]byte("false"))
	case t == Boolean && Order(n, FromInteger(1)) == 0:
		return FromText([]byte("true"))
	case t == Float && n.kind == KindTime:
		return FromText(appendSeconds(nil, int64(n.bits), n.nanos))
	case (t == Float || t == Timestamp) && n.IsNumber():
		return n.Spelled(nil)
	}
	return v
}

// Convert returns the text of a cell of type from as one of type to, and whether that can be done without losing anything. A
// text that the new type allows stays as it is, but for blanks around it that the type does not. An empty cell is no value and stays empty.
func Convert(text []byte, from, to Type) (converted []byte, ok bool) {
	if _, ok := to.Parse(text); ok || len(text) == 0 {
		return text, true
	}
	if from == Boolean && to == Timestamp || from == Timestamp && to == Boolean {
		return nil, false
	}
	trimmed := trimBlanks(text)
	trimmed = trimmed[:trimmedEnd(trimmed)]
	if _, ok := to.Parse(trimmed); ok {
		return trimmed, true
	}
	converted = to.AppendCell(nil, from.Read(text, true))
	_, ok = to.Parse(converted)
	return converted, ok
}
