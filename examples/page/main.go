// Page shows the account list and the detail page of accounts (客户详细信息页面) in a browser, on the library and nothing else: each
// page is made of what the library says of modules, fields, lists and errors.
//
//	go run ./examples/page
//
// It has no login, and so it listens to this machine alone. The first start fills its file with a sample.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"time"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage/blob"
	"github.com/clientele-go/crm/storage/sqlite"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx is done.
func run(ctx context.Context, args []string, out io.Writer) (err error) {
	flags := flag.NewFlagSet("page", flag.ContinueOnError)
	flags.SetOutput(out)
	addr := flags.String("addr", "127.0.0.1:8080", "`host:port` to listen on")
	db := flags.String("db", defaultDB(), "SQLite `file`, made with a sample when it is not there; attachments are in a folder beside it")
	lang := flags.String("lang", "", "`language` of the first page, en or zh (default what the browser asks for)")
	if err := flags.Parse(args); err != nil {
		return err
	}
	store, err := sqlite.Open(*db, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	blobs, err := blob.Dir(*db + "-files")
	if err != nil {
		return err
	}
	org, err := crm.Open(ctx, store, &crm.Options{Actor: "ann", Blobs: blobs})
	if err != nil {
		return err
	}
	if err := fillWhenEmpty(ctx, org); err != nil {
		return fmt.Errorf("sample: %w", err)
	}
	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		return err
	}
	jobs := newJobs(ctx)
	defer jobs.wait()
	s := &http.Server{Handler: newServer(org, jobs, record.Language(*lang)).handler(*addr), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	fmt.Fprintf(out, "http://%s, with the records of %s\n", listener.Addr(), *db)
	return serve(ctx, s, listener)
}

// serve answers requests until ctx is done, and then those that are under way.
func serve(ctx context.Context, s *http.Server, l net.Listener) error {
	failed := make(chan error, 1)
	go func() { failed <- s.Serve(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	err := s.Shutdown(end)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.Close() // somebody still watches an import
	}
	if ended := <-failed; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}

// defaultDB is a file of the user's, or one in the current folder where the system has no place for such.
func defaultDB() string {
	dir, err := os.UserCacheDir()
	if err != nil || os.MkdirAll(dir, 0o700) != nil {
		dir = "."
	}
	return filepath.Join(dir, "crm-page.db")
}
