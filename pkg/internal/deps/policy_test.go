package deps

// policy is the plan of the house. A package imports what its line names and nothing else of the module; all of it lies on lower
// floors or below the package itself, but for the exceptions marked →. Names are relative to pkg/, or to the module for cmd/ and
// scripts/. On a pure floor bytes come in and values go out: no files, network, clock or environment.
const policy = `
floor 0 ground
	fault:
	durable: →fault
	screen:
	spell:

floor 1 codecs, pure
	cell:
	row: fault
	stamp: fault
	delta/bzip2: fault
	delta/xz: fault
	delta: fault delta/bzip2 delta/xz
	verlog: fault →stamp
	dict: fault →stamp
	rbks: fault
	schema: fault →cell →row
	conflict: fault →row →stamp

floor 2 algorithms, pure
	merge: fault delta row
	result: fault cell row screen
	function: fault cell
	syntax: fault screen spell

floor 3 disk
	index: fault durable row
	ledger: fault durable dict stamp
	table: fault cell conflict durable delta dict merge rbks row schema stamp verlog →index →ledger
	store: fault conflict durable delta dict row stamp verlog →ledger →table

floor 4 meaning and network
	plan: fault cell function rbks screen spell syntax
	exec: fault cell function rbks row syntax →plan
	relation: fault cell rbks row →plan

floor 5 edge
	cli: fault screen spell
	reedbase: fault spell cell conflict durable delta dict merge rbks row schema stamp syntax verlog ledger table store plan exec relation
	ask: fault cell result plan exec →cli

floor 6 commands
	cmd/rdb: fault ask cell cli delta dict merge plan rbks result row schema screen stamp syntax verlog reedbase
	cmd/rdb-apply: fault cli delta verlog
	cmd/rdb-delta: fault cli delta row
	cmd/rdb-dict: fault cli dict durable ledger stamp store
	cmd/rdb-log: fault cli dict ledger stamp store verlog
	cmd/rdb-query: fault cell syntax plan exec relation cli ask reedbase
	cmd/rdb-merge: fault cli durable merge row
	scripts/bench: rbks
	scripts/fixture:
	scripts/tally:

floor 7 tests
	internal/differential:
	internal/powercut:
	syntax/sample: syntax
`

// libraries names every module from outside with the packages that may import it; "tests" is a module that only test files use.
const libraries = `
	github.com/google/go-cmp: tests
	github.com/kr/binarydist: cmd/rdb-delta
	github.com/mattn/go-shellwords: cmd/rdb
	github.com/pelletier/go-toml/v2: schema table store
	github.com/rogpeppe/go-internal: tests
	github.com/ulikunitz/xz: delta/xz scripts/bench
	github.com/zeebo/xxh3: delta index verlog table cmd/rdb-apply
	golang.org/x/sync: delta table reedbase
	golang.org/x/sys: durable table internal/powercut
	golang.org/x/term: cli cmd/rdb
	pgregory.net/rapid: tests
`

// unwanted modules are refused in test files too.
var unwanted = []string{
	"github.com/spf13/cobra",
	"github.com/spf13/pflag",
	"github.com/stretchr/testify",
	"github.com/shirou/gopsutil",
}

// impure names what a package on a pure floor imports nothing of. Of package time it may use the types, but not the calls in clock.
var impure = []string{"os", "net", "syscall", "log", "flag", "io/ioutil", "runtime/debug", "math/rand", "golang.org/x/sys", "golang.org/x/term"}

var clock = []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTicker", "NewTimer", "LoadLocation", "Local"}

// edge names what only cli may use: arguments taken or an end made anywhere else would go past its rules. A command's main may
// call os.Exit beside.
var edge = []string{"os.Args", "log.Fatal", "log.Fatalf", "log.Fatalln"}

// excused is the exception to edge: a lock tells others the command line of its holder.
var excused = map[string]string{"durable": "os.Args"}
