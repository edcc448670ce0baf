package main

import (
	"slices"
	"strings"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// input is one field of a form.
type input struct {
	Name     string // API name of the field
	Label    string
	Kind     string // "text", "area", "select", "several", "lookup" or "lines"
	Type     string // of a text: the type of the HTML input
	Mode     string // of a text: which keys a telephone shows
	Text     string // as it was shown, or typed
	Chosen   []string
	Options  []option
	Required bool
	Wide     bool // it takes a row of its own
	Hint     string
	Error    string
	Lines    []lineInput

	def   record.Def
	wrong bool // a number of a line is none
}

// option is one value of a select, or one that a lookup offers.
type option struct {
	Value, Text string
	Chosen      bool
}

// inputs returns the inputs of all fields that the actor may set, with the values of the draft's record.
func (v *visit) inputs(d *draft) (all []input, err error) {
	for _, def := range d.shape.Fields() {
		if def.ReadOnly {
			continue
		}
		in := input{Name: def.Name, Label: def.Label(v.lang), Required: def.Required, def: def}
		if err := v.shape(&in, d); err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	return all, nil
}

// shape gives an input the form that its type asks for, and the value of the record.
func (v *visit) shape(in *input, d *draft) error {
	value := d.rec.Value(in.Name)
	t := in.def.Type
	in.Kind, in.Type = "text", "text"
	in.Text = t.Format(value, v.s.Locale())
	switch t.Name() {
	case "textarea":
		in.Kind, in.Wide = "area", true
	case "email":
		in.Type, in.Mode = "email", "email"
	case "phone":
		in.Type, in.Mode = "tel", "tel"
	case "website":
		in.Type, in.Mode = "url", "url"
	case "integer", "bigint":
		in.Mode = "numeric"
	case "currency", "double", "percent":
		in.Mode = "decimal"
	case "date":
		in.Type = "date"
	case "datetime":
		in.Type, in.Hint = "datetime-local", v.zone()
		if !value.IsNull() {
			in.Text = strings.Replace(v.moment(value.Time()), " ", "T", 1)
		}
	case "boolean":
		in.Kind = "select"
		for _, b := range []bool{true, false} {
			text := t.Format(storage.BoolValue(b), v.s.Locale())
			in.Options = append(in.Options, option{Value: text, Text: v.text(&in.def, storage.BoolValue(b))})
		}
	case "module":
		in.Kind = "select"
		for _, m := range v.s.Modules() {
			if _, p := t.Clean(storage.TextValue(m)); p.OK() && shown(m) {
				in.Options = append(in.Options, option{Value: m, Text: v.moduleName(m)})
			}
		}
	case "subform":
		in.Kind, in.Wide = "lines", true
		in.Lines = linesOf(value.Text())
	}
	if in.def.To != "" {
		return v.lookup(in, d)
	}
	v.offer(in)
	if isMulti(t) && in.Kind == "text" {
		in.Hint, in.Text = v.say("form.several"), strings.Join(strings.Split(in.Text, ";"), "; ")
	}
	in.choose(in.Text)
	return nil
}

// offer makes a select of an input whose type has a list.
func (v *visit) offer(in *input) {
	t, ok := in.def.Type.(interface {
		Offered(*record.Locale) ([]string, bool)
	})
	if !ok {
		return
	}
	values, _ := t.Offered(v.s.Locale())
	if len(values) == 0 {
		return
	}
	in.Kind = "select"
	if isMulti(in.def.Type) {
		in.Kind = "several"
	}
	for _, s := range values {
		in.Options = append(in.Options, option{Value: s, Text: s})
	}
}

// zone names the zone of the times in a form.
func (v *visit) zone() string {
	if z := v.s.Locale().Zone; z != nil {
		return z.String()
	}
	return "UTC"
}

// choose marks the options that a text has chosen. A value that is not in the list, which an open list keeps, becomes one of it.
func (in *input) choose(text string) {
	in.Text = text
	chosen := []string{text}
	switch in.Kind {
	case "several":
		chosen = strings.Split(text, ";")
	case "select":
	default:
		return
	}
	for i := range in.Options {
		in.Options[i].Chosen = false
	}
	for _, s := range chosen {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		found := false
		for i := range in.Options {
			if in.Options[i].Value == s {
				in.Options[i].Chosen, found = true, true
			}
		}
		if !found {
			in.Options = append(in.Options, option{Value: s, Text: s, Chosen: true})
		}
	}
}

// addressParts are what the names of the fields of an address end in.
var addressParts = []string{"Street", "City", "State", "Code", "Zip", "Country"}

// grouping puts the fields of an address together: those whose names begin as that of a street does.
func grouping(all []input) (groups []group) {
	streets := map[string]string{}
	for _, in := range all {
		if prefix, ok := strings.CutSuffix(in.Name, "_Street"); ok {
			streets[prefix] = strings.TrimSuffix(strings.TrimSuffix(in.Label, " Street"), "街道")
		}
	}
	at := map[string]int{}
	for _, in := range all {
		prefix, part, _ := strings.Cut(in.Name, "_")
		title := ""
		if slices.Contains(addressParts, part) {
			title = streets[prefix]
		}
		i, ok := at[title]
		if !ok {
			i = len(groups)
			at[title] = i
			groups = append(groups, group{Title: title})
		}
		groups[i].Inputs = append(groups[i].Inputs, in)
	}
	return groups
}

// fill gives the record of a draft what was typed. What cannot be read is noted in the record, to be refused with all else that is
// wrong with it.
func (v *visit) fill(d *draft) error {
	for i := range d.inputs {
		in := &d.inputs[i]
		typed, sent := v.typed(in)
		if !sent || typed == in.Text {
			continue // it is as it was shown
		}
		value, refused, err := v.read(in, typed)
		if err != nil {
			return err
		}
		if refused != nil {
			d.rec.Refuse(*refused)
		} else {
			d.rec.Set(in.Name, value)
		}
		in.choose(typed)
	}
	return nil
}

// typed returns what was typed into an input, and whether it was in the form at all.
func (v *visit) typed(in *input) (text string, sent bool) {
	if in.Kind == "lines" {
		return v.typedLines(in)
	}
	texts, sent := v.r.PostForm[in.Name]
	if in.Kind == "several" {
		sent = true // nothing is sent of a list of which nothing is chosen
	}
	text = strings.Join(texts, ";")
	if in.Kind == "area" {
		text = strings.ReplaceAll(text, "\r\n", "\n")
	}
	return text, sent
}

// read makes a value of what was typed.
func (v *visit) read(in *input, typed string) (value storage.Value, refused *record.FieldError, err error) {
	if in.def.To != "" {
		return v.linkTyped(in, typed)
	}
	if in.wrong {
		return value, &record.FieldError{Field: in.Name, Code: record.CodeInvalid, Args: record.Args{"expected": "double"}}, nil
	}
	value, p := in.def.Type.Parse(typed, v.s.Locale())
	if !p.OK() {
		return value, &record.FieldError{Field: in.Name, Code: p.Code, Args: p.Args}, nil
	}
	return value, nil, nil
}
