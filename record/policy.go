package record

import (
	"context"
	"fmt"
)

// Right is something that an actor may do in a module, or in the organization as a whole. A host may have rights of its
// own, and ask for them with [Session.Authorise].
type Right string

// The rights in a module.
const (
	RightView        Right = "View"         // see its records: Get, lists, counts, sums, the timeline
	RightCreate      Right = "Create"       // make new ones
	RightEdit        Right = "Edit"         // change them
	RightDelete      Right = "Delete"       // put them in the bin, and take them out
	RightShare       Right = "Share"        // share them with others
	RightImport      Right = "Import"       // import files into it
	RightExport      Right = "Export"       // take its records out in bulk; a host asks for it where it does so
	RightChangeOwner Right = "Change_Owner" // give them to another owner
	RightConvert     Right = "Convert"      // make others of them: of leads, contacts, accounts and deals
)

// The rights in the organization, which are asked for with the module "".
const (
	RightUse         Right = "Use"          // use the CRM at all: the actor is somebody, and active
	RightCustomize   Right = "Customize"    // change fields, layouts and settings
	RightManageUsers Right = "Manage_Users" // see and change profiles, roles, users and sharing
	RightManageData  Right = "Manage_Data"  // empty the bin, undo what others did, verify
)

// Level is how far an actor may go with a record. Each includes those before it.
type Level uint8

// The levels, by the names that Zoho gives them.
const (
	LevelRead  Level = 1 + iota // Read Only
	LevelWrite                  // Read/Write: neither delete it nor give it to another owner
	LevelFull                   // Full Access
)

// Access is what an actor may do with a field.
type Access uint8

// The accesses.
const (
	FieldReadWrite Access = iota
	FieldReadOnly         // its stored value stays, whatever the actor sets
	FieldHidden           // to the actor there is no such field
)

// Scope is which records of a module an actor reaches: those that one of its parts says. The zero Scope is none.
type Scope struct {
	All        bool
	Owners     []Actor  // those of these owners
	Principals []string // those that were shared with, or granted to, one of these: see [Share] and [Grant]
	Where      Filter   // those that match, unless it is the zero Filter, by any field
}

// Rights is what one actor may do in one module. It is not changed once it was returned, and best returned again while it
// holds.
type Rights struct {
	Allowed map[Right]bool
	Fields  map[string]Access // by API name, of those that are not FieldReadWrite. A required field is never hidden
	Scopes  [LevelFull + 1]Scope
}

// Policy decides what actors may do. A Session without one allows everything, since a host may decide by itself.
type Policy interface {
	// Rights returns what the actor of s may do in a module, or in the organization for the module "". It is asked within
	// the transaction, once for each module; s sees everything, and reads that transaction.
	Rights(ctx context.Context, s *Session, module string) (*Rights, error)
	// Grants returns the conditions on the records of a module which are kept as rows with each record, so that a Scope finds
	// those that match by an index. It is asked in each transaction that writes records. When they change, whoever changes
	// them calls [Records.Regrant].
	Grants(ctx context.Context, s *Session, module string) ([]Grant, error)
}

// Grant is one condition whose matches a [Scope] finds by its principal. It names no tree (Under, Above).
type Grant struct {
	Principal string // such as "rule:7"; with another condition it is another one
	Where     Filter // texts in it are read in no locale, so that all sessions read the same
}

// ForbiddenError says which right is missing, and nothing of what the actor may not see. It is ErrForbidden to errors.Is.
type ForbiddenError struct {
	Right  Right
	Module string // "" for a right in the organization
	Record ID     // that the right does not extend to, which the actor sees; zero when it is missing in all of the module
}

func (e *ForbiddenError) Error() string {
	switch {
	case e.Module == "":
		return fmt.Sprintf("record: forbidden: %s", e.Right)
	case e.Record.IsZero():
		return fmt.Sprintf("record: forbidden: %s in %s", e.Right, e.Module)
	}
	return fmt.Sprintf("record: forbidden: %s of %s", e.Right, Link{e.Module, e.Record})
}

// Is reports whether target is ErrForbidden.
func (e *ForbiddenError) Is(target error) bool { return target == ErrForbidden }

// unlimited is the rights of whom no policy holds back.
var unlimited = &Rights{Scopes: [LevelFull + 1]Scope{LevelRead: {All: true}, LevelWrite: {All: true}, LevelFull: {All: true}}}

func (r *Rights) may(right Right) bool { return r == unlimited || r.Allowed[right] }

// rightsIn returns what the actor may do in a module, or in the organization. The session is in a transaction.
func (s *Session) rightsIn(ctx context.Context, module string) (*Rights, error) {
	if s.system || s.o.Policy == nil {
		return unlimited, nil
	}
	of := rightsOf{s.o.Actor, module}
	if r := s.tx.rights[of]; r != nil {
		return r, nil
	}
	in := s.AsSystem()
	in.view = true
	r, err := s.o.Policy.Rights(ctx, in, module)
	if err != nil {
		return nil, fmt.Errorf("record: rights: %w", err)
	}
	if r == nil {
		r = &Rights{}
	}
	if s.tx.rights == nil {
		s.tx.rights = map[rightsOf]*Rights{}
	}
	s.tx.rights[of] = r
	return r, nil
}

// Authorise asks for rights in a module, or in the organization for the module "". It is a *ForbiddenError that names the
// first one that the actor lacks.
func (s *Session) Authorise(ctx context.Context, module string, rights ...Right) error {
	if err := s.usable(); err != nil || s.system || s.o.Policy == nil {
		return err
	}
	if module != "" && s.cat.modules[module] == nil {
		return fmt.Errorf("record: no module %q", module)
	}
	return s.View(ctx, func(s *Session) error {
		has, err := s.rightsIn(ctx, module)
		if err != nil {
			return err
		}
		for _, right := range rights {
			if !has.may(right) {
				return &ForbiddenError{Right: right, Module: module}
			}
		}
		return nil
	})
}

// as returns the records as the actor of s has them, who must have these rights in the module. The session is in a
// transaction.
func (r *Records) as(ctx context.Context, s *Session, rights ...Right) (*Records, error) {
	has, err := s.rightsIn(ctx, r.shape.Module)
	if err != nil {
		return nil, err
	}
	for _, right := range rights {
		if !has.may(right) {
			return nil, &ForbiddenError{Right: right, Module: r.shape.Module}
		}
	}
	return &Records{s: s, shape: s.tx.conf.shapes[r.shape.Schema].seen(has)}, nil
}

// Load returns the fields of the records as the session's actor has them now. Outside of a transaction, [Records.Shape] is
// what was known last, and knows nothing of the actor's rights.
func (r *Records) Load(ctx context.Context) (shape *Shape, err error) {
	err = r.s.View(ctx, func(s *Session) error {
		in, err := r.as(ctx, s)
		if err == nil {
			shape = in.shape
		}
		return err
	})
	return shape, err
}
