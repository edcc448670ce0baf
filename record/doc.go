// Package record is the life of records over any store: fields, validation, references and trees, the recycle bin, the
// timeline, operations that run once and can be undone. It knows no account: modules declare their fields, and everything
// that cuts across modules is here, once.
//
// # A module
//
// A module is a struct that embeds [Meta], and a table of fields, each of which binds one member of the struct:
//
//	var Sites = record.Define("Sites", []record.Field[Site]{
//		record.Text("Site_Name", 80, func(s *Site) *string { return &s.Name }).Label("Site Name", "地点名称").Required(),
//		record.Lookup("Account", func(s *Site) *record.ID { return &s.AccountID }).Label("Account", "客户").To("Accounts"),
//	}, record.ModuleOptions{Singular: "Site", Chinese: "地点"})
//
// [Definition.In] gives its records as a [Session] sees them: a [Module] of structs, and under it [Records], the same for
// every module, which import, JSON and whatever else works on any module use.
//
// # Transactions
//
// [Session.View] reads one state, [Session.Update] writes as if alone. The function may run more than once: what it
// captures is assigned to, never appended to, and I/O waits for [Session.AfterCommit]. Every method of a module is a
// transaction of its own outside of one, and joins the one that it is in. When a transaction is taken back, records keep
// the ids that they were given and lose what else it told them.
//
// # Versions
//
// A record's Version is 1 when it is created and goes up by one with each change. Update and Delete of a version that is
// no longer the stored one are ErrStale, so nothing is overwritten unseen; [Records.Edit] reads and writes in one
// transaction, and cannot be stale. What an update does not change is not written: its outcome is [Unchanged].
//
// # Absent values
//
// Empty texts, zero ids, dates and times, and nil or invalid numbers are absent, which storage calls null. In lists absent
// comes first, or last when the order descends. In JSON a member that is missing leaves the field as it is, and null
// empties it.
//
// # Links
//
// A lookup says where it leads, whether it makes a tree, and what becomes of the record when its target is deleted. Links
// to what is not there are NOT_FOUND, and records that would be their own ancestors CIRCULAR_REFERENCE, with the path.
// Since the updates of a tenant are serialisable, this holds whatever runs at the same time.
//
// # Layouts
//
// Each organization may have a [Layout] of each module, which changes fields and adds custom ones: see [Session.SaveLayout]. A
// [Shape] is what comes of it, and whatever asks for a field asks the shape, so that custom fields behave like those of the
// struct. Their values are in [Meta], by name. They lie in one document of each row, and no table is altered: filters and
// orders by a custom field read all records, unless the layout has it indexed. Layouts are settings ([Session.Setting]), which an
// Update reads as they are, and a View as they were at most 5 seconds ago.
//
// # Rights
//
// A [Policy] says what actors may do; without one everything is allowed. Every method asks it, in its transaction and before it
// writes: for a [Right] in the module, for the records that the actor reaches (a [Scope], which joins each query), and
// for the [Access] to each field. What lies out of reach is as if it were not there. [Session.AsSystem] is what no policy holds
// back. Deletes and restores see to what hangs on a record whatever the actor may do with that.
package record
