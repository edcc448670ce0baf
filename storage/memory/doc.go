// Package memory keeps everything in memory: for tests, and for what need not outlive the process. It keeps the same rules
// as the other drivers, and passes the same suite.
//
// Each tenant has a state that never changes, and that a View reads without waiting for anybody. An Update makes the next
// state from it, sharing what it does not touch, and puts it in its place; one Update of a tenant runs at a time, and
// those of different tenants do not wait for each other. Only a Migrate that has something to add waits for the writers
// of all tenants, and they for it.
//
// A query is answered by the index that it names, unless another leads to one row. A page of a list costs what its rows
// cost, forwards, backwards and after a cursor, however large the table is.
package memory
