package matrix

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// exempt are the functions and methods that need no place in the list, and why.
var exempt = map[string]string{
	"record.Records.AsRecords": "only returns what it is called on",
	"record.Records.In":        "only says in which transaction",
	"record.Records.MatchKey":  "only folds a value of the caller's",
	"record.Records.New":       "only makes an empty record",
	"record.Records.NewBatch":  "only makes empty records",
	"record.Records.Session":   "only names the session",
	"record.Records.Shape":     "only names the fields that the module has, as its comment says",
	"record.Module.Decode":     "only converts what the caller has",
	"record.Module.Encode":     "only converts what the caller has",
	"record.Module.In":         "only says in which transaction",
	"account.Accounts.In":      "only says in which transaction",
	"lead.Leads.Preview":       "needs rights in four modules, which the tests of lead take away one after the other",
	"lead.Leads.Convert":       "needs rights in four modules, which the tests of lead take away one after the other",
	"lead.Leads.ConvertMany":   "needs rights in four modules, which the tests of lead take away one after the other",
	"lead.Leads.Revert":        "is an Undo, which the list has; the tests of lead try it for the lead's part",
	"lead.Leads.Outcomes":      "is an EachBatch, which the list has",
	"lead.Leads.In":            "only says in which transaction",

	"record.Session.Actor":         "only names the actor",
	"record.Session.AfterCommit":   "only waits for the end of the transaction",
	"record.Session.Assume":        "only says what Validate takes for there; what is written is looked up",
	"record.Session.As":            "the host says who acts",
	"record.Session.AsSystem":      "the host says that nobody is held back",
	"record.Session.From":          "only names the source",
	"record.Session.In":            "only names the locale",
	"record.Session.InTransaction": "only says where the session is",
	"record.Session.Locale":        "every value is shown by it",
	"record.Session.Modules":       "only names the modules that were declared",
	"record.Session.NewID":         "only makes an id",
	"record.Session.Now":           "only tells the time",
	"record.Session.Once":          "only names the key: see record.Once.Do",
	"record.Session.Records":       "only names the module",
	"record.Session.Tenant":        "the host says whose records",
	"record.Session.TenantName":    "only names the tenant",
	"record.Open":                  "the host opens the store",

	"crm.Open":            "the host opens the store",
	"crm.Org.AfterCommit": "only waits for the end of the transaction",
	"crm.Org.As":          "the host says who acts",
	"crm.Org.AsSystem":    "the host says that nobody is held back",
	"crm.Org.From":        "only names the source",
	"record.Once.Of":      "only names the kind",
	"crm.Org.Once":        "only names the key: see crm.Once.Do",
	"crm.Org.Session":     "only names the session",
	"crm.Org.Tenant":      "the host says whose records",

	"rights.Policy.Rights":   "is what answers",
	"rights.Policy.Grants":   "is what answers",
	"relations.Files.Attach": "no transaction can be around it, as one is around all of these: TestFileRights tries it without each right",
	"relations.Files.Open":   "needs a file that no transaction can be around: TestFileRights tries it without each right",
	"relations.Files.Forget": "removes the bytes of what is there no longer",
	"importer.Plan":          "a Run that no transaction can be around, as all of these are: the tests of the importer try it without each right",
	"importer.File.Digest":   "only reads a file",
	"importer.File.Rows":     "only reads a file",
	"importer.Spool":         "only reads a file",
}

// watched are the types whose methods are all asked for, and not only those that take a context.
var watched = []string{"record.Records", "record.Module", "record.Session", "record.Once", "record.Operation", "crm.Org", "crm.Once", "rights.Rights",
	"account.Accounts", "lead.Leads"}

// exported returns the exported functions and methods of the packages above storage which the list is to have: those of
// watched types, and all that take a context. A package is named as importers see it.
func exported(t *testing.T, root string) (found []string) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(root, path)
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && name != "." || slices.Contains([]string{"internal", "storage", "examples", "crmtest", "testdata"}, d.Name())) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.IsExported() {
				found = append(found, wanted(f.Name.Name, fn)...)
			}
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// wanted returns the name of a function with its package if the list is to have it.
func wanted(pkg string, fn *ast.FuncDecl) []string {
	name, watch := pkg+".", false
	if fn.Recv != nil {
		of := receiver(fn.Recv.List[0].Type)
		if !ast.IsExported(of) {
			return nil
		}
		watch = slices.Contains(watched, name+of)
		name += of + "."
	}
	name += fn.Name.Name
	if watch || slices.ContainsFunc(fn.Type.Params.List, isContext) {
		return []string{name}
	}
	return nil
}

func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func isContext(p *ast.Field) bool {
	s, ok := p.Type.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Context"
}

// unlisted returns what is exported and neither in the list nor exempt, and what is in either and not exported.
func unlisted(exported []string, list map[string]bool, exempt map[string]string) (problems []string) {
	for _, name := range exported {
		switch why, ok := exempt[name]; {
		case ok && list[name]:
			problems = append(problems, name+" is in the list and exempt")
		case ok && why == "":
			problems = append(problems, name+" is exempt without a reason")
		case !ok && !list[name]:
			problems = append(problems, name+" is new: add it to the calls with the rights that it needs, or to the exempt ones with the reason why it needs none")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		if !slices.Contains(exported, name) {
			problems = append(problems, name+" is in the list, and is not exported")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(exempt)) {
		if !slices.Contains(exported, name) {
			problems = append(problems, name+" is exempt, and is not exported")
		}
	}
	return problems
}

func TestEveryCallIsListed(t *testing.T) {
	t.Parallel()
	found := exported(t, filepath.Join("..", ".."))
	require.Greater(t, len(found), 80)
	require.Empty(t, strings.Join(unlisted(found, names(), exempt), "\n"))
	for i := range calls {
		require.True(t, len(calls[i].needs) > 0 || calls[i].why != "", "%s needs nothing, and does not say why", &calls[i])
		require.Equal(t, calls[i].loose, calls[i].why != "", &calls[i])
	}
}

func TestUnlisted(t *testing.T) {
	t.Parallel()
	f, err := parser.ParseFile(token.NewFileSet(), "a.go", `package record
func (r *Records) Steal(ctx context.Context) error
func (m *Module[T]) Name() string
func Sweep(n int, ctx context.Context)
func Name() string
func (h *hidden) Do(ctx context.Context)`, 0)
	require.NoError(t, err)
	var found []string
	for _, d := range f.Decls {
		found = append(found, wanted("record", d.(*ast.FuncDecl))...)
	}
	require.Equal(t, []string{"record.Records.Steal", "record.Module.Name", "record.Sweep"}, found)
	require.Equal(t, []string{
		"record.Records.Steal is new: add it to the calls with the rights that it needs, or to the exempt ones with the reason why it needs none",
		"record.Module.Name is exempt without a reason", "record.Sweep is in the list and exempt",
		"record.Gone is in the list, and is not exported", "record.Old is exempt, and is not exported",
	}, unlisted(found, map[string]bool{"record.Sweep": true, "record.Gone": true},
		map[string]string{"record.Module.Name": "", "record.Sweep": "only a test", "record.Old": "only a test"}))
}
