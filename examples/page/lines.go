package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/relations"
)

// lineInput is one line of a quote, an order or an invoice, as texts that people type.
type lineInput struct {
	N                                            int // from 1
	Name, Description, Quantity, Price, Off, Tax string
	Total                                        string // as it was worked out
}

// blankLines are how many lines more than there are a form has room for.
const blankLines = 3

// readLines returns the lines of a stored value.
func readLines(s string) (lines []relations.Line) {
	_ = json.Unmarshal([]byte(s), &lines) // it is clean, or empty
	return lines
}

// linesOf returns the lines of a stored value as a form shows them, with room for more.
func linesOf(s string) (all []lineInput) {
	for _, l := range readLines(s) {
		in := lineInput{Name: l.Name, Description: l.Description, Quantity: l.Quantity.String(), Price: l.ListPrice.String(), Total: grouped(l.NetTotal.String(), true)}
		if !l.DiscountPercent.IsZero() {
			in.Off = l.DiscountPercent.String()
		}
		if !l.TaxPercent.IsZero() {
			in.Tax = l.TaxPercent.String()
		}
		all = append(all, in)
	}
	return numbered(all)
}

func numbered(all []lineInput) []lineInput {
	for range blankLines {
		if len(all) < relations.MaxLines {
			all = append(all, lineInput{})
		}
	}
	for i := range all {
		all[i].N = i + 1
	}
	return all
}

// typedLines returns the lines that were typed as JSON, which the type of the field reads and refuses like any other value. Lines of
// which nothing was typed are none. A number that is none is noted in the input.
func (v *visit) typedLines(in *input) (text string, sent bool) {
	get := func(part string) []string { return v.r.PostForm[in.Name+"."+part] }
	names := get("Product_Name")
	if names == nil {
		return "", false
	}
	at := func(part string, i int) string {
		if all := get(part); i < len(all) {
			return strings.TrimSpace(all[i])
		}
		return ""
	}
	before := readLines(in.Text)
	in.wrong = false
	var lines []map[string]any
	var typed []lineInput
	for i := range names {
		l := lineInput{Name: at("Product_Name", i), Description: at("Description", i), Quantity: at("Quantity", i), Price: at("List_Price", i), Off: at("Discount_Percent", i), Tax: at("Tax_Percent", i)}
		if l == (lineInput{}) {
			continue
		}
		line := map[string]any{"Product_Name": l.Name}
		if l.Description != "" {
			line["Description"] = l.Description
		}
		for name, s := range map[string]string{"Quantity": l.Quantity, "List_Price": l.Price, "Discount_Percent": l.Off, "Tax_Percent": l.Tax} {
			if s == "" {
				continue
			}
			n, err := decimal.NewFromString(s)
			if err != nil {
				in.wrong = true
				continue
			}
			line[name] = n
		}
		if i < len(before) && before[i].Name == l.Name { // what the form does not show stays
			if !before[i].ProductID.IsZero() {
				line["Product_Id"] = before[i].ProductID
			}
			if l.Off == "" && before[i].DiscountPercent.IsZero() && !before[i].Discount.IsZero() {
				line["Discount"] = before[i].Discount
			}
		}
		lines, typed = append(lines, line), append(typed, l)
	}
	in.Lines = numbered(typed)
	if lines == nil {
		return "", true
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(lines); err != nil {
		return "", true // texts and numbers have no error
	}
	return strings.TrimSpace(b.String()), true
}
