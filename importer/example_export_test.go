package importer_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

func ExampleExport() {
	ctx := context.Background()
	store := memory.New(nil)
	defer store.Close()
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	acme := &account.Account{Name: "Acme", Phone: "+86 10 8888 6666"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		fmt.Println(err)
		return
	}
	if err := org.Accounts.Create(ctx, &account.Account{Name: "Acme East", ParentID: acme.ID}); err != nil {
		fmt.Println(err)
		return
	}
	rows, err := importer.Export(ctx, org.Accounts, os.Stdout, record.Query{Order: record.By("-Account_Name")},
		&importer.ExportOptions{Fields: []string{"Account_Name", "Parent_Account", "Phone"}, Names: true})
	fmt.Println(rows, err)
	// Output:
	// Account_Name,Parent_Account,Phone,"Exported, ' before = + - @ is no part of a cell；已导出，=、+、-、@前的'不属于单元格内容"
	// Acme East,Acme,,
	// Acme,,'+86 10 8888 6666,
	// 2 <nil>
}

func ExampleTemplate() {
	ctx := context.Background()
	store := memory.New(nil)
	defer store.Close()
	org, err := crm.Open(ctx, store, &crm.Options{Locale: record.Locale{Language: record.Chinese}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var file strings.Builder
	err = importer.Template(ctx, org.Accounts, &file, &importer.TemplateOptions{Format: importer.KindCSV, Fields: []string{"Account_Name", "Industry", "Phone"}})
	fmt.Print(strings.TrimPrefix(file.String(), "\ufeff"), err)
	// Output:
	// 客户名称,行业,电话
	// <nil>
}
