// Package blob keeps the bytes of files, which are too many for a database: of attachments, which relations.Files keeps.
//
// A [Store] knows keys and bytes, and nothing else: what a file is called, whose it is and what it belongs to is in the records.
// [Dir] keeps each in a file below a directory, and [Memory] keeps them as long as the process runs. A host has its own, for
// S3 say, by five short methods.
//
// A key is one to eight parts with a slash between, each of 1 to 64 of a-z, 0-9 and -. No name that a user gave is ever part of
// one.
package blob
