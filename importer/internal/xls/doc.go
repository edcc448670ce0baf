// Package xls reads workbooks of Excel 5.0 to 2003, which is what spreadsheet programs write as .xls and .xlt: records, one
// behind the other, in a stream of an OLE2 container.
//
// A sheet is read as a stream, record by record. Its cells are in order in what nearly every program writes; where they are not,
// the places of all cells are sorted first. Only the texts that cells share are kept.
//
// No count or size that a file gives is believed: what a record, a stream or a sector chain has is what there is of it, and when
// less is there than the file says, it is an error with its place. Offsets count the bytes of the stream. A byte or half a
// character that stands for nothing becomes [charset.Bad] in its cell.
package xls
