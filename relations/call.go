package relations

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// CallModule is the API name of the module of calls.
const CallModule = "Calls"

// Call is a telephone call that was made, or is to be. Empty texts and zero ids mean absent.
type Call struct {
	record.Meta // id, version, owner, tags, who and when, source

	Subject     string    // required
	Type        string    // required: Inbound, Outbound or Missed
	Start       time.Time // required; of one that is scheduled, in the future when it is
	Seconds     *int64    // how long it took; of one that took place, more than none
	Status      string    // of an outbound call: Scheduled or CallCompleted; by default the latter
	Purpose     string    // one of CallPurposes, or a text of the user's own
	Result      string
	Agenda      string
	WhoID       record.ID   // a contact
	What        record.Link // what it is about: a record of one of About
	Description string      // of several lines
}

// The types of calls.
const (
	Inbound  = "Inbound"
	Outbound = "Outbound"
	Missed   = "Missed"
)

// The statuses of outbound calls.
const (
	Scheduled     = "Scheduled"
	CallCompleted = "Completed"
)

// The pick lists of calls, which are not to be changed. The first two are closed.
var (
	// CallTypes are the values of Call_Type (通话类型).
	CallTypes = &record.PickValues{Closed: true, Values: []record.PickValue{{Actual: Inbound, Chinese: "呼入"}, {Actual: Outbound, Chinese: "呼出"}, {Actual: Missed, Chinese: "未接"}}}
	// CallStatuses are the values of Outbound_Call_Status (呼出状态).
	CallStatuses = &record.PickValues{Closed: true, Values: []record.PickValue{{Actual: Scheduled, Chinese: "已安排"}, {Actual: CallCompleted, Chinese: "已完成"}}}
	// CallPurposes are the values of Call_Purpose (通话目的).
	CallPurposes = &record.PickValues{Values: []record.PickValue{{Actual: "Prospecting", Chinese: "开发客户"}, {Actual: "Administrative", Chinese: "行政"}, {Actual: "Negotiation", Chinese: "谈判"},
		{Actual: "Demo", Chinese: "演示"}, {Actual: "Project", Chinese: "项目"}, {Actual: "Desk", Chinese: "服务"}}}
)

// CallFields lists every field in the order of the form. The list is not to be changed.
var CallFields = slices.Concat([]record.Field[Call]{
	record.Text("Subject", 255, func(c *Call) *string { return &c.Subject }).Label("Subject", "主题").Required().Folded().Sorted(),
	record.PickList("Call_Type", CallTypes, func(c *Call) *string { return &c.Type }).Label("Call Type", "通话类型").Required().Alias("Direction"),
	record.DateTime("Call_Start_Time", func(c *Call) *time.Time { return &c.Start }).Label("Call Start Time", "通话开始时间").Required().Indexed(),
	record.Integer("Call_Duration_in_seconds", 9, func(c *Call) **int64 { return &c.Seconds }).Label("Call Duration (in seconds)", "通话时长（秒）").Alias("Duration"),
	record.PickList("Outbound_Call_Status", CallStatuses, func(c *Call) *string { return &c.Status }).Label("Outbound Call Status", "呼出状态").Alias("Status"),
	record.PickList("Call_Purpose", CallPurposes, func(c *Call) *string { return &c.Purpose }).Label("Call Purpose", "通话目的"),
	record.Text("Call_Result", 255, func(c *Call) *string { return &c.Result }).Label("Call Result", "通话结果"),
	record.Text("Call_Agenda", 255, func(c *Call) *string { return &c.Agenda }).Label("Call Agenda", "通话议程"),
}, links(func(c *Call) *record.Link { return &c.What }, func(c *Call) *record.ID { return &c.WhoID }, "Call_Start_Time"), []record.Field[Call]{
	description(func(c *Call) *string { return &c.Description }),
})

// CallDefinition declares the module of calls.
var CallDefinition = record.Define(CallModule, CallFields, record.ModuleOptions{Singular: "Call", Chinese: "通话", Hooks: []record.Hook{timeCall}})

// Calls is the calls of one organization, as one session sees them.
type Calls = record.Module[Call]

// timeCall sees to it that a call has a length exactly when it took place, and that one is scheduled for the future.
func timeCall(_ context.Context, s *record.Session, old, rec *record.Record) error {
	kind, status, took := rec.Value("Call_Type").Text(), rec.Value("Outbound_Call_Status").Text(), rec.Value("Call_Duration_in_seconds")
	if kind != Outbound && status != "" {
		return refuse("Outbound_Call_Status", CodeDependent, "only an outbound call has a status", "只有呼出通话有呼出状态")
	}
	if kind == Outbound && status == "" {
		status = CallCompleted
		rec.Set("Outbound_Call_Status", text(status))
	}
	none := took.IsNull() || took.Kind() == storage.Int && took.Int64() <= 0
	switch takesPlace := kind != Missed && status != Scheduled; {
	case takesPlace && none && kind != "": // Zoho: duration 0 is a DEPENDENT_MISMATCH
		return refuse("Call_Duration_in_seconds", CodeDependent, "a call that took place has a length", "已进行的通话必须有时长")
	case !takesPlace && !none:
		return refuse("Call_Duration_in_seconds", CodeDependent, "a call that did not take place has no length", "未进行的通话没有时长")
	}
	start := rec.Value("Call_Start_Time")
	if status == Scheduled && start.Kind() == storage.Time && (changed(old, rec, "Call_Start_Time") || changed(old, rec, "Outbound_Call_Status")) && !start.Time().After(s.Now()) {
		return refuse("Call_Start_Time", record.CodeInvalid, "a call is scheduled for the future", "只能安排将来的通话")
	}
	return nil
}

// OpenCalls is true of calls that are to be made.
func OpenCalls() record.Filter { return record.Eq("Outbound_Call_Status", Scheduled) }

// ClosedCalls is true of calls that were made, or missed.
func ClosedCalls() record.Filter { return record.Not(OpenCalls()) }
