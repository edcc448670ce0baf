package relations

import (
	"context"
	"errors"

	"github.com/clientele-go/crm/record"
)

// Action is something that may be done with a record: an entry of the menu "more" (更多) on its page.
type Action struct {
	Name    string `json:"name"`    // one of those below
	Title   string `json:"title"`   // in the session's language
	Allowed bool   `json:"allowed"` // the actor may, as far as rights go
}

// The actions, in the order of the menu.
const (
	ActionEdit        = "Edit"
	ActionClone       = "Clone"
	ActionDelete      = "Delete"
	ActionShare       = "Share"
	ActionChangeOwner = "Change_Owner"
	ActionAddNote     = "Add_Note"
	ActionAttach      = "Attach"
	ActionCustomize   = "Customize" // the business card, the links and the related lists
)

// actions say what each action takes: a right in a module, or that of the record where it is "", or in the organization for "-"; and a
// level of the record.
var actions = []struct {
	name   string
	words  record.Words
	module string
	right  record.Right
	level  record.Level
}{
	{ActionEdit, record.Words{English: "Edit", Chinese: "编辑"}, "", record.RightEdit, record.LevelWrite},
	{ActionClone, record.Words{English: "Clone", Chinese: "复制"}, "", record.RightCreate, record.LevelRead},
	{ActionDelete, record.Words{English: "Delete", Chinese: "删除"}, "", record.RightDelete, record.LevelFull},
	{ActionShare, record.Words{English: "Share", Chinese: "共享"}, "", record.RightShare, record.LevelFull},
	{ActionChangeOwner, record.Words{English: "Change Owner", Chinese: "更改所有者"}, "", record.RightChangeOwner, record.LevelFull},
	{ActionAddNote, record.Words{English: "Add Note", Chinese: "添加备注"}, NoteModule, record.RightCreate, record.LevelWrite},
	{ActionAttach, record.Words{English: "Attach File", Chinese: "添加附件"}, AttachmentModule, record.RightCreate, record.LevelWrite},
	{ActionCustomize, record.Words{English: "Customize Page", Chinese: "定制页面"}, "-", record.RightCustomize, record.LevelRead},
}

// ActionsOf returns what may be done with a record that the actor sees, in the order of the menu, the actions that they may not do among
// it. It fails with ErrNotFound.
func ActionsOf(ctx context.Context, s *record.Session, of record.Link) (list []Action, err error) {
	err = s.View(ctx, func(s *record.Session) error {
		rs, err := s.Records(of.Module)
		if err != nil {
			return err
		}
		if _, err := rs.Get(ctx, of.ID); err != nil {
			return err
		}
		list, err = actionsOn(ctx, s, rs, of)
		return err
	})
	return list, err
}

// actionsOn returns what may be done with a record that was read.
func actionsOn(ctx context.Context, s *record.Session, rs *record.Records, of record.Link) (list []Action, err error) {
	reaches := map[record.Level]bool{record.LevelRead: true}
	for _, level := range []record.Level{record.LevelWrite, record.LevelFull} {
		if reaches[level], err = rs.Reaches(ctx, level, of.ID); err != nil {
			return nil, err
		}
	}
	for _, a := range actions {
		module := a.module
		switch module {
		case "":
			module = of.Module
		case "-":
			module = ""
		}
		err := s.Authorise(ctx, module, a.right)
		if err != nil && !errors.Is(err, record.ErrForbidden) {
			return nil, err
		}
		list = append(list, Action{a.name, a.words.In(s.Locale().Language), err == nil && reaches[a.level]})
	}
	return list, nil
}
