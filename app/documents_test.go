package app_test

import (
	"archive/zip"
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// TestOneArchiveAtATime: while an archive is made for somebody, a second large document of theirs is refused with when
// to come back, a single one is made at once, and the first arrives whole.
func TestOneArchiveAtATime(t *testing.T) {
	var made atomic.Int64
	begun, release := make(chan struct{}), make(chan struct{})
	a := apptest.Build(t, apptest.Demo(t, "sqlite"), true)
	a.Printer.Press = jobsweb.NewPress(func(ctx context.Context, d pdf.Document) ([]byte, error) {
		if made.Add(1) == 1 {
			close(begun)
			<-release
		}
		return []byte("%PDF-"), ctx.Err()
	})
	s := apptest.Serve(t, a)
	v := s.As(t, "employee")
	whole := make(chan apptest.Answer, 1)
	go func() { whole <- v.Get("/families/sales.zip") }()
	<-begun
	for _, path := range []string{"/families/sales.zip", "/families/sales.pdf", "/api/v1/families/sales/zip", "/api/v1/families/sales/pdf"} {
		busy := v.Get(path)
		if busy.Status != http.StatusTooManyRequests || busy.Header.Get("Retry-After") != "5" {
			t.Errorf("%s: %d, to be tried again after %q", path, busy.Status, busy.Header.Get("Retry-After"))
		}
		if strings.HasPrefix(path, "/api/") && !strings.Contains(busy.Body, `"code":"documents.own"`) {
			t.Errorf("%s: %s", path, busy.Body)
		}
	}
	if made.Load() != 1 {
		t.Errorf("%d documents were made for an archive that waits", made.Load())
	}
	if single := v.Get("/jobs/territory-manager.pdf"); single.Status != http.StatusOK {
		t.Errorf("a single document waits behind an archive: %d", single.Status)
	}
	close(release)
	archive := <-whole
	z, err := zip.NewReader(strings.NewReader(archive.Body), int64(len(archive.Body)))
	if err != nil || archive.Status != http.StatusOK || len(z.File) == 0 {
		t.Fatalf("%d, %v", archive.Status, err)
	}
	before := made.Load()
	again := v.Do(http.MethodGet, "/families/sales.zip", nil, http.Header{"If-None-Match": {archive.Header.Get("ETag")}})
	if again.Status != http.StatusNotModified || made.Load() != before {
		t.Errorf("who has the archive gets %d, and %d documents are made for it", again.Status, made.Load()-before)
	}
	if head := v.Do(http.MethodHead, "/families/sales.zip", nil, nil); head.Status != http.StatusOK || made.Load() != before {
		t.Errorf("a HEAD gets %d, and %d documents are made for it", head.Status, made.Load()-before)
	}
	if next := v.Get("/families/sales.zip"); next.Status != http.StatusOK {
		t.Errorf("the next one is refused: %d", next.Status)
	}
}
