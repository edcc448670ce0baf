package relations

import (
	"context"
	"slices"
	"time"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// TaskModule is the API name of the module of tasks.
const TaskModule = "Tasks"

// Task is something to be done, perhaps by a day. Empty texts, zero ids and zero times mean absent.
type Task struct {
	record.Meta // id, version, owner, tags, who and when, source

	Subject     string      // required
	DueDate     record.Date //
	Status      string      // one of TaskStatuses, or a text of the user's own; by default Not Started
	Priority    string      // one of TaskPriorities, or a text of the user's own
	WhoID       record.ID   // a contact
	What        record.Link // what it is about: a record of one of About
	ClosedTime  time.Time   // when it was completed, as long as it is
	Description string      // of several lines
}

// Completed is the status of a task that is closed.
const Completed = "Completed"

// The pick lists of tasks. They are open, and not to be changed.
var (
	// TaskStatuses are the values of a task's Status (状态).
	TaskStatuses = &record.PickValues{Values: []record.PickValue{{Actual: "Not Started", Chinese: "未开始"}, {Actual: "Deferred", Chinese: "已推迟"},
		{Actual: "In Progress", Chinese: "进行中"}, {Actual: Completed, Chinese: "已完成"}, {Actual: "Waiting for input", Chinese: "等待输入"}}}
	// TaskPriorities are the values of a task's Priority (优先级).
	TaskPriorities = &record.PickValues{Values: []record.PickValue{{Actual: "High", Chinese: "高"}, {Actual: "Highest", Chinese: "最高"}, {Actual: "Low", Chinese: "低"},
		{Actual: "Lowest", Chinese: "最低"}, {Actual: "Normal", Chinese: "普通"}}}
)

// TaskFields lists every field in the order of the form. The list is not to be changed.
var TaskFields = slices.Concat([]record.Field[Task]{
	record.Text("Subject", 255, func(t *Task) *string { return &t.Subject }).Label("Subject", "主题").Required().Folded().Sorted(),
	record.DateOnly("Due_Date", func(t *Task) *record.Date { return &t.DueDate }).Label("Due Date", "截止日期").Indexed().Alias("Due"),
}, links(func(t *Task) *record.Link { return &t.What }, func(t *Task) *record.ID { return &t.WhoID }, "Due_Date", "Closed_Time"), []record.Field[Task]{
	record.PickList("Status", TaskStatuses, func(t *Task) *string { return &t.Status }).Label("Status", "状态"),
	record.PickList("Priority", TaskPriorities, func(t *Task) *string { return &t.Priority }).Label("Priority", "优先级"),
	record.DateTime("Closed_Time", func(t *Task) *time.Time { return &t.ClosedTime }).Label("Closed Time", "关闭时间").ReadOnly().NoClone(),
	description(func(t *Task) *string { return &t.Description }),
})

// TaskDefinition declares the module of tasks.
var TaskDefinition = record.Define(TaskModule, TaskFields, record.ModuleOptions{Singular: "Task", Chinese: "任务", Hooks: []record.Hook{closeTask}})

// Tasks is the tasks of one organization, as one session sees them.
type Tasks = record.Module[Task]

// closeTask sets the status of a task that has none, and when it was completed.
func closeTask(_ context.Context, s *record.Session, old, rec *record.Record) error {
	status := rec.Value("Status").Text()
	if status == "" {
		status = TaskStatuses.Values[0].Actual
		rec.Set("Status", text(status))
	}
	switch {
	case status != Completed:
		rec.Set("Closed_Time", storage.Value{})
	case changed(old, rec, "Status"):
		rec.Set("Closed_Time", storage.TimeValue(s.Now()))
	}
	return nil
}

// OpenTasks is true of tasks that are not completed.
func OpenTasks() record.Filter { return record.Not(ClosedTasks()) }

// ClosedTasks is true of tasks that are completed.
func ClosedTasks() record.Filter { return record.Eq("Status", Completed) }
