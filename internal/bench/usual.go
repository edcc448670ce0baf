package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/glebarez/sqlite"
	"github.com/go-playground/validator/v10"
	"github.com/gocarina/gocsv"
	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/clientele-go/crm/record"
)

// usual measures what most programs would do: gocsv reads, validator checks, and GORM writes into SQLite.
func (b *bench) usual(ctx context.Context) error {
	small := b.rows / 10 // it takes its time
	got, err := rounds(b.runs,
		func() (float64, error) {
			_, c, err := b.importSQLite(ctx, small)
			return c.wall.Seconds(), err
		},
		func() (float64, error) {
			c, err := b.importUsual(ctx, small)
			return c.wall.Seconds(), err
		})
	if err != nil {
		return err
	}
	b.add(line{"import into SQLite of a tenth of the rows", perSecond(small, got[0]), perSecond(small, got[1]) + " gocsv + validator + GORM",
		times(got[1]/got[0]) + " times its speed", "≥ 3", got[1] >= 3*got[0]})
	b.note("the usual stack: gocsv row by row, validator by struct, GORM CreateInBatches of 500 in transactions of 1,000 rows, on a SQLite without " +
		"cgo, with our pragmas and an index for each of ours. It looks for no duplicates and keeps no timeline.")
	return nil
}

// importUsual imports a file into a new database.
func (b *bench) importUsual(ctx context.Context, rows int) (c cost, err error) {
	file, err := b.file(rows)
	if err != nil {
		return c, err
	}
	path := b.path("usual.db")
	if err := remove(path); err != nil {
		return c, err
	}
	return measure(func() (err error) {
		db, err := gorm.Open(sqlite.Open(path+"?_pragma=page_size(8192)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)"+
			"&_pragma=cache_size(-32768)&_pragma=temp_store(MEMORY)"), &gorm.Config{Logger: logger.Discard, PrepareStmt: true})
		if err != nil {
			return err
		}
		conns, err := db.DB()
		if err != nil {
			return err
		}
		conns.SetMaxOpenConns(1)
		defer func() { err = errors.Join(err, conns.Close()) }()
		db = db.WithContext(ctx)
		if err := db.AutoMigrate(&usualAccount{}); err != nil {
			return err
		}
		return importStructs(db, file, rows)
	})
}

func importStructs(db *gorm.DB, file string, rows int) (err error) {
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	check := validator.New(validator.WithRequiredStructEnabled())
	batch := make([]usualAccount, 0, 1000)
	n := 0
	flush := func() error {
		n += len(batch)
		err := db.CreateInBatches(batch, 500).Error
		batch = batch[:0]
		return err
	}
	err = gocsv.UnmarshalToCallbackWithError(f, func(a usualAccount) error {
		if err := check.Struct(&a); err != nil {
			return err
		}
		a.ID, a.CreatedTime = record.NewID().String(), time.Now().UTC()
		a.ModifiedTime = a.CreatedTime
		if batch = append(batch, a); len(batch) < cap(batch) {
			return nil
		}
		return flush()
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err == nil && n != rows {
		err = fmt.Errorf("%d rows of %d", n, rows)
	}
	return err
}

// usualAccount is an account as programs have it that are made of the usual libraries: one struct for the file, the rules and
// the table, with the indexes that our table has.
type usualAccount struct {
	ID           string    `csv:"-" gorm:"primaryKey"`
	CreatedTime  time.Time `csv:"-" gorm:"index"`
	ModifiedTime time.Time `csv:"-" gorm:"index"`

	Name            string              `csv:"Account_Name" validate:"required,max=100" gorm:"index"`
	Owner           string              `csv:"Owner" gorm:"index"`
	Phone           string              `csv:"Phone" validate:"max=30"`
	Site            string              `csv:"Account_Site" validate:"max=80"`
	Fax             string              `csv:"Fax" validate:"max=30"`
	Parent          *string             `csv:"Parent_Account" gorm:"index"`
	Website         string              `csv:"Website" validate:"omitempty,max=255,http_url"`
	Number          string              `csv:"Account_Number" validate:"max=40"`
	TickerSymbol    string              `csv:"Ticker_Symbol" validate:"max=30"`
	Type            string              `csv:"Account_Type" validate:"max=120"`
	Ownership       string              `csv:"Ownership" validate:"max=120"`
	Industry        string              `csv:"Industry" validate:"max=120"`
	Employees       *int64              `csv:"Employees" validate:"omitempty,min=0,max=9999999999"`
	AnnualRevenue   decimal.NullDecimal `csv:"Annual_Revenue" gorm:"type:text"`
	SICCode         string              `csv:"SIC_Code" validate:"max=10"`
	Rating          string              `csv:"Rating" validate:"max=120"`
	Tag             string              `csv:"Tag"`
	Description     string              `csv:"Description" validate:"max=32000"`
	BillingStreet   string              `csv:"Billing_Street" validate:"max=250"`
	BillingCity     string              `csv:"Billing_City" validate:"max=100"`
	BillingState    string              `csv:"Billing_State" validate:"max=100"`
	BillingCode     string              `csv:"Billing_Code" validate:"max=30"`
	BillingCountry  string              `csv:"Billing_Country" validate:"max=100"`
	ShippingStreet  string              `csv:"Shipping_Street" validate:"max=250"`
	ShippingCity    string              `csv:"Shipping_City" validate:"max=100"`
	ShippingState   string              `csv:"Shipping_State" validate:"max=100"`
	ShippingCode    string              `csv:"Shipping_Code" validate:"max=30"`
	ShippingCountry string              `csv:"Shipping_Country" validate:"max=100"`
}
