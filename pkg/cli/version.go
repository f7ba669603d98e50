package cli

import "runtime/debug"

// version is set when a release is built, with -ldflags "-X github.com/reedbase/reedbase/pkg/cli.version=…".
var version string

// Version returns the version this program was built as: the release's, else the module's, else the commit's.
func Version() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return "devel"
}
