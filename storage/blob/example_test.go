package blob_test

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/clientele-go/crm/storage/blob"
)

func ExampleMemory() {
	ctx, store := context.Background(), blob.Memory()
	if err := store.Put(ctx, "tenant/1", strings.NewReader("bytes")); err != nil {
		panic(err)
	}
	r, err := store.Open(ctx, "tenant/1")
	if err != nil {
		panic(err)
	}
	defer r.Close()
	b, _ := io.ReadAll(r)
	fmt.Println(string(b))
	// Output: bytes
}
