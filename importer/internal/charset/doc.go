// Package charset finds the charset of a text from its bytes, and decodes it without ever replacing what it cannot read.
package charset
