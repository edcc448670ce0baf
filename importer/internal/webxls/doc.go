// Package webxls reads what programs on the web save as .xls, and is neither records nor an archive: tables of HTML, and
// workbooks in XML as Excel 2002 and 2003 write them.
//
// Both are texts. Whoever opens one decodes it, and finds its charset by [Declared] if need be. All of a file is read when it
// is opened, so that one which is cut short, or wrong behind its last row, is refused before its first.
package webxls
