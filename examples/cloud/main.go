package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	cloud "gocloud.dev/blob"
	_ "gocloud.dev/blob/fileblob" // file://
	_ "gocloud.dev/blob/memblob"  // mem://

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/memory"
)

func main() {
	url := flag.String("bucket", "mem://", "the URL of a bucket, as gocloud.dev has it")
	flag.Parse()
	if err := run(context.Background(), *url, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, url string, out io.Writer) (err error) {
	b, err := cloud.OpenBucket(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	org, err := crm.Open(ctx, memory.New(nil), &crm.Options{Blobs: bucket{b}})
	if err != nil {
		return err
	}
	acme := &account.Account{Name: "Acme"}
	if err := org.Accounts.Create(ctx, acme); err != nil {
		return err
	}
	a, err := org.Files.Attach(ctx, record.Link{Module: account.Module, ID: acme.ID}, "offer.txt", strings.NewReader("One pump, 9,900.00"))
	if err != nil {
		return err
	}
	_, r, err := org.Files.Open(ctx, a.ID)
	if err != nil {
		return err
	}
	bytes, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %s\n", a.Name, bytes)
	if err := org.Accounts.Delete(ctx, acme.ID); err != nil {
		return err
	}
	if err := org.Accounts.Purge(ctx, acme.ID); err != nil {
		return err
	}
	left := 0
	for _, err := range (bucket{b}).List(ctx, "") {
		if err != nil {
			return err
		}
		left++
	}
	fmt.Fprintf(out, "files left in the bucket: %d\n", left)
	return nil
}
