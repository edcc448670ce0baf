package importer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/crmtest"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

type memo struct {
	record.Meta
	Text  string
	About record.Link
}

var memos = record.Define("Memos", []record.Field[memo]{
	record.Text("Text", 20, func(m *memo) *string { return &m.Text }).Required().Folded(),
	record.LookupIn("About", "About_Module", func(m *memo) *record.Link { return &m.About }),
	record.ModuleOf("About_Module", func(m *memo) *record.Link { return &m.About }, account.Module, "Memos"),
}, record.ModuleOptions{Singular: "Memo", Chinese: "便笺"})

// TestLinksToSeveralModules imports and exports links that are known by module and id.
func TestLinksToSeveralModules(t *testing.T) {
	t.Parallel()
	org := crmtest.Open(t, memory.New(nil), &crm.Options{Modules: []*record.Schema{memos.Schema}})
	acme := &account.Account{Name: "Acme"}
	require.NoError(t, org.Accounts.Create(t.Context(), acme))
	ms := memos.In(org.Session())
	text := "Text,About,About_Module\na," + acme.ID.String() + ",accounts\nb,Acme,Accounts\nc," + acme.ID.String() + ",Memos\nd," + acme.ID.String() + ",\ne,,\nf," + acme.ID.String() + ",Deals\n"
	r, err := importer.Run(t.Context(), ms, file(t, text), &importer.Options{Match: []string{"Text"}})
	require.NoError(t, err)
	require.Equal(t, "6 = 2 + 0 + 0 + 0 + 4", counts(r))
	require.Equal(t, []string{"3 NOT_FOUND About", "4 NOT_FOUND About", "5 MANDATORY_NOT_FOUND About_Module", "7 INVALID_DATA About_Module"}, faults(r))
	var b strings.Builder
	_, err = importer.Export(t.Context(), ms, &b, record.Query{}, &importer.ExportOptions{Names: true, Fields: []string{"Text", "About", "About_Module"}})
	require.NoError(t, err)
	require.Contains(t, b.String(), "a,"+acme.ID.String()+",Accounts,\ne,,,\n")
	_, err = importer.Run(t.Context(), ms, file(t, text), &importer.Options{Match: []string{"Text"}, Fields: map[string]importer.FieldOptions{"About": {LookupBy: "Account_Name"}}})
	var he *importer.HeaderError
	require.ErrorAs(t, err, &he)
	require.NoError(t, importer.Template(t.Context(), ms, &b, nil))
}
