package record

import (
	"slices"
	"time"

	"github.com/clientele-go/crm/storage"
)

// Meta is what every record carries. A module's struct embeds it first. Callers set ID (of a new record, if they like),
// Version (as they read it), Owner and Tags; the rest is set by this package, and what a caller puts there is ignored.
type Meta struct {
	ID      ID
	Version int64 // 0 for a record that was never stored, 1 after its creation, one more with each change

	Owner        Actor    // default: the actor who creates the record, and then the owner that it has
	Tags         []string // at most MaxTags, each of at most MaxTagLength characters
	CreatedBy    Actor
	CreatedTime  time.Time // UTC, to the microsecond, as are the others
	ModifiedBy   Actor
	ModifiedTime time.Time
	Source       string    // how it came: "api", "import", "clone", or a host's own
	DeletedTime  time.Time // zero unless the record is in the bin
	DeletedBy    Actor

	// Custom is the values of the organization's own fields, by API name: see [Custom]. Those that it does not name stay as they
	// are stored, and one with a null value is emptied. A name that is no custom field, to the actor, is INVALID_FIELD.
	Custom map[string]storage.Value
}

// Custom returns a value for [Meta]: of a string, bool, int, int64, decimal.Decimal, time.Time, Date, ID, Actor, or
// []string for several values, and null for nil. One of another type is refused where it is stored.
func Custom(x any) storage.Value {
	if several, ok := x.([]string); ok {
		return textValue(JoinMulti(several))
	}
	return plainValue(x)
}

func (m *Meta) meta() *Meta { return m }

// Record is a row seen through a Shape: the record of any module, without its struct.
type Record struct {
	ID      ID
	Version int64
	shape   *Shape
	row     []storage.Value // parallel to the columns of the table
	hooked  bool            // a hook has it, and may set what callers may not
	refused []FieldError    // of values that never got here
	touched bool            // values were set that may not be clean
	clean   bool            // its values are
	typed   bool            // it comes from a struct, which names those custom values that it has: the others stay
	named   map[string]storage.Value
	nulled  []string // custom fields that JSON has emptied
}

// Shape returns the shape that the record is seen through.
func (r *Record) Shape() *Shape { return r.shape }

// Module returns the API name of the record's module.
func (r *Record) Module() string { return r.shape.Module }

// Title returns what people call the record, which is the text of its module's first field. It is "" when that is empty or hidden, or
// no text.
func (r *Record) Title() string { return r.row[systemColumns].Text() }

// Link names the record.
func (r *Record) Link() Link { return Link{r.shape.Module, r.ID} }

// Value returns the value of the field of that API name; it is null too when there is no such field.
func (r *Record) Value(name string) storage.Value {
	if i, ok := r.shape.index(name); ok {
		return r.row[i]
	}
	return storage.Value{}
}

// Set gives the field of that API name a value, which is checked when the record is stored. It is false when callers
// cannot set such a field. A hook can set those of the module that callers cannot.
func (r *Record) Set(name string, v storage.Value) bool {
	i, ok := r.shape.index(name)
	if !ok || r.shape.fields[i].ReadOnly && (!r.hooked || i < systemColumns) {
		return false
	}
	r.row[i] = v
	r.touched, r.clean = true, false
	return true
}

// At returns the position of the field of that API name, for [Record.Fill], or -1 when callers cannot set it.
func (s *Shape) At(name string) int {
	if i, ok := s.index(name); ok && !s.fields[i].ReadOnly {
		return i
	}
	return -1
}

// Fill gives the fields at these positions values that are clean already, which the Clean of each one's type has returned;
// when all of a record's values came so, they are not cleaned again. Nulls and positions of -1 are passed over.
func (r *Record) Fill(at []int, values []storage.Value) {
	for n, v := range values {
		if i := at[n]; i >= 0 && !v.IsNull() {
			r.row[i] = v
		}
	}
	r.clean = !r.touched
}

// Refuse notes what is wrong with the input for a field, such as a text that is no value of its type. The record is then
// refused wherever it is put, together with all else that is wrong with it.
func (r *Record) Refuse(e FieldError) { r.refused = append(r.refused, e) }

// Text shows the value of a field as people read it in the locale.
func (r *Record) Text(name string, l *Locale) string {
	i, ok := r.shape.index(name)
	if !ok || r.row[i].IsNull() {
		return ""
	}
	return r.shape.fields[i].Type.Format(r.row[i], l)
}

// Meta returns what every record carries.
func (r *Record) Meta() Meta {
	v := r.row
	return Meta{ID: r.ID, Version: r.Version,
		Owner: Actor(v[colOwner].Text()), Tags: SplitMulti(v[colTag].Text()),
		CreatedBy: Actor(v[colCreatedBy].Text()), CreatedTime: v[colCreated].Time(),
		ModifiedBy: Actor(v[colModifiedBy].Text()), ModifiedTime: v[colModified].Time(),
		Source: v[colSource].Text(), DeletedTime: v[colDeleted].Time(), DeletedBy: Actor(v[colDeletedBy].Text()),
		Custom: r.customs()}
}

// customs returns the custom values that are not null, and nil when there are none.
func (r *Record) customs() (values map[string]storage.Value) {
	for _, i := range r.shape.custom {
		if v := r.row[i]; !v.IsNull() && !r.shape.fields[i].Hidden {
			if values == nil {
				values = make(map[string]storage.Value, len(r.shape.custom))
			}
			values[r.shape.fields[i].Name] = v
		}
	}
	return values
}

// setMeta takes from m what a caller may set.
func (r *Record) setMeta(m *Meta) {
	r.ID, r.Version = m.ID, m.Version
	r.row[colOwner] = textValue(string(m.Owner))
	r.row[colTag] = textValue(JoinMulti(m.Tags))
	for name, v := range m.Custom {
		if i, ok := r.shape.index(name); ok && r.shape.fields[i].Custom {
			r.row[i] = v
		}
	}
	r.named, r.touched, r.clean = m.Custom, true, false
}

// ids are those of recs.
func ids(recs []*Record) []ID {
	ids := make([]ID, len(recs))
	for i, rec := range recs {
		ids[i] = rec.ID
	}
	return ids
}

// deleted reports whether the record is in the bin.
func (r *Record) deleted() bool { return !r.row[colDeleted].IsNull() }

func (r *Record) clone() *Record {
	c := *r
	c.row = slices.Clone(r.row)
	return &c
}
