package syntax

import "fmt"

func (p *parser) namedWindow() NamedWindow {
	start := p.tok.Pos
	w := NamedWindow{Name: p.name(aNewName)}
	p.need(kwAs)
	w.Window = p.window()
	w.Span = p.span(start)
	return w
}

// over takes a window or the name of one.
func (p *parser) over() *Window {
	if p.at(leftParen) {
		return p.window()
	}
	name := p.name(aName)
	return &Window{Span: name.Span, Name: &name}
}

func (p *parser) window() *Window {
	start, w := p.tok.Pos, &Window{}
	p.need(leftParen)
	if p.got(kwPartition) {
		p.need(kwBy)
		w.Partition = p.exprs()
	}
	w.OrderBy = p.orderBy()
	if unit, ok := p.frameUnit(); ok {
		w.Frame = p.frameOf(unit)
	}
	empty := w.Partition == nil && w.OrderBy == nil && w.Frame == nil
	if empty && (p.tok.code == quotedName || p.tok.code == plainName && p.meant() == "") {
		p.refuse("a window that extends another", "write it out")
	}
	p.need(rightParen)
	w.Span = p.span(start)
	return w
}

func (p *parser) frameUnit() (FrameUnit, bool) {
	switch {
	case p.at(kwRows):
		return Rows, true
	case p.at(kwRange):
		return Range, true
	case p.at(kwGroups):
		return Groups, true
	}
	return 0, false
}

func (p *parser) frameOf(unit FrameUnit) *Frame {
	start, f := p.tok.Pos, &Frame{Unit: unit}
	p.advance()
	if p.got(kwBetween) {
		f.From = p.bound()
		p.need(kwAnd)
		f.To = p.bound()
	} else {
		f.From = p.bound()
		f.To = Bound{Span: Span{p.end, p.end}, Kind: CurrentRow}
	}
	if f.From.Kind > f.To.Kind || f.From.Kind == UnboundedFollowing || f.To.Kind == UnboundedPreceding {
		p.failAt(start, Error{Text: fmt.Sprintf("a frame cannot reach from %s to %s", f.From.Kind, f.To.Kind)})
	}
	f.Span = p.span(start)
	return f
}

func (p *parser) bound() (b Bound) {
	start := p.tok.Pos
	p.want.add(aBound)
	switch {
	case p.got(kwCurrent):
		p.need(kwRow)
		b.Kind = CurrentRow
	case p.got(kwUnbounded):
		b.Kind = p.direction(UnboundedPreceding, UnboundedFollowing)
	case p.tok.code == number || p.tok.code == parameter:
		b.Offset = p.primary()
		b.Kind = p.direction(Preceding, Following)
	default:
		p.fail()
	}
	b.Span = p.span(start)
	return b
}

func (p *parser) direction(before, after BoundKind) BoundKind {
	if p.got(kwPreceding) {
		return before
	}
	p.need(kwFollowing)
	return after
}
