package importer_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
	"github.com/clientele-go/crm/storage/storagetest"
)

// each runs fn on every store, and verifies what it leaves.
func each(t *testing.T, fn func(t *testing.T, org *crm.Org)) {
	t.Parallel()
	eachWith(t, nil, fn)
}

func eachWith(t *testing.T, o *crm.Options, fn func(t *testing.T, org *crm.Org)) {
	for name, open := range map[string]func(t *testing.T) storage.Store{
		"memory": func(*testing.T) storage.Store { return memory.New(nil) },
		"sqlite": func(t *testing.T) storage.Store { return openSQLite(t, filepath.Join(t.TempDir(), "crm.db")) },
		"twice": func(*testing.T) storage.Store {
			return storagetest.Faulty(memory.New(nil), &storagetest.Faults{Twice: true})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fn(t, crmtest.Open(t, open(t), o))
		})
	}
}

func openSQLite(t *testing.T, path string) storage.Store {
	t.Helper()
	s, err := sqlite.Open(path, nil)
	require.NoError(t, err)
	return s
}

func file(t *testing.T, text string) *importer.File {
	t.Helper()
	f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "test.csv", nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func run(t *testing.T, org *crm.Org, text string, o *importer.Options) *importer.Report {
	t.Helper()
	r, err := importer.Run(t.Context(), org.Accounts, file(t, text), o)
	require.NoError(t, err)
	return r
}

func counts(r *importer.Report) string {
	return fmt.Sprintf("%d = %d + %d + %d + %d + %d", r.Read, r.Created, r.Updated, r.Unchanged, r.Skipped, r.Failed)
}

func faults(r *importer.Report) (out []string) {
	for _, f := range r.Faults {
		out = append(out, strings.TrimSpace(fmt.Sprintf("%d %s %s", f.Line, f.Code, f.Field)))
	}
	return out
}

func list(t *testing.T, org *crm.Org) (out []string) {
	t.Helper()
	for a, err := range org.Accounts.All(t.Context(), record.Query{}) {
		require.NoError(t, err)
		out = append(out, a.Name)
	}
	return out
}

func TestRun(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		known := &account.Account{Name: "Known", Fax: "1"}
		require.NoError(t, org.Accounts.Create(t.Context(), known, &account.Account{Name: "Same"}))
		r := run(t, org, "\ufeff客户名称,Employees,website,Shoe size,客户类型,Created Time\r\n"+ // 1
			"new,7,new.example,42,客户,x\r\n"+ // 2
			" KNOWN ,8,,,,\r\n"+ // 3
			",,,,,\r\n"+ // 4
			"Same,,,,,\r\n"+ // 5
			"bad,many,,,,\r\n"+ // 6
			",9,,,,\r\n"+ // 7
			"\"New\",10,,,,\r\n"+ // 8: the key of line 2
			"x,,nowhere,,,\r\n"+ // 9
			"\"two\r\nlines\",,,,,\r\n"+ // 10, 11: no line break in a name
			"ragged,1\r\n"+ // 12
			"\r\n"+ // 13
			"a\"b,,,,,\r\n"+ // 14
			"last,,,,Ally,", &importer.Options{Batch: 3})
		require.Equal(t, "13 = 2 + 1 + 1 + 2 + 7", counts(r))
		require.Equal(t, []string{"4 BLANK_ROW", "6 INVALID_DATA Employees", "7 MANDATORY_NOT_FOUND Account_Name", "8 DUPLICATE_ROW Account_Name",
			"9 INVALID_DATA Website", "10 INVALID_DATA Account_Name", "12 RAGGED_ROW", "13 BLANK_ROW", "14 BAD_QUOTE"}, faults(r))
		require.Equal(t, record.Args{"first": 2}, r.Faults[3].Args)
		require.Equal(t, []importer.Column{{"客户名称", "Account_Name", importer.Imported, importer.ByLabel}, {"Employees", "Employees", importer.Imported, importer.ByName},
			{"website", "Website", importer.Imported, importer.ByName}, {"Shoe size", "", importer.Ignored, ""}, {"客户类型", "Account_Type", importer.Imported, importer.ByLabel},
			{"Created Time", "Created_Time", importer.ReadOnly, importer.ByLabel}}, r.Columns)
		require.Equal(t, []importer.Note{{Field: "Account_Type", Code: importer.CodeUnknownValue, Rows: 1, First: 15}}, r.Notes)
		got, err := org.Accounts.Get(t.Context(), known.ID)
		require.NoError(t, err)
		require.Equal(t, "KNOWN 1 8 2", fmt.Sprint(got.Name, " ", got.Fax, " ", *got.Employees, " ", got.Version)) // an empty cell keeps the value
		require.Equal(t, []string{"KNOWN", "Same", "new", "last"}, list(t, org))
		op, err := org.Session().Operation(t.Context(), r.Operation)
		require.NoError(t, err)
		require.Equal(t, r.Counts, op.Counts)
		require.Equal(t, record.Done, op.State)
	})
}

func TestModes(t *testing.T) {
	const text = "Account Name,Phone\nA,1\nB,2\n"
	for mode, want := range map[importer.Mode]struct {
		counts string
		faults []string
		names  []string
		phone  string
	}{
		importer.Upsert: {"2 = 1 + 1 + 0 + 0 + 0", nil, []string{"A", "B"}, "1"}, // the name of the file is taken, as any value is
		importer.Add:    {"2 = 1 + 0 + 0 + 1 + 0", []string{"2 ALREADY_EXISTS Account_Name"}, []string{"a", "B"}, ""},
		importer.Update: {"2 = 0 + 1 + 0 + 1 + 0", []string{"3 NO_MATCH Account_Name"}, []string{"A"}, "1"},
		importer.Clone:  {"2 = 2 + 0 + 0 + 0 + 0", nil, []string{"a", "A", "B"}, ""},
	} {
		t.Run(string(mode), func(t *testing.T) {
			each(t, func(t *testing.T, org *crm.Org) {
				a := &account.Account{Name: "a"}
				require.NoError(t, org.Accounts.Create(t.Context(), a))
				r := run(t, org, text, &importer.Options{Mode: mode})
				require.Equal(t, want.counts, counts(r))
				require.Equal(t, want.faults, faults(r))
				require.Equal(t, want.names, list(t, org))
				got, err := org.Accounts.Get(t.Context(), a.ID)
				require.NoError(t, err)
				require.Equal(t, want.phone, got.Phone)
			})
		})
	}
	_, err := importer.Run(t.Context(), crmtest.New(t).Accounts, file(t, text), &importer.Options{Mode: "replace"})
	require.ErrorContains(t, err, "replace")
}

func TestMatch(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		ctx := t.Context()
		a, b, c := &account.Account{Name: "A", Number: "1", Site: "x"}, &account.Account{Name: "B", Number: "1", Site: "y"}, &account.Account{Name: "C", Employees: new(int64)}
		require.NoError(t, org.Accounts.Create(ctx, a, b, c))
		r := run(t, org, "Account Name,Account Number,Account Site\nA2,1,x\nB2,1,y\nN,1,z\nno key,1,\n", &importer.Options{Match: []string{"Account_Number", "Account_Site"}})
		require.Equal(t, "4 = 2 + 2 + 0 + 0 + 0", counts(r))
		require.Equal(t, []string{"A2", "B2", "C", "N", "no key"}, list(t, org))
		r = run(t, org, "Record Id,Account Name\n"+a.ID.String()+",A3\n"+strings.ToUpper(b.ID.String())+",B3\n"+record.NewID().String()+",nobody\nnonsense,x\n", &importer.Options{Match: []string{"id"}})
		require.Equal(t, "4 = 0 + 2 + 0 + 0 + 2", counts(r))
		require.Equal(t, []string{"4 NOT_FOUND id", "5 NOT_FOUND id"}, faults(r))
		r = run(t, org, "Employees,Account Name\n0,C3\n00,C4\n", &importer.Options{Match: []string{"Employees"}})
		require.Equal(t, "2 = 0 + 1 + 0 + 0 + 1", counts(r)) // 0 and 00 are one key
		require.Equal(t, []string{"A3", "B3", "C3", "N", "no key"}, list(t, org))
		twin := &account.Account{Name: "c3"}
		require.NoError(t, org.Accounts.Create(ctx, twin))
		r = run(t, org, "Account Name,Phone\nC3,5\n", nil)
		require.Equal(t, "1 = 0 + 1 + 0 + 0 + 0", counts(r))
		require.Equal(t, []importer.Note{{Field: "Account_Name", Code: importer.CodeSeveralMatches, Rows: 1, First: 2}}, r.Notes)
		got, err := org.Accounts.Get(ctx, c.ID)
		require.NoError(t, err)
		require.Equal(t, "5", got.Phone) // the oldest
	})
}

func TestParents(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		by := crmtest.Seed(t, org)
		require.NoError(t, org.Accounts.Create(t.Context(), &account.Account{Name: "Twin"}, &account.Account{Name: "twin"}))
		r := run(t, org, "Account Name,父客户\n"+
			"one,ACME\n"+ // 2
			"two,one\n"+ // 3: a row of the same batch
			"three,two\n"+ // 4
			"early,late\n"+ // 5: its parent comes later
			"late,latest\n"+ // 6: and so does its parent
			"lost,Nobody\n"+ // 7
			"either,Twin\n"+ // 8
			"by id,"+by["Globex"].ID.String()+"\n"+ // 9
			"no id,"+record.NewID().String()+"\n"+ // 10
			"own,own\n"+ // 11
			"Acme,Acme Boston\n"+ // 12: a loop
			"bad,Acme\x01\n"+ // 13
			"orphan,bad name\n"+ // 14
			"bad name\x01,\n"+ // 15
			"latest,three\n"+ // 16
			"a,b\n"+ // 17
			"b,c\n"+ // 18
			"c,A\n"+ // 19
			"below,b\n", &importer.Options{Batch: 5}) // 20
		require.Equal(t, []string{"7 NOT_FOUND Parent_Account", "8 AMBIGUOUS Parent_Account", "10 NOT_FOUND Parent_Account",
			"11 CIRCULAR_REFERENCE Parent_Account", "12 CIRCULAR_REFERENCE Parent_Account", "13 NOT_FOUND Parent_Account",
			"14 NOT_FOUND Parent_Account", "15 INVALID_DATA Account_Name", "17 CIRCULAR_REFERENCE Parent_Account",
			"18 CIRCULAR_REFERENCE Parent_Account", "19 CIRCULAR_REFERENCE Parent_Account", "20 NOT_FOUND Parent_Account"}, faults(r))
		require.Equal(t, "19 = 7 + 0 + 0 + 0 + 12", counts(r))
		require.Equal(t, record.Args{"lines": []int{11, 11}}, r.Faults[3].Args)
		require.Equal(t, record.Args{"lines": []int{18, 19, 17, 18}}, r.Faults[9].Args)
		require.Equal(t, "the record would be above itself (lines 18, 19, 17, 18)", r.Faults[9].Message(record.English))
		require.Equal(t, "记录不能成为自身的上级（第18、19、17、18行）", r.Faults[9].Message(record.Chinese))
		up, err := org.Accounts.Ancestors(t.Context(), find(t, org, "early").ID)
		require.NoError(t, err)
		var names []string
		for _, a := range up {
			names = append(names, a.Name)
		}
		require.Equal(t, []string{"late", "latest", "three", "two", "one", "Acme"}, names)
		require.Equal(t, by["Globex"].ID, find(t, org, "by id").ParentID)
	})
}

func find(t *testing.T, org *crm.Org, name string) *account.Account {
	t.Helper()
	as, _, err := org.Accounts.List(t.Context(), record.Query{Where: record.Eq("Account_Name", name)})
	require.NoError(t, err)
	require.Len(t, as, 1, name)
	return as[0]
}

// TestRefusedBeforeAnythingIsWritten holds files that cannot be imported at all.
func TestRefusedBeforeAnythingIsWritten(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		text string
		o    importer.Options
		want []importer.HeaderProblem
	}{
		"a required column is missing": {"Phone\n1\n", importer.Options{}, []importer.HeaderProblem{{Code: importer.CodeMissingColumn, Field: "Account_Name"}}},
		"a header twice":               {"Phone,Account Name,Phone\n1,a,2\n", importer.Options{}, []importer.HeaderProblem{{Code: importer.CodeDuplicateColumn, Field: "Phone", Column: 3, First: 1}}},
		"a field in both languages":    {"Account Name,客户名称\na,b\n", importer.Options{}, []importer.HeaderProblem{{Code: importer.CodeDuplicateColumn, Field: "Account_Name", Column: 2, First: 1}}},
		"no column is known":           {"a,b\n1,2\n", importer.Options{}, []importer.HeaderProblem{{Code: importer.CodeNoColumn}}},
		"nothing to match by":          {"Account Name\na\n", importer.Options{Match: []string{"Fax"}}, []importer.HeaderProblem{{Code: importer.CodeMissingColumn, Field: "Fax"}}},
		"a column twice":               {"Account Name,foo,x, FOO,,\na,1,2,3,4,5\n", importer.Options{}, []importer.HeaderProblem{{Code: importer.CodeDuplicateColumn, Column: 4, First: 2}}},
		"match by a read-only field":   {"Account Name,Created Time\na,x\n", importer.Options{Match: []string{"Created_Time"}}, []importer.HeaderProblem{{Code: importer.CodeReadOnlyField, Field: "Created_Time"}}},
		"match by the id and a field":  {"Account Name,id\na,x\n", importer.Options{Match: []string{"id", "Account_Name"}}, []importer.HeaderProblem{{Code: importer.CodeUnknownField, Field: "id"}}},
		"an option of no column":       {"Account Name\na\n", importer.Options{Columns: map[string]string{"Firma": "Account_Name"}}, []importer.HeaderProblem{{Code: importer.CodeUnknownColumn, Header: "Firma"}}},
		"match by no field":            {"Account Name\na\n", importer.Options{Match: []string{"Nope"}}, []importer.HeaderProblem{{Code: importer.CodeUnknownField, Field: "Nope"}}},
		"mapped to no field":           {"Account Name,x\na,b\n", importer.Options{Columns: map[string]string{"x": "Nope"}}, []importer.HeaderProblem{{Code: importer.CodeUnknownField, Field: "Nope", Column: 2}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org := crmtest.New(t)
			r, err := importer.Run(t.Context(), org.Accounts, file(t, tt.text), &tt.o)
			require.Nil(t, r)
			var he *importer.HeaderError
			require.ErrorAs(t, err, &he)
			require.Equal(t, 1, he.Line)
			require.Equal(t, tt.want, he.Problems)
			ops, err := org.Session().Operations(t.Context(), 0)
			require.NoError(t, err)
			require.Empty(t, ops)
		})
	}
	he := &importer.HeaderError{Line: 1, Problems: []importer.HeaderProblem{{Code: importer.CodeUnknownField}, {Code: importer.CodeNoColumn, Hint: "tabs"}, {Code: importer.CodeUnknownColumn, Header: "x"}}}
	require.EqualError(t, he, `importer: line 1: header INVALID_FIELD ""; NO_KNOWN_COLUMN (tabs); COLUMN_NOT_FOUND "x"`)
	_, err := importer.Run(t.Context(), crmtest.New(t).Accounts, file(t, "Account Name\na\n"), &importer.Options{Mode: importer.Clone, Match: []string{"Nope"}})
	require.ErrorContains(t, err, "matches nothing")
	r := run(t, crmtest.New(t), "x,Account Name,X\n1,a,2\n", &importer.Options{Columns: map[string]string{"X": ""}})
	require.Equal(t, "1 = 1 + 0 + 0 + 0 + 0", counts(r))
	r = run(t, crmtest.New(t), "Phone,Account Name,Phone2\n1,a,2\n", &importer.Options{Columns: map[string]string{"Phone": "", "Phone2": "phone"}})
	require.Equal(t, "1 = 1 + 0 + 0 + 0 + 0", counts(r))
}

// TestRejectsAreMendedAndImportedAgain imports a file, mends what failed, and imports that.
func TestRejectsAreMendedAndImportedAgain(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		var rejects bytes.Buffer
		r := run(t, org, "Account Name,Employees,Description\ngood,1,\nbad,many,\"=1+1, \"\"x\"\"\"\n'=a,x,\nq\"uote,1,\n", &importer.Options{Rejects: &rejects, Batch: 1})
		require.Equal(t, "4 = 1 + 0 + 0 + 0 + 3", counts(r))
		require.Equal(t, "Account Name,Employees,Description,Import line,Import codes,Import message,Import raw line\n"+
			"bad,many,\"'=1+1, \"\"x\"\"\",3,INVALID_DATA-Employees,Employees: "+r.Faults[0].Message(record.English)+",\n"+
			"''=a,x,,4,INVALID_DATA-Employees,Employees: "+r.Faults[1].Message(record.English)+",\n"+
			",,,5,BAD_QUOTE,\"a quote stands where none may be, in cell 1, at line 5, byte 2\",\"q\"\"uote,1,\"\n", rejects.String())
		mended := strings.NewReplacer("many", "7", ",x,", ",8,", ",,,5", "quote,1,,5").Replace(rejects.String())
		r = run(t, org, mended, nil)
		require.Equal(t, "3 = 3 + 0 + 0 + 0 + 0", counts(r))
		require.Equal(t, []string{"good", "bad", "'=a", "quote"}, list(t, org))
		require.Equal(t, `=1+1, "x"`, find(t, org, "bad").Description)
	})
}

func TestWriteFaults(t *testing.T) {
	t.Parallel()
	r := run(t, crmtest.New(t), "Account Name,Employees\na,x\n,\nb,1\nB,2\n", nil)
	var b bytes.Buffer
	require.NoError(t, r.WriteFaults(&b, importer.KindCSV, record.Chinese))
	require.Equal(t, "line,status,field,code,message\n2,failed,Employees,INVALID_DATA,"+r.Faults[0].Message(record.Chinese)+"\n3,skipped,,BLANK_ROW,空行\n"+
		"5,failed,Account_Name,DUPLICATE_ROW,与第4行重复\n", b.String())
}

type site struct {
	record.Meta
	Name      string
	AccountID record.ID
}

// sites is a host's module.
var sites = record.Define("Sites", []record.Field[site]{
	record.Text("Site_Name", 20, func(s *site) *string { return &s.Name }).Required().Folded(),
	record.Lookup("Account", func(s *site) *record.ID { return &s.AccountID }).To("Accounts"),
}, record.ModuleOptions{})

func TestAnyModule(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Modules: []*record.Schema{sites.Schema}})
	by := crmtest.Seed(t, org)
	r, err := importer.Run(t.Context(), sites.In(org.Session()), file(t, "site_name,account\ntower,acme\nbarn,\n"), nil)
	require.NoError(t, err)
	require.Equal(t, "2 = 2 + 0 + 0 + 0 + 0", counts(r))
	all, _, err := sites.In(org.Session()).List(t.Context(), record.Query{})
	require.NoError(t, err)
	require.Equal(t, by["Acme"].ID, all[0].AccountID)
}

// cut is a source that ends with an error before a line.
type cut struct {
	importer.Source
	before int
}

var errPower = errors.New("power cut")

func (c cut) Rows(ctx context.Context) iter.Seq2[importer.Row, error] {
	return func(yield func(importer.Row, error) bool) {
		for r, err := range c.Source.Rows(ctx) {
			if r.Line == c.before {
				yield(importer.Row{}, errPower)
				return
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

func TestResume(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		var b strings.Builder
		b.WriteString("Account Name,Employees\n")
		for i := range 10 {
			fmt.Fprintf(&b, "row %d,%s\n", i, []string{"1", "x"}[i%5/4])
		}
		f := file(t, b.String())
		o := &importer.Options{Key: "k", Batch: 2}
		r, err := importer.Run(t.Context(), org.Accounts, cut{f, 8}, o)
		require.ErrorIs(t, err, errPower)
		require.Equal(t, "6 = 5 + 0 + 0 + 0 + 1", counts(r))
		op, err := org.Session().Operation(t.Context(), r.Operation)
		require.NoError(t, err)
		require.Equal(t, record.Running, op.State)
		for range 2 { // goes on, and then finds all of it done
			again, err := importer.Run(t.Context(), org.Accounts, cut{f, 0}, o)
			require.NoError(t, err)
			require.Equal(t, "10 = 8 + 0 + 0 + 0 + 2", counts(again))
			require.Equal(t, []string{"6 INVALID_DATA Employees", "11 INVALID_DATA Employees"}, faults(again))
			require.Equal(t, r.Operation, again.Operation)
			require.Len(t, list(t, org), 8)
		}
		again, err := importer.Run(t.Context(), org.Accounts, cut{f, 0}, &importer.Options{Key: "k", Batch: 3}) // batches end where they ended
		require.NoError(t, err)
		require.Equal(t, "10 = 8 + 0 + 0 + 0 + 2", counts(again))
		_, err = importer.Run(t.Context(), org.Accounts, f, &importer.Options{Key: "k", Mode: importer.Add})
		require.ErrorIs(t, err, record.ErrConflict)
	})
}

// TestResumeAnywhere cuts the source at every row, and goes on with batches of any size: what was done stays, what was not
// is done once, and the report is that of a run that was not cut.
func TestResumeAnywhere(t *testing.T) {
	t.Parallel()
	text := "Account Name,Parent Account,Employees\na,,1\nb,a,x\nc,b,\nd,a,2\ne,d,\na,,3\nf,e,\n"
	want := run(t, crmtest.New(t), text, nil)
	for line := 2; line <= 9; line++ {
		for _, size := range []int{1, 2, 3, 100, 0} {
			org := crmtest.New(t)
			for n, src := range []importer.Source{cut{file(t, text), line}, cut{file(t, text), min(line+1, 9)}, cut{file(t, text), 0}, cut{file(t, text), 0}} {
				r, err := importer.Run(t.Context(), org.Accounts, src, &importer.Options{Key: "k", Batch: cmp.Or(size, []int{2, 3, 1, 5}[n])})
				if n > 1 {
					require.NoError(t, err)
					require.Equal(t, counts(want), counts(r))
					require.Equal(t, want.Faults, r.Faults)
				} else if at := line + n; at < 9 {
					require.ErrorIs(t, err, errPower)
					waiting := 0 // line 4, whose parent may still come
					if at > 4 {
						waiting = 1
					}
					require.Equal(t, int64(at-2-waiting), r.Read)
				}
			}
			require.Equal(t, []string{"a", "d", "e", "f"}, list(t, org))
		}
	}
}

// TestResumeOfAShorterSource reads less than before: that is told, and nothing is written.
func TestResumeOfAShorterSource(t *testing.T) {
	t.Parallel()
	org := crmtest.New(t)
	long := rowsSource{header: []string{"Account Name"}, rows: []importer.Row{{Line: 2, Cells: []string{"a"}}, {Line: 3, Cells: []string{"b"}}}}
	_, err := importer.Run(t.Context(), org.Accounts, long, &importer.Options{Key: "k"})
	require.NoError(t, err)
	long.rows = long.rows[:1]
	_, err = importer.Run(t.Context(), org.Accounts, long, &importer.Options{Key: "k"})
	require.ErrorContains(t, err, "the source has changed")
	require.Equal(t, []string{"a", "b"}, list(t, org))
}

func TestInsideATransaction(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		err := org.Update(t.Context(), func(tx *crm.Org) error {
			r, err := importer.Run(t.Context(), tx.Accounts, file(t, "Account Name\na\nb\n"), &importer.Options{Batch: 1})
			if err != nil {
				return err
			}
			require.Equal(t, "2 = 2 + 0 + 0 + 0 + 0", counts(r))
			return errPower
		})
		require.ErrorIs(t, err, errPower)
		require.Empty(t, list(t, org))
	})
}

func TestBadRows(t *testing.T) {
	each(t, func(t *testing.T, org *crm.Org) {
		r := run(t, org, "Account Name,Description\n"+
			"long,"+strings.Repeat("x", 10<<20)+"\n"+ // 2
			"nul\x00,\n"+ // 3
			"not utf-8 \xff,\n"+ // 4
			strings.Repeat("客", 101)+",\n"+ // 5
			strings.Repeat("客", 100)+",\n"+ // 6
			"\"open,\n"+ // 7
			"last,\n", nil) // 8
		require.Equal(t, "7 = 2 + 0 + 0 + 0 + 5", counts(r))
		require.Equal(t, []string{"2 ROW_TOO_LONG", "3 NUL_BYTE", "4 INVALID_TEXT", "5 INVALID_DATA Account_Name", "7 UNCLOSED_QUOTE"}, faults(r))
		require.Equal(t, record.Args{"limit": 100, "length": 101}, r.Faults[3].Args)
		for _, f := range r.Faults {
			require.NotContains(t, f.Message(record.English), "%!")
			require.NotContains(t, f.Message(record.Chinese), "%!")
		}
	})
}

// TestFaultsAtEveryCall fails each call of the store in turn: whole batches stay, and the same run goes on.
func TestFaultsAtEveryCall(t *testing.T) {
	t.Parallel()
	const text = "Account Name,Parent Account,Employees\na,,1\nb,a,x\nc,b,\nd,a,2\ne,d,\n"
	for n, failed := 1, true; failed; n++ {
		require.Less(t, n, 200)
		store := memory.New(nil)
		org := crmtest.Open(t, store, nil)
		faulty := storagetest.Faulty(store, &storagetest.Faults{FailAt: n})
		broken, err := crm.Open(t.Context(), faulty, nil)
		require.NoError(t, err)
		o := &importer.Options{Key: "k", Batch: 2}
		_, err = importer.Run(t.Context(), broken.Accounts, file(t, text), o)
		if failed = err != nil; failed {
			require.ErrorIs(t, err, storagetest.ErrFault)
			require.NoError(t, crm.Verify(t.Context(), org))
			require.Contains(t, []int{0, 1, 2, 3}, len(list(t, org)), "whole batches only")
			_, err = importer.Run(t.Context(), broken.Accounts, file(t, text), o)
			require.NoError(t, err)
		}
		require.Equal(t, []string{"a", "d", "e"}, list(t, org)[:3])
	}
}
