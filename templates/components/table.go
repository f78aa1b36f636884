package components

// Head is what a table has above its rows.
type Head struct {
	Name    string // of the region that scrolls
	Caption string
	Shown   bool // the caption, to everybody; else it is for those who do not see the page
	Columns []Column
}

// Column is the head of one column.
type Column struct {
	label       string
	end, hidden bool
}

// Col is a column of words.
func Col(label string) Column { return Column{label: label} }

// Num is a column of numbers, which stand at its end.
func Num(label string) Column { return Column{label: label, end: true} }

// Acts is a column of what can be done, whose buttons say so themselves.
func Acts(label string) Column { return Column{label: label, end: true, hidden: true} }
