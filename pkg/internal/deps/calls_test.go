package deps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strconv"
	"strings"
)

// calls returns what src uses of the packages it imports, as "time.Now", with the line of each use.
func calls(filename string, src any) (map[string]int, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, filename, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	packages := map[string]string{} // the name in the file → the import path
	for _, spec := range file.Imports {
		target, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		name := path.Base(target)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		packages[name] = target
	}
	used := map[string]int{}
	ast.Inspect(file, func(n ast.Node) bool {
		if selector, ok := n.(*ast.SelectorExpr); ok {
			if name, ok := selector.X.(*ast.Ident); ok && packages[name.Name] != "" {
				used[packages[name.Name]+"."+selector.Sel.Name] = fset.Position(n.Pos()).Line
			}
		}
		return true
	})
	return used, nil
}

// forbidden returns the calls that the package may not make.
func (p plan) forbidden(of pkg) (names []string) {
	if p.rooms[of.name()].pure {
		for _, call := range clock {
			names = append(names, "time."+call)
		}
	}
	name := of.name()
	if name == "cli" || strings.HasPrefix(name, "scripts/") {
		return names
	}
	if !strings.HasPrefix(name, "cmd/") {
		names = append(names, "os.Exit")
	}
	return append(names, edge...)
}
