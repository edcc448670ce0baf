// Package arch holds the tests that keep the structure of this module: which package may import which, what each is
// built from, what each exports, and what sources and documents look like.
//
// Every check is a function over plain values, so that its own test shows it a small bad example; then it looks at the
// module. The golden files in testdata are rewritten by
//
//	go test ./internal/arch -update
package arch
