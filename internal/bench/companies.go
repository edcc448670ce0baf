package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"

	"github.com/clientele-go/crm/account"
	"github.com/clientele-go/crm/record"
)

// seed makes every run generate the same files.
const seed = 20260131

// column is one column of the generated file.
type column struct {
	name string
	fill int // of a hundred rows, how many have a value
	cell func(c *company) string
}

// company is what the cells of one row are made from.
type company struct {
	*rand.Rand
	n      int
	name   string
	parent string
}

func (c *company) one(of ...string) string { return of[c.IntN(len(of))] }

func (c *company) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(c.IntN(10))
	}
	b[0] = '1' + b[0]%9
	return string(b)
}

func (c *company) value(list *record.PickValues) string {
	return list.Values[c.IntN(len(list.Values))].Actual
}

// columns are the 28 fields of Accounts that a file can set, and seven that no field knows, as an export of some other
// program has them. About two cells of three are filled, in rows of some 450 bytes.
func columns() []column {
	text := func(name string, fill int, cell func(c *company) string) column { return column{name, fill, cell} }
	number := func(c *company) string { return strconv.Itoa(c.n) }
	street := func(c *company) string {
		return c.digits(3) + " " + c.word() + " " + c.one("Street", "Road", "Avenue", "Lane")
	}
	cs := []column{
		text("Account_Name", 100, func(c *company) string { return c.name }),
		text("Row_No", 100, number),
		text("Owner", 90, func(c *company) string { return "user" + strconv.Itoa(c.IntN(50)) }),
		text("Phone", 90, func(c *company) string { return "+1 " + c.digits(3) + " 555 " + c.digits(4) }),
		text("Account_Site", 40, func(c *company) string { return c.one("Headquarters", "Branch", "Plant", "Warehouse") }),
		text("Fax", 30, func(c *company) string { return "+1 " + c.digits(3) + " 556 " + c.digits(4) }),
		text("Parent_Account", 100, func(c *company) string { return c.parent }),
		text("Website", 80, func(c *company) string { return "https://www.c" + strconv.Itoa(c.n) + ".example/about" }),
		text("Account_Number", 90, func(c *company) string { return "AC-" + strconv.Itoa(1_000_000+c.n) }),
		text("Ticker_Symbol", 15, func(c *company) string { return c.one("NYSE:", "NASDAQ:") + c.digits(4) }),
		text("Account_Type", 80, func(c *company) string { return c.value(account.Types) }),
		text("Ownership", 60, func(c *company) string { return c.value(account.Ownerships) }),
		text("Industry", 80, func(c *company) string { return c.value(account.Industries) }),
		text("Employees", 80, func(c *company) string { return strconv.Itoa(1 + c.IntN(20_000)) }),
		text("Annual_Revenue", 80, func(c *company) string { return c.digits(5+c.IntN(4)) + "." + c.digits(2) }),
		text("SIC_Code", 40, func(c *company) string { return c.digits(4) }),
		text("Rating", 50, func(c *company) string { return c.value(account.Ratings) }),
		text("Tag", 30, func(c *company) string { return c.one("key", "key;2026", "west;renewal", "fair") }),
		text("Segment", 70, func(c *company) string { return c.one("Enterprise", "Middle market", "Small business") }),
		text("Description", 60, func(c *company) string { return c.sentence() }),
		text("Source_System", 90, func(c *company) string { return c.one("erp-1", "erp-2", "crm-old") }),
		text("Legacy_Key", 90, func(c *company) string { return c.digits(18) }),
		text("Checked", 60, func(c *company) string { return c.one("true", "false") }),
		text("Last_Export", 90, func(c *company) string { return "2026-01-" + strconv.Itoa(10+c.IntN(20)) + "T08:30:00Z" }),
		text("Remarks", 40, func(c *company) string { return c.sentence() }),
	}
	for _, kind := range []string{"Billing", "Shipping"} {
		fill := map[string]int{"Billing": 85, "Shipping": 45}[kind]
		cs = append(cs,
			text(kind+"_Street", fill, street),
			text(kind+"_City", fill, func(c *company) string { return c.one("Boston", "Leeds", "Austin", "São Paulo", "上海", "Lyon") }),
			text(kind+"_State", fill, func(c *company) string { return c.one("MA", "Yorkshire", "TX", "SP", "Rhône") }),
			text(kind+"_Code", fill, func(c *company) string { return c.digits(5) }),
			text(kind+"_Country", fill, func(c *company) string { return c.one("United States", "United Kingdom", "Brazil", "中国", "France") }))
	}
	return cs
}

func (c *company) word() string {
	return c.one("Northern", "Silver", "Maple", "Harbor", "Granite", "Falcon", "Cedar", "Union", "Orient", "Prairie", "Summit",
		"Coral", "Beacon", "Atlas", "Quartz", "Willow", "Delta", "Ember", "Juniper", "Velvet")
}

func (c *company) sentence() string {
	s := c.one("Makes", "Sells", "Repairs", "Imports") + " " + c.one("pumps", "valves, seals", "paper", "bearings", "cables") +
		" for " + c.one("hospitals", "farms", "the \"green\" market", "shipyards", "schools") + " since " + strconv.Itoa(1900+c.IntN(120))
	return s + "; known to " + c.word() + " " + c.word() + " as a " + c.one("careful", "prompt", "large") + " buyer"
}

// name is the name of the n-th company, which no other has. One in ten is Chinese, some have commas and a few quotes.
func name(r *rand.Rand, pcg *rand.PCG, n int) string {
	pcg.Seed(seed, uint64(n))
	c := company{Rand: r}
	switch k := c.IntN(100); {
	case k < 10:
		return c.one("上海", "北京", "深圳", "杭州") + c.one("华信", "东方", "长城", "明珠") + c.one("科技", "贸易", "机械") + strconv.Itoa(n) + "有限公司"
	case k < 18:
		return c.word() + ", " + c.word() + " & Co. " + strconv.Itoa(n)
	case k < 20:
		return c.word() + " \"" + c.word() + "\" Mills " + strconv.Itoa(n)
	}
	return c.word() + " " + c.word() + " " + c.one("Works", "Trading", "Systems", "Foods", "Ltd") + " " + strconv.Itoa(n)
}

// generate writes a CSV file of the companies from one number up to, and not with, another. parent tells whose member a
// company is, or is less than 0.
func generate(path string, from, to int, parent func(n int) int) (err error) {
	f, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	out := bufio.NewWriterSize(f, 1<<20)
	w := csv.NewWriter(out)
	cs := columns()
	cells := make([]string, len(cs))
	for i := range cs {
		cells[i] = cs[i].name
	}
	if err := w.Write(cells); err != nil {
		return err
	}
	pcg := rand.NewPCG(seed, 0)
	r := rand.New(pcg)
	for n := from; n < to; n++ {
		c := &company{Rand: r, n: n}
		if p := parent(n); p >= 0 {
			c.parent = name(r, pcg, p)
		}
		c.name = name(r, pcg, n)
		for i := range cs {
			if cells[i] = ""; c.IntN(100) < cs[i].fill {
				cells[i] = cs[i].cell(c)
			}
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
	w.Flush()
	return errors.Join(w.Error(), out.Flush())
}

// alone is the parent of companies that have none.
func alone(int) int { return -1 }

// inTree makes the companies from first on a tree in which each has ten members.
func inTree(first int) func(n int) int {
	return func(n int) int {
		if n == first {
			return -1
		}
		return first + (n-first-1)/10
	}
}

// nameOf is the name of the n-th company.
func nameOf(n int) string {
	pcg := rand.NewPCG(seed, 0)
	return name(rand.New(pcg), pcg, n)
}
