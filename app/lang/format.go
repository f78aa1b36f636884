package lang

import (
	"strconv"
	"strings"
	"time"

	"github.com/go-playground/locales"
	"github.com/go-playground/locales/en"
	"github.com/go-playground/locales/fr"
)

var locale = map[Lang]locales.Translator{FR: fr.New(), EN: en.New()}

// separators per language: thousands, decimal point. French groups with a no-break space, which every
// font of the product has; the narrow one is missing in many.
func (l Lang) separators() (group, point string) {
	if l == FR {
		return nbsp, ","
	}
	return ",", "."
}

// Number writes a whole number with its groups: 75 000 or 75,000.
func Number(l Lang, n int) string { return Decimal(l, strconv.Itoa(n)) }

// Decimal writes a decimal numeral ("-1234.5") with groups and the language's point. What is not a
// numeral is returned as it is.
func Decimal(l Lang, s string) string {
	sign, digits := "", s
	if strings.HasPrefix(s, "-") {
		sign, digits = "-", s[1:]
	}
	whole, frac, hasFrac := strings.Cut(digits, ".")
	if whole == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return s
	}
	group, point := l.separators()
	var b strings.Builder
	b.WriteString(sign)
	for i, d := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	if hasFrac && frac != "" {
		b.WriteString(point + frac)
	}
	return b.String()
}

// Percent writes a number of percent: 20 % or 20%.
func Percent(l Lang, n string) string {
	if l == FR {
		return Decimal(l, n) + nbsp + "%"
	}
	return Decimal(l, n) + "%"
}

var symbols = map[string]string{"USD": "$", "EUR": "€", "GBP": "£"}

// Money writes a decimal amount in a currency: 75 000 $ or $75,000; a currency without a sign of its own
// shows its ISO code.
func Money(l Lang, amount, currency string) string {
	n, symbol := Decimal(l, amount), symbols[currency]
	switch {
	case symbol == "" && l == FR:
		return n + nbsp + currency
	case symbol == "":
		return currency + nbsp + n
	case l == FR:
		return n + nbsp + symbol
	case strings.HasPrefix(n, "-"):
		return "-" + symbol + n[1:]
	default:
		return symbol + n
	}
}

// Date writes a date for reading: 5 déc. 2026 or 5 Dec 2026; the first of a month is « 1er » in French.
func Date(l Lang, t time.Time) string {
	day := strconv.Itoa(t.Day())
	if l == FR && t.Day() == 1 {
		day = "1er"
	}
	return day + nbsp + locale[l].MonthAbbreviated(t.Month()) + nbsp + strconv.Itoa(t.Year())
}

// Day writes a date of the form yyyy-mm-dd for reading, as Date does. What is not one is returned as it is.
func Day(l Lang, s string) string {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return s
	}
	return Date(l, t)
}

// LastDay writes the last day of what ends before a day of the form yyyy-mm-dd. What is not one is returned as it is.
func LastDay(l Lang, end string) string {
	t, err := time.Parse(time.DateOnly, end)
	if err != nil {
		return end
	}
	return Date(l, t.AddDate(0, 0, -1))
}

// Month writes a month from its form yyyy-mm: mai 2024 or May 2024. What is not one is returned as it is.
func Month(l Lang, s string) string {
	t, err := time.Parse("2006-01", s)
	if err != nil {
		return s
	}
	return locale[l].MonthWide(t.Month()) + nbsp + strconv.Itoa(t.Year())
}

// Duration writes a number of months: 18 mois, 2 ans; 18 months, 2 years. Whole years from two up.
func Duration(l Lang, months int) string {
	years := months / 12
	if months%12 == 0 && years >= 2 {
		if l == FR {
			return Number(l, years) + nbsp + "ans"
		}
		return Number(l, years) + nbsp + "years"
	}
	unit := "months"
	switch {
	case l == FR:
		unit = "mois"
	case months == 1:
		unit = "month"
	}
	return Number(l, months) + nbsp + unit
}
