package relations

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// Line is one thing that a quote, an order or an invoice is about: so many of it, at a price. Amounts are exact to four digits after
// the point, to which each product is rounded, half away from zero.
type Line struct {
	Name            string          `json:"Product_Name"` // required: what it is, as it is called now
	ProductID       record.ID       `json:"Product_Id,omitzero"`
	Description     string          `json:"Description,omitempty"`
	Quantity        decimal.Decimal `json:"Quantity"` // more than none
	ListPrice       decimal.Decimal `json:"List_Price"`
	DiscountPercent decimal.Decimal `json:"Discount_Percent,omitzero"` // from 0 to 100; or else Discount
	Discount        decimal.Decimal `json:"Discount,omitzero"`         // an amount, at most Total; made of the percentage where that is given
	TaxPercent      decimal.Decimal `json:"Tax_Percent,omitzero"`

	Total    decimal.Decimal `json:"Total"`     // Quantity times ListPrice
	Tax      decimal.Decimal `json:"Tax"`       // of Total without Discount
	NetTotal decimal.Decimal `json:"Net_Total"` // Total without Discount, with Tax
}

// The limits of lines.
const (
	MaxLines           = 200
	maxLineName        = 200
	maxLineDescription = 2000
)

var hundred = decimal.NewFromInt(100)

// sum works out what follows from what was given, and says what is wrong with it.
func (l *Line) sum() (code record.Code, what record.Words) {
	l.Name = strings.TrimSpace(l.Name)
	if l.huge() {
		return record.CodeInvalid, tooManyDigits
	}
	for _, d := range l.given() {
		if !d.Equal(d.Round(moneyPlaces)) {
			return record.CodeInvalid, tooManyDigits
		}
		*d = d.Round(moneyPlaces)
	}
	switch {
	case l.Name == "":
		return record.CodeMandatory, record.Words{English: "a line without Product_Name", Chinese: "明细行缺少产品名称"}
	case utf8.RuneCountInString(l.Name) > maxLineName, utf8.RuneCountInString(l.Description) > maxLineDescription:
		return record.CodeInvalid, record.Words{English: "a line with a text that is too long", Chinese: "明细行文字过长"}
	case !l.Quantity.IsPositive():
		return record.CodeInvalid, record.Words{English: "a line with a Quantity of none or less", Chinese: "明细行数量必须大于零"}
	case l.ListPrice.IsNegative(), l.TaxPercent.IsNegative(), l.Discount.IsNegative():
		return record.CodeInvalid, record.Words{English: "a line with a negative amount", Chinese: "明细行金额不能为负"}
	case l.DiscountPercent.IsNegative(), l.DiscountPercent.GreaterThan(hundred):
		return record.CodeInvalid, record.Words{English: "a line with a Discount_Percent that is not from 0 to 100", Chinese: "明细行折扣率应为0到100"}
	}
	l.Total = l.Quantity.Mul(l.ListPrice).Round(moneyPlaces)
	if !l.DiscountPercent.IsZero() {
		l.Discount = percent(l.Total, l.DiscountPercent)
	}
	if l.Discount.GreaterThan(l.Total) {
		return record.CodeInvalid, record.Words{English: "a line with a Discount of more than its Total", Chinese: "明细行折扣大于总额"}
	}
	net := l.Total.Sub(l.Discount)
	l.Tax = percent(net, l.TaxPercent)
	l.NetTotal = net.Add(l.Tax)
	return "", what
}

var tooManyDigits = record.Words{English: "a line with a number of too many digits", Chinese: "明细行数字位数过多"}

// given are the numbers from which the others follow.
func (l *Line) given() []*decimal.Decimal {
	return []*decimal.Decimal{&l.Quantity, &l.ListPrice, &l.DiscountPercent, &l.Discount, &l.TaxPercent}
}

// huge reports whether some number has more digits than are read, which is asked before anything is done with it: written out, or
// compared, one with a large exponent takes all memory.
func (l *Line) huge() bool {
	for _, d := range append(l.given(), &l.Total, &l.Tax, &l.NetTotal) {
		if e := int(d.Exponent()); e > maxLineDigits || e < -maxLineDigits || d.NumDigits()+e > 2*maxLineDigits {
			return true
		}
	}
	return slices.ContainsFunc(l.given(), func(d *decimal.Decimal) bool { return d.NumDigits()+int(d.Exponent()) > maxLineDigits })
}

// hugeLines is what stands for lines with such numbers, which are refused.
const hugeLines = `"huge"`

// maxLineDigits is how many digits a number of a line has before the point.
const maxLineDigits = 12

// percent returns so much of an amount.
func percent(of, percent decimal.Decimal) decimal.Decimal {
	return of.Mul(percent).Div(hundred).Round(moneyPlaces)
}

// linesType is the lines of a document, as JSON.
type linesType struct{}

func (linesType) Name() string       { return "subform" }
func (linesType) Kind() storage.Kind { return storage.Text }
func (linesType) JSON() bool         { return true }

func (linesType) Parse(s string, _ *record.Locale) (storage.Value, record.Problem) {
	if s = strings.TrimSpace(s); s == "" {
		return storage.Value{}, record.Problem{}
	}
	return linesType{}.Clean(storage.TextValue(s))
}

func (linesType) Format(v storage.Value, _ *record.Locale) string { return v.Text() }

// Clean works the lines out anew: what follows from others is as it follows, whatever was given.
func (linesType) Clean(v storage.Value) (storage.Value, record.Problem) {
	if v.IsNull() {
		return v, record.Problem{}
	}
	refused := func(code record.Code, w record.Words) (storage.Value, record.Problem) {
		return storage.Value{}, record.Problem{Code: code, Args: record.Args{"text": w}}
	}
	var lines []Line
	if v.Text() == hugeLines {
		return refused(record.CodeInvalid, tooManyDigits)
	}
	d := json.NewDecoder(strings.NewReader(v.Text()))
	d.DisallowUnknownFields()
	if v.Kind() != storage.Text || d.Decode(&lines) != nil || d.More() {
		return refused(record.CodeInvalid, record.Words{English: "lines, each an object of its fields", Chinese: "应为明细行"})
	}
	if len(lines) > MaxLines {
		return refused(record.CodeLimit, record.Words{English: fmt.Sprintf("at most %d lines", MaxLines), Chinese: fmt.Sprintf("最多%d个明细行", MaxLines)})
	}
	for i := range lines {
		if code, what := lines[i].sum(); code != "" {
			return refused(code, record.Words{English: fmt.Sprintf("%s (line %d)", what.English, i+1), Chinese: fmt.Sprintf("%s（第%d行）", what.Chinese, i+1)})
		}
	}
	return text(writeLines(lines)), record.Problem{}
}

// writeLines returns lines as JSON, "" when there are none.
func writeLines(lines []Line) string {
	if len(lines) == 0 {
		return ""
	}
	for i := range lines {
		if lines[i].huge() {
			return hugeLines
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(lines) // they are texts and numbers, and a buffer has no error
	return strings.TrimSuffix(b.String(), "\n")
}

func readLines(s string) (lines []Line) {
	_ = json.Unmarshal([]byte(s), &lines) // it is clean, or empty
	return lines
}
