package relations

import (
	"context"
	"crypto/sha256"
	"errors"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// AccountProductModule is the API name of the module whose records are each an account and a product that belong together.
const AccountProductModule = "Accounts_X_Products"

// AccountProduct says that an account has to do with a product.
type AccountProduct struct {
	record.Meta

	AccountID record.ID
	ProductID record.ID
}

// AccountProductFields are the two links. When either is deleted, what is between goes along, and comes back with it.
var AccountProductFields = []record.Field[AccountProduct]{
	record.Lookup(AccountField, func(p *AccountProduct) *record.ID { return &p.AccountID }).Label("Account Name", "客户名称").To(account.Module).Required().OnDelete(record.Cascade).Noted(),
	record.Lookup("Product_Name", func(p *AccountProduct) *record.ID { return &p.ProductID }).Label("Product Name", "产品名称").To(ProductModule).Required().OnDelete(record.Cascade),
}

// AccountProductDefinition declares the module.
var AccountProductDefinition = record.Define(AccountProductModule, AccountProductFields, record.ModuleOptions{Singular: "Product of Account", Chinese: "客户产品"})

// MaxLinked is how many products one call adds or takes out. Zoho: 100.
const MaxLinked = 100

// AddProducts puts products into the list of an account, all or none; those that are there stay. The actor needs to be able to edit
// the account, and to see the products. It fails with ErrNotFound, a *record.ForbiddenError and a *record.ValidationError.
func AddProducts(ctx context.Context, s *record.Session, accountID record.ID, products ...record.ID) error {
	return onProducts(ctx, s, accountID, products, func(s *record.Session, between *record.Module[AccountProduct], product record.ID) error {
		of, err := s.Records(ProductModule)
		if err != nil {
			return err
		}
		if _, err := of.Get(ctx, product); err != nil {
			return err
		}
		link := &AccountProduct{Meta: record.Meta{ID: linkID(accountID, product)}, AccountID: accountID, ProductID: product}
		if _, err := between.Get(ctx, link.ID); !errors.Is(err, record.ErrNotFound) {
			return err
		}
		if err := between.Restore(ctx, link.ID); !errors.Is(err, record.ErrNotFound) {
			return err
		}
		return between.Create(ctx, link)
	})
}

// RemoveProducts takes products out of the list of an account, all or none; those that are not there are passed over. The products
// stay. It takes and fails as [AddProducts] does.
func RemoveProducts(ctx context.Context, s *record.Session, accountID record.ID, products ...record.ID) error {
	return onProducts(ctx, s, accountID, products, func(_ *record.Session, between *record.Module[AccountProduct], product record.ID) error {
		err := between.Delete(ctx, linkID(accountID, product))
		if errors.Is(err, record.ErrNotFound) {
			return nil
		}
		return err
	})
}

// onProducts calls fn with each product, if the actor may edit the account, and with what is between as the host sees it.
func onProducts(ctx context.Context, s *record.Session, accountID record.ID, products []record.ID, fn func(*record.Session, *record.Module[AccountProduct], record.ID) error) error {
	if len(products) > MaxLinked {
		return &record.ValidationError{Fields: []record.FieldError{{Field: "Product_Name", Code: record.CodeLimit, Args: record.Args{"limit": MaxLinked, "length": len(products)}}}}
	}
	return s.Update(ctx, func(s *record.Session) error {
		if err := s.Authorise(ctx, account.Module, record.RightEdit); err != nil {
			return err
		}
		accounts, err := s.Records(account.Module)
		if err != nil {
			return err
		}
		if _, err := accounts.Get(ctx, accountID); err != nil {
			return err
		}
		may, err := accounts.Reaches(ctx, record.LevelWrite, accountID)
		if err != nil {
			return err
		}
		if !may {
			return &record.ForbiddenError{Right: record.RightEdit, Module: account.Module, Record: accountID}
		}
		for _, p := range products {
			if err := fn(s, AccountProductDefinition.In(s.AsSystem()), p); err != nil {
				return err
			}
		}
		return nil
	})
}

// linkID is the id of what is between an account and a product, so that there is only one.
func linkID(accountID, product record.ID) (id record.ID) {
	sum := sha256.Sum256(append(accountID[:], product[:]...))
	copy(id[:], sum[:])
	id[6], id[8] = id[6]&0x0f|0x80, id[8]&0x3f|0x80 // a UUID of the application's own making
	return id
}
