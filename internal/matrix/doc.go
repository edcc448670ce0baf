// Package matrix holds the tests that would fail if a method forgot rights. It lists every exported call that takes a
// context, with the rights and the level that it needs, and a check of the sources sees to it that none is left out.
//
// Over that list it asks what happens: for every profile, default, and relation of the actor to the record, against a small
// model of the rules that shares nothing with the library; for every right that is missing by itself; that nothing is
// written unless the policy was asked before, in the same transaction; and that nothing that is hidden from the actor, or
// out of reach, is in anything that comes back.
package matrix
