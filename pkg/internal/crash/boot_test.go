package crash

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"path/filepath"
	"strings"

	"github.com/reedbase/reedbase/pkg/durable"
)

// anotherBoot makes a file what it is after a restart of the machine: what it says of the boot is no longer true.
func anotherBoot(path string, data []byte) []byte {
	name := filepath.Base(path)
	if boot := durable.BootID(); boot != "" && (name == "state" || name == "clock") && bytes.Contains(data, []byte(boot)) {
		changed := bytes.ReplaceAll(data, []byte(boot), []byte(strings.Repeat("0", len(boot))))
		if name == "state" {
			return summed(changed)
		}
		return changed
	}
	return data
}

// summed puts the right checksum at the end of a state file; one that is torn stays torn.
func summed(data []byte) []byte {
	text := strings.TrimRight(string(data), "\x00")
	last := strings.LastIndexByte(strings.TrimSuffix(text, "\n"), '\n') + 1
	if last == 0 || !strings.HasSuffix(text, "\n") {
		return data
	}
	fresh := make([]byte, len(data))
	copy(fresh, fmt.Appendf([]byte(text[:last]), "%d\n", crc32.ChecksumIEEE([]byte(text[:last]))))
	return fresh
}
