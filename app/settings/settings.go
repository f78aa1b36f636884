// Package settings is what holds for the whole company: its name, its time zone and its default language. It is
// ground floor: it knows neither HTTP nor SQL nor any domain.
package settings

import (
	"time"
	_ "time/tzdata" // so that every time zone is known on machines and in containers that have no list of them

	"github.com/echelon-hr/echelon/app/lang"
)

// Settings are the settings in force.
type Settings struct {
	Company  string // may be empty
	TimeZone string // a name of the IANA database; says what day it is
	Lang     lang.Lang
}

// Input is what an administrator asks for; all of it replaces what is in force.
type Input struct {
	Company  string    `json:"company" validate:"max=120,line"`
	TimeZone string    `json:"time_zone" validate:"required,timezone"`
	Lang     lang.Lang `json:"lang" validate:"oneof=fr en"`
}

// The names of the settings, as they are stored, journalled and named by the fields of a fault.
const (
	company  = "company"
	timeZone = "time_zone"
	language = "lang"
)

// over lays stored values over the settings. What cannot be a value, stored by whatever hand, is passed over.
func (s Settings) over(stored map[string]string) Settings {
	if v, ok := stored[company]; ok {
		s.Company = v
	}
	if v, ok := stored[timeZone]; ok && v != "" {
		if _, err := time.LoadLocation(v); err == nil {
			s.TimeZone = v
		}
	}
	if l, err := lang.Parse(stored[language]); err == nil {
		s.Lang = l
	}
	return s
}

// changes are the values that differ, by name.
func (s Settings) changes(in Input) map[string]string {
	out := map[string]string{}
	if in.Company != s.Company {
		out[company] = in.Company
	}
	if in.TimeZone != s.TimeZone {
		out[timeZone] = in.TimeZone
	}
	if in.Lang != s.Lang {
		out[language] = string(in.Lang)
	}
	return out
}

// day is the date that it is at an instant in a time zone, as yyyy-mm-dd.
func day(t time.Time, in *time.Location) string { return t.In(in).Format(time.DateOnly) }
