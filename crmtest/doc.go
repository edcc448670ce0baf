// Package crmtest gives tests a whole CRM in memory, with a clock and ids that are the same at every run:
//
//	func TestSignup(t *testing.T) {
//		org, by := crmtest.Seeded(t)
//		err := org.Accounts.Delete(t.Context(), by["Acme"].ID)
//		…
//	}
//
// New is the same without the companies, and Open is New on another store. When the test ends, all that it stored is
// verified: see crm.Verify.
package crmtest
