// Package memory keeps everything in memory: for tests, and for what need not outlive the process. It keeps the same rules
// as the other drivers, and passes the same suite.
//
// Each tenant has a state that never changes, and that a View reads without a lock. An Update makes the next state from
// it, sharing what it does not touch, and puts it in its place; one Update of a tenant runs at a time, and those of
// different tenants do not wait for each other.
package memory
