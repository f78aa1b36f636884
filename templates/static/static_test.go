package static_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/templates/static"
)

// needAssets skips where the assets were not built, and fails where everything must be there.
func needAssets(t *testing.T) {
	t.Helper()
	if !static.Built() {
		testkit.Missing(t, "what the browser gets", "run make assets")
	}
}

func TestAssetsCarryTheirHashAndAreServed(t *testing.T) {
	needAssets(t)
	for _, name := range []string{"app.css", "app.js", "icons.svg", "mark.svg"} {
		addr := static.Asset(name)
		if strings.Count(addr, ".") != 2 {
			t.Errorf("%s has no hash: %s", name, addr)
		}
		if _, err := fs.Stat(static.FS(), strings.TrimPrefix(addr, static.Prefix)); err != nil {
			t.Error(err)
		}
	}
}

func TestStyleSheetLoadsNothingFromAnotherHost(t *testing.T) {
	needAssets(t)
	css, err := fs.ReadFile(static.FS(), strings.TrimPrefix(static.Asset("app.css"), static.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"url(http", "url(//", `url("http`, "@import"} {
		if strings.Contains(string(css), bad) {
			t.Errorf("the style sheet has %s", bad)
		}
	}
}

func TestUnknownAssetHasAnAddressThatIsNotServed(t *testing.T) {
	if got := static.Asset("none.css"); got != "/static/none.css" {
		t.Errorf("address is %s", got)
	}
}
