// Package rights is the built-in [record.Policy]: who may do what, and with whose records. Zoho CRM keeps the two apart,
// and so does this package.
//
//	what           who has it    says                                             Chinese
//	[Profile]      each user     what its users may do: rights, and fields        角色
//	[Role]         each user     whose records: below it in the tree              职位
//	[Group]        –             users and roles under one name                   组
//	[Default]      each module   what everyone may do with everyone's records     默认共享权限
//	[Rule]         a module      whose records, or which, are whose as well       共享规则
//	[Share]        a record      who else has this one                            共享
//
// The Chinese words are those of the product, where a profile is 角色 and a role is 职位, not the other way round.
//
// # What a user may do
//
// A user who is not known, or not active, may do nothing. Any other has the rights of their profile, in the organization
// and in each module. A right is worth nothing without those that it needs: everything in a module needs View, Import
// needs Create, Change_Owner needs Edit, and everything at all needs Use. A profile that lacks one is refused, and
// [Profile.Without] takes away a right together with what needs it. A field may be read-only or hidden to a profile, but
// no required one is hidden.
//
// # With which records
//
// A user reaches a record, as far as their profile lets them do anything with it, at one of three levels: Read Only,
// Read/Write (neither delete it nor give it away) and Full Access. The first of these that applies:
//
//	the role at the top (CEO)      all records, at every level
//	Public Read/Write/Delete       all records, at every level
//	Public Read/Write              all records to read and write; their own, and what was shared with them fully, at full
//	Public Read Only               all records to read; and what Private gives
//	Private                        their own, those of the users in roles below theirs, and those of the users of their own
//	                               role if it shares data with peers, at full; what rules give; what was shared with them
//
// As in Zoho, under the two Public defaults that let everybody write neither the tree of roles nor the rules are applied:
// there a superior deletes the records of subordinates only if they are shared with them. The role at the top is not
// bound by this. A module whose default was never set is Private. A profile opens no records: an administrator in a low
// role sees few.
//
// Records that are part of others, such as notes, are reached as far as these are, however they are owned: who may write to an
// account has its notes at full. No default, rule or share is about them.
//
// Rules and shares only add. Superiors of those whom a rule gives to have it too only if the rule says so, and never what
// was shared with a subordinate. The records of a user who is inactive stay where they are for everybody else.
//
// # The start
//
// Until something is saved there are the profiles Administrator and Standard, the role CEO, and no user: nobody may do
// anything but the host itself, by [record.Session.AsSystem], which makes the first user:
//
//	err := rights.In(s.AsSystem()).SaveUsers(ctx, rights.User{ID: "ann", Profile: rights.Administrator, Role: rights.CEO, Active: true})
//
// Who has the right Manage_Users can give themselves all others.
//
// # Where it is kept
//
// All of this is settings of the organization (see [record.Session.Setting]): "rights", and "rights.users.0" to
// "rights.users.f", in which users lie by a hash of their ids, with "rights.users" to count their changes. They are read once for each version, and what follows from
// them for one user in one module is worked out once. Changes hold at once for every Update, and within 5 seconds for
// every View.
package rights
