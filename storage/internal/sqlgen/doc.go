// Package sqlgen writes the SQL that SQL drivers share. Every statement names the tenant, and takes values as parameters
// only. What differs between databases is in a [Dialect].
package sqlgen
