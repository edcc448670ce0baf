package relations

import (
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// NoteModule is the API name of the module of notes.
const NoteModule = "Notes"

// The API names of the link from notes and attachments to what they are on, and in which module that is.
const (
	ParentField       = "Parent_Id"
	ParentModuleField = "Parent_Module"
)

// The limits of notes. Zoho has the same.
const (
	MaxNoteTitle   = 120
	MaxNoteContent = 65535
)

// Note is a note (备注) on a record of any module. Who sees that record sees the note, and who may change it may add notes and change
// them, as far as their rights in the module of notes go. Empty texts, invalid numbers and zero times mean absent.
type Note struct {
	record.Meta // id, version, owner, tags, who and when, source

	Title     string
	Content   string      // required, of several lines
	Kind      string      // one of NoteKinds; default Remark
	Parent    record.Link // required: the record that it is on
	Time      time.Time   // of a check-in: when; by default now
	Place     string      // of a check-in: where, as people say it
	Latitude  decimal.NullDecimal
	Longitude decimal.NullDecimal // degrees, both or none
}

// The kinds of notes. Zoho shows check-ins from its mobile app and comments on tasks among the notes of an account.
const (
	Remark  = "Note"
	CheckIn = "Check-in"
	Comment = "Comment"
)

// NoteKinds are the values of a note's kind (备注类型). They are closed, and not to be changed.
var NoteKinds = &record.PickValues{Closed: true, Values: []record.PickValue{{Actual: Remark, Chinese: "备注"}, {Actual: CheckIn, Chinese: "签到"}, {Actual: Comment, Chinese: "评论"}}}

// NoteFields lists every field in the order of the form. The list is not to be changed.
var NoteFields = []record.Field[Note]{
	record.Text("Note_Title", MaxNoteTitle, func(n *Note) *string { return &n.Title }).Label("Title", "标题").Folded().Alias("Title"),
	record.TextArea("Note_Content", MaxNoteContent, func(n *Note) *string { return &n.Content }).Label("Note Content", "备注内容").Required().Alias("Content", "Note"),
	record.PickList("Note_Kind", NoteKinds, func(n *Note) *string { return &n.Kind }).Label("Kind", "备注类型"),
	record.LookupIn(ParentField, ParentModuleField, func(n *Note) *record.Link { return &n.Parent }).Label("Parent", "所属记录").Required().OnDelete(record.Cascade).Noted(),
	record.ModuleOf(ParentModuleField, func(n *Note) *record.Link { return &n.Parent }).Label("Parent Module", "所属模块"),
	record.DateTime("Check_In_Time", func(n *Note) *time.Time { return &n.Time }).Label("Check-in Time", "签到时间"),
	record.Text("Check_In_Place", 255, func(n *Note) *string { return &n.Place }).Label("Check-in Place", "签到地点"),
	record.Decimal("Latitude", 2, 7, func(n *Note) *decimal.NullDecimal { return &n.Latitude }).Label("Latitude", "纬度"),
	record.Decimal("Longitude", 3, 7, func(n *Note) *decimal.NullDecimal { return &n.Longitude }).Label("Longitude", "经度"),
}

// NoteDefinition declares the module of notes.
var NoteDefinition = record.Define(NoteModule, NoteFields, record.ModuleOptions{Singular: "Note", Chinese: "备注", Within: ParentField, Hooks: []record.Hook{placeNote}})

// Notes is the notes of one organization, as one session sees them.
type Notes = record.Module[Note]

// placeNote gives a note its kind, and asks of a check-in where it was.
func placeNote(_ context.Context, s *record.Session, _, rec *record.Record) error {
	kind := rec.Value("Note_Kind").Text()
	if kind == "" {
		kind = Remark
		rec.Set("Note_Kind", text(kind))
	}
	latitude, longitude := rec.Value("Latitude"), rec.Value("Longitude")
	if kind != CheckIn {
		for _, f := range []string{"Check_In_Time", "Check_In_Place", "Latitude", "Longitude"} {
			if !rec.Value(f).IsNull() {
				return refuse(f, CodeDependent, "only a check-in has this", "仅签到可填写")
			}
		}
		return nil
	}
	if rec.Value("Check_In_Time").IsNull() {
		rec.Set("Check_In_Time", storage.TimeValue(s.Now()))
	}
	if latitude.IsNull() != longitude.IsNull() || latitude.IsNull() && rec.Value("Check_In_Place").IsNull() {
		return refuse("Latitude", record.CodeMandatory, "a check-in has a place, or latitude and longitude", "签到需要地点，或经度和纬度")
	}
	for f, most := range map[string]int64{"Latitude": 90, "Longitude": 180} {
		if number(rec, f).Abs().GreaterThan(decimal.NewFromInt(most)) {
			return refuse(f, record.CodeInvalid, "degrees on the earth", "应为地球上的度数")
		}
	}
	return nil
}
