package relations

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// EventModule is the API name of the module of meetings.
const EventModule = "Events"

// MaxParticipants is how many participants a meeting has. Zoho: 50.
const MaxParticipants = 50

// Event is a meeting (会议). Empty texts and zero ids mean absent.
type Event struct {
	record.Meta // id, version, owner, tags, who and when, source

	Title        string    // required
	Start        time.Time // required
	End          time.Time // required, and not before Start
	AllDay       *bool
	Venue        string
	Participants []string    // users of the host, or e-mail addresses, at most MaxParticipants
	WhoID        record.ID   // a contact
	What         record.Link // what it is about: a record of one of About
	Description  string      // of several lines
}

// EventFields lists every field in the order of the form. The list is not to be changed.
var EventFields = slices.Concat([]record.Field[Event]{
	record.Text("Event_Title", 255, func(e *Event) *string { return &e.Title }).Label("Title", "标题").Required().Folded().Sorted().Alias("Subject", "主题"),
	record.DateTime("Start_DateTime", func(e *Event) *time.Time { return &e.Start }).Label("From", "开始时间").Required().Alias("Start", "Start Date"),
	record.DateTime("End_DateTime", func(e *Event) *time.Time { return &e.End }).Label("To", "结束时间").Required().Indexed().Alias("End", "End Date"),
	record.Bool("All_day", func(e *Event) **bool { return &e.AllDay }).Label("All day", "全天").Alias("All day event"),
	record.Text("Venue", 255, func(e *Event) *string { return &e.Venue }).Label("Location", "地点"),
	record.MultiUser("Participants", MaxParticipants, func(e *Event) *[]string { return &e.Participants }).Label("Participants", "参与者"),
}, links(func(e *Event) *record.Link { return &e.What }, func(e *Event) *record.ID { return &e.WhoID }, "End_DateTime"), []record.Field[Event]{
	description(func(e *Event) *string { return &e.Description }),
})

// EventDefinition declares the module of meetings.
var EventDefinition = record.Define(EventModule, EventFields, record.ModuleOptions{Singular: "Meeting", Chinese: "会议", Hooks: []record.Hook{orderEvent}})

// Events is the meetings of one organization, as one session sees them.
type Events = record.Module[Event]

// orderEvent refuses a meeting that ends before it begins.
func orderEvent(_ context.Context, _ *record.Session, _, rec *record.Record) error {
	start, end := rec.Value("Start_DateTime"), rec.Value("End_DateTime")
	if start.Kind() == storage.Time && end.Kind() == storage.Time && end.Time().Before(start.Time()) {
		return refuse("End_DateTime", CodeDependent, "the meeting ends before it begins", "结束时间早于开始时间")
	}
	return nil
}

// OpenEvents is true of meetings that are not over at a time.
func OpenEvents(now time.Time) record.Filter { return record.Not(ClosedEvents(now)) }

// ClosedEvents is true of meetings that are over at a time.
func ClosedEvents(now time.Time) record.Filter { return record.Lt("End_DateTime", now) }
