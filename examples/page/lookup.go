package main

import (
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// offered is how many records a lookup offers. Others are found by their whole name.
const offered = 200

// lookup makes the input of a link: the name of the record that it leads to, with some names to choose from.
func (v *visit) lookup(in *input, d *draft) error {
	in.Kind, in.Text, in.Hint = "lookup", "", v.say("form.lookup")
	link, linked := linkIn(d.rec, &in.def)
	module := in.def.To
	if module == record.AnyModule {
		module = link.Module
	}
	if module == "" || !shown(module) {
		return nil
	}
	rs, shape, err := v.recordsOf(module)
	if err != nil {
		return err
	}
	name := nameField(shape)
	if linked {
		names, err := v.namesOf(map[string][]record.ID{module: {link.ID}})
		if err != nil {
			return err
		}
		if in.Text = names[link]; in.Text == "" {
			in.Text = link.ID.String()
		}
	}
	recs, _, err := rs.List(v.ctx(), record.Query{Order: record.By(name), Limit: offered})
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, rec := range recs {
		count[nameOf(rec, shape)]++
	}
	for _, rec := range recs {
		o := option{Value: nameOf(rec, shape)}
		if count[o.Value] > 1 {
			o.Value += " (" + rec.ID.String() + ")" // which of them
		}
		in.Options = append(in.Options, o)
	}
	return nil
}

// linkTyped returns the record that a text stands for: by its id, its name, or its name with the id behind it.
func (v *visit) linkTyped(in *input, typed string) (value storage.Value, refused *record.FieldError, err error) {
	module := in.def.To
	if module == record.AnyModule {
		if module = v.r.PostForm.Get(in.def.ToIn); !shown(module) {
			module = ""
		}
	}
	text := strings.TrimSpace(typed)
	if text == "" {
		return storage.Value{}, nil, nil
	}
	refuse := func(code record.Code, args record.Args) (storage.Value, *record.FieldError, error) {
		return storage.Value{}, &record.FieldError{Field: in.Name, Code: code, Args: args}, nil
	}
	if module == "" {
		return refuse(record.CodeNotFound, nil)
	}
	id, err := record.ParseID(text)
	if at := strings.LastIndex(text, " ("); err != nil && at >= 0 {
		id, err = record.ParseID(strings.TrimSuffix(text[at+2:], ")"))
	}
	if err == nil && !id.IsZero() {
		return storage.RefValue(id), nil, nil
	}
	rs, shape, err := v.recordsOf(module)
	if err != nil {
		return refuse(record.CodeNotFound, nil)
	}
	recs, next, err := rs.List(v.ctx(), record.Query{Where: record.Matches(nameField(shape), text), Limit: 9})
	if err != nil {
		return value, nil, err
	}
	switch {
	case len(recs) == 0:
		return refuse(record.CodeNotFound, nil)
	case next != "":
		return refuse(record.CodeAmbiguous, nil)
	case len(recs) > 1:
		return refuse(record.CodeAmbiguous, record.Args{"matches": len(recs)})
	}
	return storage.RefValue(recs[0].ID), nil, nil
}
