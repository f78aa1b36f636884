package sitepages

import (
	"net/http"
	"strings"

	"github.com/echelon-hr/echelon/app/lang/msg"
)

// wayBack is a page that an error page leads back to.
type wayBack struct {
	Href, Label string
}

// whole is the page that a wrongly asked document or variant belongs to: its address without the query and
// the kind of file. It is the zero way when the address itself may be what is wrong.
func (v ErrorView) whole() wayBack {
	path, query, _ := strings.Cut(v.Path, "?")
	asked := v.Status == http.StatusUnprocessableEntity || v.Status == http.StatusBadRequest
	if !v.Can.Jobs || query == "" || !asked && !strings.Contains(query, "variant=") {
		return wayBack{}
	}
	for _, kind := range []string{".pdf", ".zip"} {
		path = strings.TrimSuffix(path, kind)
	}
	slug := func(prefix string) bool {
		rest, ok := strings.CutPrefix(path, prefix)
		return ok && rest != "" && rest != "compare" && !strings.Contains(rest, "/")
	}
	switch {
	case slug("/jobs/"):
		return wayBack{path, v.T(msg.SiteBackToProfile)}
	case slug("/families/"):
		return wayBack{path, v.T(msg.SiteBackToFamily)}
	default:
		return wayBack{}
	}
}
