package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConvert(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	require.Equal(t, `there is: Accounts ACME, by Account_Name
links one of Accounts
	Account_Name stays ACME
	Phone stays 555-0100
	Website = acme.example, of the lead's Website
makes one of Contacts
	Owner = bob, of the lead's Owner
	First_Name = Ann, of the lead's First_Name
	Last_Name = Lee, of the lead's Last_Name
	Email = ann@acme.example, of the lead's Email
	Phone = 555-0199, of the lead's Phone
makes one of Deals
	Deal_Name = Two pumps
	Closing_Date = 2026-06-30
	Stage = Qualification
	Owner = bob, of the lead's Owner
moves one of Tasks to Accounts Contacts
moves one of Notes to Contacts
refused: MAPPING_MISMATCH
made: 2 records; linked the account: true
refused: ID_ALREADY_CONVERTED – the same contact: true
there are: 0 Leads 1 Accounts 1 Contacts 1 Deals
refused: CONVERTED_RECORD
refused: something depends on it, among it the note: true
reverted: 2 purged, 4 put back
there are: 1 Leads 1 Accounts 0 Contacts 0 Deals
`, out.String())
}
