package cli

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

var (
	errNumber = errors.New("want a decimal number")
	errSize   = errors.New("want a number of bytes such as 4096, 64k, 10M or 1G")
)

// number is a flag value: a decimal integer.
type number int64

func (n *number) String() string { return strconv.FormatInt(int64(*n), 10) }

func (n *number) Set(s string) error {
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return errNumber
	}
	*n = number(v)
	return nil
}

// size is a flag value: a number of bytes.
type size int64

func (n *size) String() string { return strconv.FormatInt(int64(*n), 10) }

func (n *size) Set(s string) error {
	v, err := ParseSize(s)
	*n = size(v)
	return err
}

// ParseSize returns the number of bytes that s names: digits, then k, M, G or T in either case for powers of 1024.
func ParseSize(s string) (int64, error) {
	digits := strings.TrimRight(s, "kKmMgGtT")
	shift := 0
	if unit := s[len(digits):]; len(unit) == 1 {
		shift = 10 * (1 + strings.Index("kmgt", strings.ToLower(unit)))
	} else if unit != "" {
		return 0, errSize
	}
	v, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || v > math.MaxInt64>>shift {
		return 0, errSize
	}
	return int64(v) << shift, nil
}

// list is a flag value: every value given, in order.
type list []string

func (l *list) String() string { return fmt.Sprint([]string(*l)) }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}
