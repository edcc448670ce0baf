package sqlite_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/sqlite"
)

// A store keeps rows of tables in one file. What is committed is there when it is opened again.
func Example() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	ctx, path := context.Background(), filepath.Join(dir, "cities.db")
	city := &storage.Table{Name: "city", Columns: []storage.Column{{Name: "name", Kind: storage.Text}},
		Indexes: []storage.Index{{Name: "name", Columns: []string{"name"}, Unique: true}}}

	store, err := sqlite.Open(path, &sqlite.Options{Durable: true})
	if err != nil {
		log.Fatal(err)
	}
	if err := store.Migrate(ctx, []*storage.Table{city}); err != nil {
		log.Fatal(err)
	}
	err = store.Update(ctx, "a tenant", func(tx storage.Tx) error {
		return tx.Insert(ctx, city, []storage.Row{
			{ID: storage.ID{15: 1}, Version: 1, Values: []storage.Value{storage.TextValue("Oslo")}},
			{ID: storage.ID{15: 2}, Version: 1, Values: []storage.Value{storage.TextValue("Chengdu")}},
		})
	})
	if err != nil {
		log.Fatal(err)
	}
	if err := store.Close(); err != nil {
		log.Fatal(err)
	}

	store, err = sqlite.Open(path, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer store.Close()
	err = store.View(ctx, "a tenant", func(r storage.Reader) error {
		rows, err := r.Find(ctx, &storage.Query{Table: city, Order: []storage.Order{{Field: "name"}}, Limit: 10})
		for _, row := range rows {
			fmt.Println(row.Values[0].Text())
		}
		return err
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// Chengdu
	// Oslo
}
