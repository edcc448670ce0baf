package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/clientele-go/crm"
	"github.com/clientele-go/crm/importer"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
	"github.com/clientele-go/crm/storage/sqlite"
)

// importFile brings a file into a store, as a program of a user would, and asks that every row has become an account.
func importFile(ctx context.Context, store storage.Store, path string, rows int) (err error) {
	org, err := crm.Open(ctx, store, nil)
	if err != nil {
		return err
	}
	f, err := importer.Open(path, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	report, err := importer.Run(ctx, org.Accounts, f, nil)
	if err != nil {
		return err
	}
	if report.Created != int64(rows) {
		return fmt.Errorf("not every row was created: %+v %+v", report.Counts, report.Faults[:min(3, len(report.Faults))])
	}
	return nil
}

// importSQLite imports a file into a new database, from opening to closing it, and returns the path of that.
func (b *bench) importSQLite(ctx context.Context, rows int) (path string, c cost, err error) {
	file, err := b.file(rows)
	if err != nil {
		return "", c, err
	}
	path = b.path(fmt.Sprintf("ours-%d.db", rows))
	if err := remove(path); err != nil {
		return "", c, err
	}
	c, err = measure(func() error {
		store, err := sqlite.Open(path, nil)
		if err != nil {
			return err
		}
		return errors.Join(importFile(ctx, store, file, rows), store.Close())
	})
	return path, c, err
}

// importMemory imports a file into a new store, and returns that.
func (b *bench) importMemory(ctx context.Context, rows int) (store storage.Store, c cost, err error) {
	file, err := b.file(rows)
	if err != nil {
		return nil, c, err
	}
	c, err = measure(func() error {
		store = memory.New(nil)
		return importFile(ctx, store, file, rows)
	})
	return store, c, err
}

// remove deletes a database and what SQLite keeps beside it.
func remove(path string) error {
	for _, p := range []string{path, path + "-wal", path + "-shm"} {
		if err := os.Remove(p); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// built returns a database that holds all rows, made by us unless a measurement has left one.
func (b *bench) built(ctx context.Context) (string, error) {
	if b.database != "" {
		return b.database, nil
	}
	path, _, err := b.importSQLite(ctx, b.rows)
	b.database = path
	return path, err
}
