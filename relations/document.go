package relations

import (
	"context"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Document is what quotes, sales orders and invoices have in common. Empty texts, zero ids and invalid amounts mean absent.
type Document struct {
	Subject    string // required
	AccountID  record.ID
	ContactID  record.ID
	Lines      []Line              // at least one, at most MaxLines
	SubTotal   decimal.NullDecimal // of the NetTotal of all lines
	Discount   decimal.NullDecimal // an amount off the whole, at most SubTotal
	Tax        decimal.NullDecimal // an amount on top of the whole
	Adjustment decimal.NullDecimal // an amount up or down
	GrandTotal decimal.NullDecimal // SubTotal - Discount + Tax + Adjustment
	Billing    account.Address     // of a new document without any, the account's
	Shipping   account.Address     // likewise
	Terms      string              // of several lines
	Notes      string              // the Description, of several lines
}

// documentFields are those of a Document, around the fields of its kind.
func documentFields[T any](items, english, chinese string, at func(*T) *Document, own ...record.Field[T]) []record.Field[T] {
	amount := func(name, en, zh string, of func(*Document) *decimal.NullDecimal) record.Field[T] {
		return record.Currency(name, func(t *T) *decimal.NullDecimal { return of(at(t)) }).Label(en, zh)
	}
	return slices.Concat([]record.Field[T]{
		record.Text("Subject", 255, func(t *T) *string { return &at(t).Subject }).Label("Subject", "主题").Required().Folded().Sorted(),
	}, own, []record.Field[T]{
		toAccount(func(t *T) *record.ID { return &at(t).AccountID }),
		record.Lookup("Contact_Name", func(t *T) *record.ID { return &at(t).ContactID }).Label("Contact Name", "联系人名称").To(ContactModule).OnDelete(record.Clear).Alias("Contact"),
		record.Encoded(items, linesType{}, func(t *T) *[]Line { return &at(t).Lines }, writeLines, readLines).Label(english, chinese).Required(),
		amount("Sub_Total", "Sub Total", "小计", func(d *Document) *decimal.NullDecimal { return &d.SubTotal }).ReadOnly(),
		amount("Discount", "Discount", "折扣", func(d *Document) *decimal.NullDecimal { return &d.Discount }),
		amount("Tax", "Tax", "税", func(d *Document) *decimal.NullDecimal { return &d.Tax }),
		amount("Adjustment", "Adjustment", "调整", func(d *Document) *decimal.NullDecimal { return &d.Adjustment }),
		amount("Grand_Total", "Grand Total", "总计", func(d *Document) *decimal.NullDecimal { return &d.GrandTotal }).ReadOnly(),
	},
		address("Billing", "账单地址", "Code", func(t *T) *account.Address { return &at(t).Billing }),
		address("Shipping", "送货地址", "Code", func(t *T) *account.Address { return &at(t).Shipping }),
		[]record.Field[T]{
			record.TextArea("Terms_and_Conditions", MaxDescription, func(t *T) *string { return &at(t).Terms }).Label("Terms and Conditions", "条款和条件"),
			description(func(t *T) *string { return &at(t).Notes }),
		})
}

// documentHook adds up the lines of a document, and gives a new one the addresses of its account.
func documentHook(items string) record.Hook {
	return func(ctx context.Context, s *record.Session, old, rec *record.Record) error {
		if old == nil {
			if err := addressOfAccount(ctx, s, rec); err != nil {
				return err
			}
		}
		lines := readLines(rec.Value(items).Text())
		if changed(old, rec, items) {
			if err := productsOf(ctx, s, items, lines); err != nil {
				return err
			}
		}
		var sub decimal.Decimal
		for _, l := range lines {
			sub = sub.Add(l.NetTotal)
		}
		discount, tax, adjustment := number(rec, "Discount"), number(rec, "Tax"), number(rec, "Adjustment")
		switch {
		case discount.IsNegative(), discount.GreaterThan(sub):
			return refuse("Discount", record.CodeInvalid, "from nothing to the Sub Total", "应在零和小计之间")
		case tax.IsNegative():
			return refuse("Tax", record.CodeInvalid, "nothing or more", "不能为负")
		}
		for field, sum := range map[string]decimal.Decimal{"Sub_Total": sub, "Grand_Total": sub.Sub(discount).Add(tax).Add(adjustment)} {
			if !setAmount(rec, field, sum) {
				return refuse(items, record.CodeInvalid, "a sum of too many digits", "总额位数过多")
			}
		}
		return nil
	}
}

// number returns an amount of a record, nothing when it has none.
func number(rec *record.Record, field string) decimal.Decimal {
	d, err := decimal.NewFromString(rec.Value(field).Text())
	if err != nil || rec.Value(field).Kind() != storage.Decimal {
		return decimal.Zero
	}
	return d
}

// setAmount gives a field of a record an amount. It is false when the amount has more digits than a record holds.
func setAmount(rec *record.Record, field string, amount decimal.Decimal) bool {
	v, ok := storage.ParseDecimal(amount.String())
	return ok && rec.Set(field, v)
}

// addressOfAccount copies those addresses of the account of which the document has nothing.
func addressOfAccount(ctx context.Context, s *record.Session, rec *record.Record) error {
	id := rec.Value(AccountField).ID()
	if id.IsZero() {
		return nil
	}
	of, err := find(ctx, s, account.Module, id)
	if err != nil || of == nil {
		return err
	}
	for _, kind := range []string{"Billing", "Shipping"} {
		parts := []string{kind + "_Street", kind + "_City", kind + "_State", kind + "_Code", kind + "_Country"}
		if slices.ContainsFunc(parts, func(p string) bool { return !rec.Value(p).IsNull() }) {
			continue
		}
		for _, p := range parts {
			rec.Set(p, of.Value(p))
		}
	}
	return nil
}

// productsOf refuses lines of products that are not there. What becomes of a product later leaves the lines as they are.
func productsOf(ctx context.Context, s *record.Session, items string, lines []Line) error {
	different := map[record.ID]bool{}
	for _, l := range lines {
		if !l.ProductID.IsZero() {
			different[l.ProductID] = true
		}
	}
	if len(different) == 0 {
		return nil
	}
	products, err := s.AsSystem().Records(ProductModule)
	if err != nil {
		return err
	}
	n, err := products.Count(ctx, record.Query{Where: record.In("id", slices.Collect(maps.Keys(different))...)})
	if err == nil && n < int64(len(different)) {
		err = refuse(items, record.CodeNotFound, "a line of a product that is not there", "明细行的产品不存在")
	}
	return err
}
