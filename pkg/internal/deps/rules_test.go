package deps

import (
	"fmt"
	"slices"
	"strings"
)

const module = "github.com/reedbase/reedbase/"

// room is what the policy says of one package.
type room struct {
	floor   int
	pure    bool
	imports map[string]bool // allowed → also sideways or upwards
}

// plan is the policy, read.
type plan struct {
	rooms     map[string]room
	libraries map[string][]string
}

func readPlan(policy, libraries string) (plan, error) {
	p := plan{map[string]room{}, map[string][]string{}}
	here := room{}
	for line := range strings.Lines(policy) {
		line = strings.TrimSpace(line)
		name, imports, isRoom := strings.Cut(line, ":")
		switch {
		case line == "":
		case isRoom:
			r := room{here.floor, here.pure, map[string]bool{}}
			for _, word := range strings.Fields(imports) {
				bare, marked := strings.CutPrefix(word, "→")
				r.imports[bare] = marked
			}
			p.rooms[name] = r
		default:
			if _, err := fmt.Sscanf(line, "floor %d", &here.floor); err != nil {
				return p, fmt.Errorf("policy line %q: %w", line, err)
			}
			here.pure = strings.HasSuffix(line, ", pure")
		}
	}
	for line := range strings.Lines(libraries) {
		if path, users, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
			p.libraries[path] = strings.Fields(users)
		}
	}
	return p, p.check()
}

// check finds policy lines that break the policy's own rule: an import goes down, but for exceptions.
func (p plan) check() error {
	for name, r := range p.rooms {
		for target, marked := range r.imports {
			lower, known := p.rooms[target]
			switch {
			case !known:
				return fmt.Errorf("policy: %s may import %s, which no line describes", name, target)
			case marked || lower.floor < r.floor || below(target, name):
			default:
				return fmt.Errorf("policy: %s may import %s on the same or a higher floor without →", name, target)
			}
		}
	}
	return nil
}

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath, Dir                    string
	GoFiles                            []string
	Imports, TestImports, XTestImports []string
}

// name is the package's name in the policy.
func (p pkg) name() string { return shortName(p.ImportPath) }

func shortName(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "pkg/")
}

// violations returns every way in which the imports of p break the plan.
func (p plan) violations(of pkg) (found []string) {
	complain := func(format string, args ...any) {
		found = append(found, of.name()+": "+fmt.Sprintf(format, args...))
	}
	r, known := p.rooms[of.name()]
	if !known && len(of.GoFiles) > 0 {
		complain("has no line in the policy")
	}
	for _, path := range of.Imports {
		if strings.HasPrefix(path, module) {
			if _, allowed := r.imports[shortName(path)]; known && !allowed {
				complain("imports %s, which its line does not name", shortName(path))
			}
		} else if library := p.library(path); isLibrary(path) && !slices.Contains(p.libraries[library], of.name()) {
			complain("imports %s, whose line does not name it", path)
		}
		if r.pure && within(path, impure) {
			complain("imports %s on a pure floor", path)
		}
	}
	for _, path := range slices.Concat(of.Imports, of.TestImports, of.XTestImports) {
		if within(path, unwanted) {
			complain("imports %s, which nothing here uses", path)
		}
	}
	return found
}

// library returns the module of libraries that holds path, or "".
func (p plan) library(path string) string {
	for library := range p.libraries {
		if below(path, library) {
			return library
		}
	}
	return ""
}

// isLibrary holds for paths from outside the module and the standard library.
func isLibrary(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return strings.Contains(first, ".") && !strings.HasPrefix(path, module)
}

func within(path string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return below(path, root) })
}

func below(path, root string) bool { return path == root || strings.HasPrefix(path, root+"/") }
