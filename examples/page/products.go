package main

import (
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/relations"
)

// offerProducts fills in the products that can be added to an account.
func (v *visit) offerProducts(a *adder) error {
	rs, shape, err := v.recordsOf(relations.ProductModule)
	if err != nil {
		return err
	}
	recs, _, err := rs.List(v.ctx(), record.Query{Order: record.By(nameField(shape)), Limit: offered})
	for _, rec := range recs {
		a.Options = append(a.Options, option{Value: rec.ID.String(), Text: nameOf(rec, shape)})
	}
	return err
}

// addProduct puts an existing product into the list of an account.
func (s *server) addProduct(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return formFault(err)
	}
	product, err := record.ParseID(v.r.PostForm.Get("product"))
	if err != nil {
		return errRequest
	}
	return v.products(relations.AddProducts, product, "added")
}

// removeProduct takes a product out of the list of an account. The product stays.
func (s *server) removeProduct(v *visit) error {
	product, err := v.id("product")
	if err != nil {
		return err
	}
	return v.products(relations.RemoveProducts, product, "removed")
}
