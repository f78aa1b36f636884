package adminpages

import (
	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// SettingsView is the page of settings, with the form as it was last filled in.
type SettingsView struct {
	layout.Shell
	Company, TimeZone, Language string
	Problem                     string // at the top of a form that was refused
	CompanyError                string // broken rules in words, "" for none
	TimeZoneError               string
	LanguageError               string
	Saved, Tried                bool // what was just done
	Writes                      bool // the reader may change them
	Facts                       []Fact
}

// Fact is something about the installation that is read and not changed here.
type Fact struct{ Label, Value string }

// offeredZones are offered in the form; any other name of the IANA database is taken too.
var offeredZones = []string{
	"Europe/Paris", "America/Guadeloupe", "America/Martinique",
	"America/Cayenne", "America/Miquelon", "Indian/Reunion", "Indian/Mayotte",
	"Pacific/Noumea", "Pacific/Tahiti", "Europe/Brussels",
	"Europe/Luxembourg", "Europe/Zurich", "Europe/London", "Europe/Dublin",
	"America/Toronto", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "UTC",
}

// fixed are the attributes of a field that the reader may not change: readonly, or disabled for a choice.
func (v SettingsView) fixed(how string) templ.Attributes { return templ.Attributes{how: !v.Writes} }

func (v SettingsView) zoneAttributes() templ.Attributes {
	out := v.fixed("readonly")
	out["list"], out["spellcheck"] = "time-zones", "false"
	return out
}

// languages are the choices, each in the reader's own language.
func (v SettingsView) languages() []components.Choice {
	return []components.Choice{
		{Value: string(lang.FR), Label: v.T(msg.SettingsLangFr)}, {Value: string(lang.EN), Label: v.T(msg.SettingsLangEn)},
	}
}
