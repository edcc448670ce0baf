package importer

import (
	"fmt"
	"strings"
)

// BenchText is n companies with some twenty cells filled.
func BenchText(n int) string {
	var b strings.Builder
	b.WriteString("Account_Name,Phone,Website,Account_Number,Account_Type,Ownership,Industry,Employees,Annual_Revenue,SIC_Code,Rating," +
		"Billing_Street,Billing_City,Billing_State,Billing_Code,Billing_Country,Shipping_Street,Shipping_City,Description,Tag,unknown\n")
	for i := range n {
		fmt.Fprintf(&b, "%s Company %d,+1 617 555 %04d,www.company%d.example,N%07d,Customer,Private,Technology,%d,%d.50,1234,Active,"+
			"%d High Street,Boston,MA,02110,USA,%d Mill Street,Leeds,A description of company %d of ordinary length,key,x\n",
			[]string{"Alpha", "Beta", "Gamma", "Delta", "Omega"}[i*7%5], i, i%10000, i, i, i%5000, i*37, i, i, i)
	}
	return b.String()
}
