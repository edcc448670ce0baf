package crm

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/lead"
	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/record/rights"
	"github.com/clientele-go/crm/relations"
	"github.com/clientele-go/crm/storage"
	"github.com/clientele-go/crm/storage/blob"
)

// Options adjust an Org. The zero value is ready to use.
type Options struct {
	Tenant  string                   // whose records, a text of the host's own; default ""
	Actor   record.Actor             // who acts; default "", nobody in particular
	Locale  record.Locale            // of organizations that have saved no settings; default UTC, English, no currency
	Policy  record.Policy            // what actors may do, such as rights.New(); default everything
	Rules   map[string][]record.Hook // validation rules by module, after the modules' own; default none
	Modules []*record.Schema         // the host's own modules, beside those of this library; default none
	Now     func() time.Time         // default time.Now
	NewID   func() record.ID         // default record.NewID
	Blobs   blob.Store               // where the bytes of attachments are, such as blob.Dir; default nowhere: Files attaches none
	Logger  *slog.Logger             // told of every transaction, at Debug and without values; default none
}

// Org is one organization's CRM as one actor sees it. It is safe for concurrent use, and copies are cheap. The Org that a
// function of View or Update receives is its transaction, is used by one goroutine, and not after the function returned.
type Org struct {
	Accounts     *account.Accounts
	Leads        *lead.Leads
	Contacts     *relations.Contacts
	Deals        *relations.Deals
	Tasks        *relations.Tasks
	Events       *relations.Events // meetings
	Calls        *relations.Calls
	Emails       *relations.Emails // logged here, sent elsewhere
	Products     *relations.Products
	Quotes       *relations.Quotes
	Orders       *relations.SalesOrders
	Invoices     *relations.Invoices
	Cases        *relations.Cases
	ContactRoles *relations.ContactRoles // what part contacts have in deals
	Notes        *relations.Notes
	Attachments  *relations.Attachments // what is known of files; their bytes are in Files
	Files        *relations.Files
	Rights       *rights.Rights // profiles, roles, users and sharing, when Options.Policy is rights.New()

	session *record.Session
	blobs   blob.Store
}

// Open returns the CRM in a store, after it has created or upgraded its tables. The store stays the caller's to close.
func Open(ctx context.Context, store storage.Store, o *Options) (*Org, error) {
	if o == nil {
		o = &Options{}
	}
	modules := slices.Concat([]*record.Schema{account.Definition.Schema}, relations.Schemas(), []*record.Schema{lead.Definition.Schema}, o.Modules)
	s, err := record.Open(ctx, store, modules, &record.Options{Tenant: o.Tenant, Actor: o.Actor, Locale: o.Locale,
		Policy: o.Policy, Rules: o.Rules, Now: o.Now, NewID: o.NewID, Purged: forget(o.Blobs, o.Logger), Logger: o.Logger})
	if err != nil {
		return nil, err
	}
	return in(s, o.Blobs), nil
}

// forget removes the bytes of attachments that were purged. What fails then is left to a sweep.
func forget(blobs blob.Store, logger *slog.Logger) func(context.Context, *record.Session, string, []record.ID) {
	return func(ctx context.Context, s *record.Session, module string, ids []record.ID) {
		if module != relations.AttachmentModule {
			return
		}
		if err := relations.FilesIn(s, blobs).Forget(context.WithoutCancel(ctx), ids...); err != nil && logger != nil {
			logger.DebugContext(ctx, "crm: bytes of purged attachments are left", "tenant", s.TenantName(), "error", err)
		}
	}
}

func in(s *record.Session, blobs blob.Store) *Org {
	return &Org{Accounts: account.In(s), Leads: lead.In(s), Contacts: relations.ContactDefinition.In(s), Deals: relations.DealDefinition.In(s),
		Tasks: relations.TaskDefinition.In(s), Events: relations.EventDefinition.In(s), Calls: relations.CallDefinition.In(s), Emails: relations.EmailDefinition.In(s),
		Products: relations.ProductDefinition.In(s), Quotes: relations.QuoteDefinition.In(s), Orders: relations.SalesOrderDefinition.In(s), Invoices: relations.InvoiceDefinition.In(s),
		Cases: relations.CaseDefinition.In(s), ContactRoles: relations.ContactRoleDefinition.In(s), Notes: relations.NoteDefinition.In(s), Attachments: relations.AttachmentDefinition.In(s),
		Files: relations.FilesIn(s, blobs), Rights: rights.In(s), session: s, blobs: blobs}
}

// Session returns what modules stand on: definition.In(org.Session()) is a host's own module.
func (o *Org) Session() *record.Session { return o.session }

// As returns the same CRM as another actor sees it.
func (o *Org) As(a record.Actor) *Org { return in(o.session.As(a), o.blobs) }

// AsSystem returns the same CRM for the host's own code, which no policy holds back. The actor stays.
func (o *Org) AsSystem() *Org { return in(o.session.AsSystem(), o.blobs) }

// From returns the same CRM, whose new records have another source, such as "webform"; the default is "api".
func (o *Org) From(source string) *Org { return in(o.session.From(source), o.blobs) }

// Tenant returns the CRM of another tenant in the same store. A transaction belongs to one tenant: inside one, everything
// that the other CRM does is record.ErrTenant.
func (o *Org) Tenant(tenant string) *Org { return in(o.session.Tenant(tenant), o.blobs) }

// View runs fn on one state of the records: what it reads belongs together. A write in it is record.ErrReadOnly.
func (o *Org) View(ctx context.Context, fn func(tx *Org) error) error {
	return o.session.View(ctx, func(s *record.Session) error { return fn(in(s, o.blobs)) })
}

// Update runs fn as one transaction: all of it, when fn returns nil, or nothing. fn may run more than once, so it assigns
// to what it captures, and does no I/O; what must happen once goes to AfterCommit. An Update inside fn, through tx, joins
// the transaction.
//
// It fails with record.ErrBusy, record.ErrOutcomeUnknown, and whatever fn returns.
func (o *Org) Update(ctx context.Context, fn func(tx *Org) error) error {
	return o.session.Update(ctx, func(s *record.Session) error { return fn(in(s, o.blobs)) })
}

// AfterCommit runs fn once, after the transaction that o belongs to was committed; at once if it belongs to none.
func (o *Org) AfterCommit(fn func()) { o.session.AfterCommit(fn) }

// Once is what Org.Once returns.
type Once struct {
	once  record.Once
	blobs blob.Store
}

// Once returns what does something at most once for this key, however often it is asked. The request, if given, is a
// digest of what is asked: another one under the same key is a *record.ConflictError.
func (o *Org) Once(key string, request ...string) Once {
	return Once{o.session.Once(key, request...), o.blobs}
}

// Do runs fn as one transaction, unless it was committed under the key before. What a caller needs of it is read from
// the operation that it returns.
func (o Once) Do(ctx context.Context, fn func(tx *Org) error) (*record.Operation, error) {
	return o.once.Do(ctx, func(s *record.Session) error { return fn(in(s, o.blobs)) })
}

// Undo takes an operation back: see [record.Session.Undo].
func (o *Org) Undo(ctx context.Context, operation record.ID, strict bool) (*record.UndoReport, error) {
	return o.session.Undo(ctx, operation, strict)
}

// Verify checks, over all records of the tenant, what must always hold; what it finds is a *record.VerifyError. It reads
// everything, so it is for tests, and for a host that wants to know after a disk has failed.
func Verify(ctx context.Context, o *Org) error { return o.session.Verify(ctx) }
