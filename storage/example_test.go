package storage_test

import (
	"context"
	"fmt"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/memory"
)

// A page of a list, and the page after it.
func ExampleStore() {
	towns := &storage.Table{
		Name:    "town",
		Columns: []storage.Column{{Name: "name", Kind: storage.Text}, {Name: "people", Kind: storage.Int}},
		Indexes: []storage.Index{{Name: "name", Columns: []string{"name"}, Unique: true}},
	}
	row := func(id byte, name string, people int64) storage.Row {
		return storage.Row{ID: storage.ID{id}, Version: 1, Values: []storage.Value{storage.TextValue(name), storage.IntValue(people)}}
	}
	ctx, store := context.Background(), memory.New(nil)
	err := store.Migrate(ctx, []*storage.Table{towns})
	if err == nil {
		err = store.Update(ctx, "a tenant", func(tx storage.Tx) error {
			return tx.Insert(ctx, towns, []storage.Row{row(1, "Ulm", 129_000), row(2, "Bonn", 336_000), row(3, "Jena", 111_000)})
		})
	}
	if err == nil {
		err = store.View(ctx, "a tenant", func(r storage.Reader) error {
			q := &storage.Query{Table: towns, Order: []storage.Order{{Field: "name"}}, Limit: 2, Index: "name"}
			for {
				page, err := r.Find(ctx, q)
				if err != nil || len(page) == 0 {
					return err
				}
				for _, town := range page {
					fmt.Println(towns.Get(&town, "name").Text(), towns.Get(&town, "people").Int64())
				}
				fmt.Println("--")
				last := towns.Get(&page[len(page)-1], "name")
				q.Where = storage.Filter{Op: storage.Gt, Field: "name", Args: []storage.Value{last}} // names are unique
			}
		})
	}
	fmt.Println(err)
	// Output:
	// Bonn 336000
	// Jena 111000
	// --
	// Ulm 129000
	// --
	// <nil>
}
