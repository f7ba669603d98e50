package cell

import (
	"bytes"
	"encoding/binary"
	"math"
)

// AppendKey appends v as bytes that compare as Order compares values, and are equal exactly where it finds them equal. No key
// is the beginning of another, so keys appended one after the other compare as the list of their values. There is no way
// back from a key to the value.
func AppendKey(dst []byte, v Value) []byte {
	dst = append(dst, byte(v.rank()))
	switch v.kind {
	case KindNull:
		return dst
	case KindText:
		return appendTextKey(dst, v.text)
	case KindFloat:
		return appendFloatKey(dst, v.Float(), 0)
	}
	floor, rest := split(int64(v.bits), v.nanos)
	return appendFloatKey(dst, floor, rest)
}

// appendTextKey ends the text with 0 1, and writes a 0 in it as 0 255.
func appendTextKey(dst, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, 0)
		if i < 0 {
			return append(append(dst, text...), 0, 1)
		}
		dst = append(append(dst, text[:i]...), 0, 255)
		text = text[i+1:]
	}
}

// appendFloatKey appends a float in the order of its value and, behind it, how far the number lies above it.
func appendFloatKey(dst []byte, f float64, rest uint16) []byte {
	bits := math.Float64bits(f + 0) // -0 + 0 is 0
	if bits>>63 == 0 {
		bits |= 1 << 63
	} else {
		bits = ^bits
	}
	dst = binary.BigEndian.AppendUint64(dst, bits)
	return binary.BigEndian.AppendUint16(dst, rest)
}

// split returns the largest float that is not above whole + nanos/10^9, and a number for what is left: 0 for nothing, larger
// for more. It is a number of ones where floats are more than one apart, else one of nanoseconds, rounded down but for 0: in
// the years that a time can lie in, floats are at most 31 microseconds apart.
func split(whole int64, nanos int32) (floor float64, rest uint16) {
	floor = nearest(whole, nanos)
	for orderFixed(whole, nanos, floor) < 0 {
		floor = math.Nextafter(floor, math.Inf(-1))
	}
	for next := math.Nextafter(floor, math.Inf(1)); orderFixed(whole, nanos, next) >= 0; next = math.Nextafter(floor, math.Inf(1)) {
		floor = next
	}
	if nanos == 0 {
		return floor, uint16(whole - int64(floor))
	}
	trunc := math.Trunc(floor)
	scaled := (floor - trunc) * 1e9
	below := math.Floor(scaled)
	if below == scaled && math.FMA(floor-trunc, 1e9, -scaled) < 0 {
		below--
	}
	return floor, uint16((whole-int64(trunc))*1_000_000_000 + int64(nanos) - int64(below))
}

// nearest returns a float that is at most a few floats away from whole + nanos/10^9.
func nearest(whole int64, nanos int32) float64 {
	if whole < 0 && nanos > 0 {
		return -nearest(negated(whole, nanos)) // a small difference of large numbers would lose its digits
	}
	return float64(whole) + float64(nanos)/1e9
}
