// Package importer brings files into the records of any module: it reads rows, finds the field of each column, and
// creates or updates a record for each row.
//
//	f, err := importer.Open("customers.csv", nil)
//	report, err := importer.Run(ctx, org.Accounts, f, nil)
//
// A file passes through three stages: a [Source] gives rows with their true lines; the header is mapped to fields, by API
// name or by label in English or Chinese; and [Run] writes batches of rows, each in a transaction with the outcome of its
// rows. What is wrong with the file as a whole (it is no CSV, a required column is missing, a column is there twice) is an
// error before anything is written. What is wrong with a row fails that row alone, with its line, field and code.
//
// Every row that is read has one outcome: Read = Created + Updated + Unchanged + Skipped + Failed, always. The rows that
// failed can be written to a CSV file, to be mended and imported again.
//
// [Export] is the way back, and [Template] makes a blank file for people to fill.
package importer
