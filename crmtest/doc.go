// Package crmtest gives tests a whole CRM in memory, with a clock and ids that are the same at every run:
//
//	func TestSignup(t *testing.T) {
//		org := crmtest.New(t)
//		acme := crmtest.Seed(t, org)["Acme"]
//		…
//	}
//
// When the test ends, all that it stored is verified: see crm.Verify.
package crmtest
