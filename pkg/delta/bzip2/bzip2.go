// Package bzip2 owns bzip2 streams: small payloads written fast, long runs of zeros written and recognised in closed form,
// large ones worked on by every processor. It must never know what a payload means.
//
// The format is that of bzip2 1.0 by Julian Seward. A stream is the bytes "BZh" and a digit, blocks, and an end mark,
// packed bit by bit. A block of the digit times 100,000 bytes at most goes through a run-length code, the
// Burrows-Wheeler transform (the last letters of all rotations, sorted), a move-to-front code, a run-length code for its
// zeros, and up to six Huffman codes between which it changes every 50 symbols.
package bzip2

const (
	blockMark = 0x314159265359 // opens a block
	endMark   = 0x177245385090 // opens the end of the stream

	headerSize = 4      // "BZh" and the digit
	levelUnit  = 100000 // bytes of a block that each step of the digit allows
	blockRoom  = 9*levelUnit - 19

	groupSize     = 50 // symbols between two choices of a Huffman code
	maxCodes      = 6
	maxAlphabet   = 258 // 256 places but the first, two run digits, the end of the block
	maxCodeLength = 20  // bits, that a reader accepts
)

// runA and runB are the digits 1 and 2, base 2, the least first, of the length of a run of place 0.
const (
	runA = iota
	runB
)
