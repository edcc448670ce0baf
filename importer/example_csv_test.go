package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/clientele-go/crm/importer"
)

func ExampleNewFile() {
	text := "Account Name,City\nAcme,\"12 High St\nLeeds\"\n\nGlobex,\"Bonn\nInitech,Kiel\n"
	f, err := importer.NewFile(strings.NewReader(text), int64(len(text)), "accounts.csv", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	fmt.Printf("%q\n", f.Header().Cells)
	for row, err := range f.Rows(context.Background()) {
		switch {
		case err != nil:
			fmt.Println(err)
		case row.Problem != nil:
			fmt.Printf("%v %q\n", row.Problem, row.Problem.Text())
		default:
			fmt.Printf("line %d: %q\n", row.Line, row.Cells)
		}
	}
	// Output:
	// ["Account Name" "City"]
	// line 2: ["Acme" "12 High St\nLeeds"]
	// line 4: BLANK_ROW ""
	// line 5, column 8: UNCLOSED_QUOTE limit 1048576 "Globex,\"Bonn"
	// line 6: ["Initech" "Kiel"]
}

func ExampleSpool() {
	upload := strings.NewReader("%PDF-…")
	_, err := importer.Spool(context.Background(), upload, "accounts.csv", nil)
	if fe := (*importer.FormatError)(nil); errors.As(err, &fe) && fe.Found == importer.FoundPDF {
		fmt.Println(err)
	}
	// Output:
	// importer: "accounts.csv" cannot be read: found a PDF file
}
