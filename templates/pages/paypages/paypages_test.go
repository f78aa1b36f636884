package paypages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
	"github.com/echelon-hr/echelon/templates/pages/paypages"
)

func TestPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[paypages.BandsView]{Name: "bands", Make: paypages.Bands, Set: func(v *paypages.BandsView, l lang.Lang) {
		v.Shell.Lang = l
		for i := range v.Bands {
			v.Bands[i].Period = "YEAR"
		}
	}})
}

func TestBandsSayWhoReadsThemAndThatTheyAreInvented(t *testing.T) {
	v := paypages.BandsView{Shell: layout.Shell{Lang: lang.FR, Demo: true}, Readers: []string{"RH"}, Bands: []paypages.Band{
		{Profile: "tm", Title: lang.NewText("Responsable", "Manager"), Currency: "EUR", Period: "YEAR", Min: "35000", Target: "42000", Max: "49500"},
	}}
	html := pagetest.Render(t, paypages.Bands(v))
	for _, want := range []string{"RH", "Montants inventés", "42\u00a0000\u00a0€", "aucun"} {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
}
