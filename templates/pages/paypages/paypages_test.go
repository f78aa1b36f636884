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

func TestBandsOfARoleStandTogether(t *testing.T) {
	band := func(role, zone, top string) paypages.Band {
		return paypages.Band{Profile: role, Title: lang.NewText(role, role), Zone: lang.NewText(zone, zone), Currency: "EUR", Period: "YEAR", Min: "1", Target: "2", Max: top}
	}
	html := pagetest.Render(t, paypages.Bands(paypages.BandsView{Shell: layout.Shell{Lang: lang.EN}, Bands: []paypages.Band{
		band("first", "zone-a", "30000"), band("second", "zone-b", "50000"), band("first", "zone-c", "40000"),
	}}))
	if strings.Count(html, `rowspan="2"`) != 1 || strings.Index(html, "zone-c") > strings.Index(html, "zone-b") {
		t.Error("the zones of a role are apart")
	}
	if !strings.Contains(html, "bars run from 0 to €50,000") {
		t.Error("the scale of the bars is not said")
	}
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
