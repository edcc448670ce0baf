// Package storage is the small interface that a storage driver implements, and the meaning of what it is asked.
//
// A driver keeps rows in tables. It knows columns, indexes and filters, and nothing of accounts: ids, versions, times,
// validation and history are made above it. So a driver is a few hundred lines, and whoever has a database of their own
// can write one: implement [Store], and pass the suite of package storagetest. This package imports the standard
// library only.
//
// The drivers of this module are storage/memory and storage/sqlite.
//
// # The rules that a driver keeps
//
// Each rule has a subtest of its name in storagetest.
//
//   - Migrate: Migrate creates tables, columns and indexes that are missing, keeps what is there, and may run again at
//     any time. A column that exists with another kind is an error, an index that exists with other columns or another
//     uniqueness is too, and so is a new unique index over rows that conflict; then nothing is changed. What a Table
//     lacks stays: an Update by it leaves the other columns of its rows as they are.
//   - RoundTrip: what was inserted is found again, in every kind of value, for 0, 1, 5 and 10,000 rows in one call.
//   - Match: [Match] defines which rows a filter selects: null equals null, is never less or greater than anything, and
//     Not is plain negation. Text and bytes compare byte by byte.
//   - Order: [CompareRows] defines the order of rows: null sorts first, the id is always the last key, and takes the
//     direction of the last key before it, so that one index serves both directions.
//   - Among: [Resolve] defines Among, with and without Along.
//   - In: In takes any number of arguments, 100,000 too.
//   - Projection: Find returns the columns of [Query.Columns], in that order, or all when that is nil.
//   - Limit: Find returns at most [Query.Limit] rows; Count stops there too, or counts all when it is 0.
//   - BadQuery: a query or a table that its Validate refuses is an error, never a panic. A driver answers every other
//     query, up to [MaxConditions] and [MaxDepth].
//   - Unmigrated: a query or a write that names a table or a column that no Migrate has made is an error.
//   - Hint: [Query.Index] names an index that the caller knows to serve the query. It never changes the answer, not even
//     where no Migrate has made it.
//   - Unique: two rows of one tenant with equal values in all columns of a unique index, or with the same id, are a
//     [*ConflictError] that names the index, or "id". A null in any of its columns never conflicts. A row that conflicts
//     in several ways names "id" if its id is taken, and otherwise any one of the indexes.
//   - Stale: Update of a row whose stored version is not Row.Version-1, and Delete of a key whose stored version
//     differs, are [ErrStale]; so is either for a row that is not there.
//   - Rollback: when fn returns an error or panics, nothing of the transaction stays, the caller gets that very error or
//     panic, and the store goes on working.
//   - FailedWrite: after a failed write only returning is left: the transaction ends with that error, even if fn
//     swallows it.
//   - ReadYourWrites: a transaction reads what it has written.
//   - Snapshot: a View reads one state of the store, fixed no later than its first read, whatever is written meanwhile.
//     A View never waits for a writer.
//   - Serialisable: the Updates of one tenant behave as if they ran one after the other. A driver may run fn again to
//     get there; so fn assigns to what it captures, and does no I/O.
//   - Contention: writers that meet wait or are run again; none of them loses an update or sees an error because
//     another was there first, short of the limit of the wait.
//   - Turns: writers of one process that wait for another get their turn in the order in which they came.
//   - WaitEnds: waiting for a writer ends with the context and its error, or with [ErrBusy] at the driver's own limit; so
//     an Update within the function of another ends, and does not hang. A Migrate that has something to do waits too.
//   - Tenants: rows of one tenant are never seen, counted, changed or conflicted with by another. Tenants wait for each
//     other only where the whole store has one writer.
//   - Cancel: a context that is done ends every call with its error, one that takes long soon after, and an Update with
//     nothing written.
//   - Alias: a store shares no memory with its caller, neither of rows that it was given nor of rows that it returned.
//   - UseAfterEnd: a Reader or a Tx that is used after its function has returned is an error, and changes nothing.
//   - UseAfterClose: after Close every call is [ErrClosed]. Close may be called again, waits for what runs, and stops no
//     transaction; but one that runs then starts no other, and so never waits for Close, which waits for it.
//   - Time: times are kept to the microsecond, from the year 1 to 9999.
//   - OutcomeUnknown: a commit that was sent and never answered is [ErrOutcomeUnknown], and is never tried again blindly.
//     (This one needs a connection to cut, so a driver with a server tests it itself.)
//
// Texts are valid UTF-8 without NUL, columns hold values of their own kind or null, and the values of a row are as many
// as the columns of its table: what calls a driver keeps these.
package storage
