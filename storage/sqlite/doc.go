// Package sqlite keeps everything in one SQLite file, in pure Go.
//
// The file is in WAL mode: one transaction writes at a time, and readers neither wait for it nor hold it up. Writers of one
// process take turns in the order in which they came; those of several processes look for their turn every millisecond,
// and a process that has written for a while leaves a gap, so that none starves. A wait ends with [storage.ErrBusy] after
// Options.Wait.
//
// What is committed goes to a log beside the file first, and into the file from time to time. The log may grow as large as
// the file, from 64 MB to 200. Where Views overlap all the time, so that some View always reads from the log, new ones wait
// for a moment whenever it has grown by half as much again. As many Views run at a time as Options.Readers says; a View
// within an Update, or within another View, is one more, and where all of them are taken by such it ends with
// [storage.ErrBusy] too.
//
// A committed transaction survives the death of the process (kill -9). After a power cut the newest ones may be missing,
// each as a whole, unless Options.Durable is set; the file is consistent in either case.
//
// Tables and columns have the names that storage gives them, after tenant_id, id and version, so that a host can read them
// with SQL of its own. Times are microseconds since 1970; ids are blobs of 16 bytes; decimals are text that sorts, a letter
// for the number of digits before the point and then the digits (see storage.ParseDecimal): substr(x, 2) is the number of
// a positive one. A host may keep tables of its own in the file.
//
// A unique index ends with an expression that keeps rows with a null in the order of their ids; SQL of a host's own need
// not care.
package sqlite
