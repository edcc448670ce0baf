package relations

import (
	"context"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// ContactRoleModule is the API name of the module of contact roles.
const ContactRoleModule = "Contact_Roles"

// ContactRole is what part a contact has in a deal (联系人角色). It is part of the deal: who sees the deal sees it, and who may change the
// deal may make it and change it, as far as their rights in this module go.
type ContactRole struct {
	record.Meta // id, version, owner, tags, who and when, source

	DealID    record.ID // required
	ContactID record.ID // required, and in each deal once
	Role      string    // required: one of ContactRoleNames, or a text of the user's own
}

// ContactRoleNames are the values of a contact's role (角色). They are open, and not to be changed.
var ContactRoleNames = &record.PickValues{Values: []record.PickValue{{Actual: "Decision Maker", Chinese: "决策者"}, {Actual: "Product Management", Chinese: "产品管理"},
	{Actual: "Purchasing", Chinese: "采购"}, {Actual: "Developer/Evaluator", Chinese: "开发/评估人员"}, {Actual: "Executive Sponsor", Chinese: "高层支持者"},
	{Actual: "Engineering Lead", Chinese: "技术负责人"}}}

// The API names of the fields of contact roles.
const (
	roleDealField    = "Deal_Name"
	roleContactField = "Contact_Name"
	RoleField        = "Contact_Role"
)

// ContactRoleFields lists every field in the order of the form. When the deal or the contact is deleted, the role goes along, and comes
// back with it. The list is not to be changed.
var ContactRoleFields = []record.Field[ContactRole]{
	record.PickList(RoleField, ContactRoleNames, func(r *ContactRole) *string { return &r.Role }).Label("Contact Role", "联系人角色").Required().Alias("Role"),
	record.Lookup(roleDealField, func(r *ContactRole) *record.ID { return &r.DealID }).Label("Deal Name", "商机名称").To(DealModule).Required().OnDelete(record.Cascade).Noted(),
	record.Lookup(roleContactField, func(r *ContactRole) *record.ID { return &r.ContactID }).Label("Contact Name", "联系人名称").To(ContactModule).Required().OnDelete(record.Cascade).Noted(),
}

// ContactRoleDefinition declares the module of contact roles.
var ContactRoleDefinition = record.Define(ContactRoleModule, ContactRoleFields, record.ModuleOptions{Singular: "Contact Role", Chinese: "联系人角色", Within: roleDealField,
	Hooks: []record.Hook{oneRole}})

// ContactRoles is the contact roles of one organization, as one session sees them.
type ContactRoles = record.Module[ContactRole]

// oneRole refuses a second role of a contact in one deal.
func oneRole(ctx context.Context, s *record.Session, old, rec *record.Record) error {
	deal, contact := rec.Value(roleDealField), rec.Value(roleContactField)
	if deal.IsNull() || contact.IsNull() || old != nil && !changed(old, rec, roleDealField) && !changed(old, rec, roleContactField) {
		return nil
	}
	rs, err := s.AsSystem().Records(ContactRoleModule)
	if err != nil {
		return err
	}
	twice := false
	by := []record.Match{{Field: roleDealField, Values: []storage.Value{deal}}, {Field: roleContactField, Values: []storage.Value{contact}}}
	err = rs.Matching(ctx, by, func(o *record.Record) error {
		twice = twice || o.ID != rec.ID
		return nil
	})
	if err == nil && twice {
		err = refuse(roleContactField, record.CodeDuplicate, "the contact has a role in the deal already", "该联系人在此商机中已有角色")
	}
	return err
}
