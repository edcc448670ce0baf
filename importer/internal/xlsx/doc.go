// Package xlsx reads workbooks of Office Open XML, which is what spreadsheet programs write as .xlsx, .xlsm, .xltx and .xltm:
// a zip archive of parts in XML.
//
// A sheet is read as a stream, row by row, by a scanner of its own: encoding/xml costs ten times more than everything else.
// The scanner asks for as much of XML as keeps cells from being lost or changed without an error. All text is of characters
// that XML allows; tags are nested as they should be from the root to the end of the rows; what does not belong among rows and
// cells is refused, unless it is of another namespace. A document type is refused too, and so is every entity but the five
// that XML has. Elements are known by their names alone, whatever their prefix, so that the namespaces of the strict and the
// transitional format are the same here.
//
// Offsets count the bytes of a part in UTF-8, which is what nearly all programs write; UTF-16 is read too.
//
// What is behind the rows of a sheet is not looked at, but it is read, since the checksum of a part is behind its last byte.
package xlsx
