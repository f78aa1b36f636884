package auditweb

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/web"
)

// maxRows bounds the file: an answer is made whole before it goes out. The command line has no bound.
const maxRows = 20_000

// csv answers the entries of a filter as a file: ids and names as the journal has them, the oldest first.
func (h *Handlers) csv(c *fiber.Ctx) error {
	f := filterOf(c)
	f.Limit = maxRows
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true // as RFC 4180 has it
	if err := w.Write(columns); err != nil {
		return err
	}
	err := h.Audit.Export(c.UserContext(), actor.From(c.UserContext()), f, func(e audit.Entry) error {
		cells, err := cells(e)
		if err != nil {
			return err
		}
		return w.Write(cells)
	})
	if err != nil {
		return err
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return web.Download(c, "text/csv; charset=utf-8; header=present", "journal.csv", false, b.Bytes())
}

var columns = []string{"seq", "at", "actor", "behalf", "action", "object", "outcome", "address", "details", "previous", "hash"}

func cells(e audit.Entry) ([]string, error) {
	details := ""
	if len(e.Details) > 0 {
		doc, err := canon.Marshal(e.Details)
		if err != nil {
			return nil, err
		}
		details = string(doc.Text)
	}
	out := []string{
		strconv.FormatInt(e.Seq, 10), e.At.UTC().Format(time.RFC3339Nano), e.Actor, e.Behalf, e.Action, e.Object, string(e.Outcome), e.Address, details, e.Previous, e.Hash,
	}
	for i := range out {
		out[i] = defused(out[i])
	}
	return out, nil
}

// defused keeps a spreadsheet from taking a cell for a formula: what begins like one gets an apostrophe before it.
func defused(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
