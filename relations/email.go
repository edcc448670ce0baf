package relations

import (
	"slices"
	"time"

	"github.com/clientele-go/crm/record"
)

// EmailModule is the API name of the module of logged e-mails.
const EmailModule = "Emails"

// MaxRecipients is how many addresses a logged e-mail has in To, and in Cc.
const MaxRecipients = 100

// Email is an e-mail that was sent or received elsewhere, as it was logged here. Empty texts and zero ids mean absent.
type Email struct {
	record.Meta // id, version, owner, tags, who and when, source

	Subject   string
	Direction string      // required: Sent or Received
	From      string      // required
	To        []string    // addresses, at most MaxRecipients
	Cc        []string    // addresses, at most MaxRecipients
	Time      time.Time   // required: when it was sent, or received
	Message   string      // its text, of several lines
	WhoID     record.ID   // a contact
	What      record.Link // what it is about: a record of one of About
}

// The directions of e-mails.
const (
	Sent     = "Sent"
	Received = "Received"
)

// EmailDirections are the values of Direction (方向). They are closed, and not to be changed.
var EmailDirections = &record.PickValues{Closed: true, Values: []record.PickValue{{Actual: Sent, Chinese: "已发送"}, {Actual: Received, Chinese: "已接收"}}}

// EmailFields lists every field in the order of the form. The list is not to be changed.
var EmailFields = slices.Concat([]record.Field[Email]{
	record.Text("Subject", 998, func(e *Email) *string { return &e.Subject }).Label("Subject", "主题").Folded(), // RFC 5322: of a line
	record.PickList("Direction", EmailDirections, func(e *Email) *string { return &e.Direction }).Label("Direction", "方向").Required(),
	record.Email("From", 254, func(e *Email) *string { return &e.From }).Label("From", "发件人").Required(),
	record.MultiEmail("To", MaxRecipients, func(e *Email) *[]string { return &e.To }).Label("To", "收件人"),
	record.MultiEmail("Cc", MaxRecipients, func(e *Email) *[]string { return &e.Cc }).Label("Cc", "抄送"),
	record.DateTime("Sent_Time", func(e *Email) *time.Time { return &e.Time }).Label("Time", "时间").Required().Indexed(),
	record.TextArea("Message", 65535, func(e *Email) *string { return &e.Message }).Label("Message", "正文"),
}, links(func(e *Email) *record.Link { return &e.What }, func(e *Email) *record.ID { return &e.WhoID }, "Sent_Time"))

// EmailDefinition declares the module of logged e-mails.
var EmailDefinition = record.Define(EmailModule, EmailFields, record.ModuleOptions{Singular: "Email", Chinese: "邮件"})

// Emails is the logged e-mails of one organization, as one session sees them.
type Emails = record.Module[Email]
