// Package gridtest is what the tests of readers of workbooks have in common: a table whose every cell is known, workbooks that
// LibreOffice makes of it, and what the contract of package grid asks for.
package gridtest
