package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs"
)

// relations measures reading a profile as JSON, on both databases.
func (b *bench) relations() ([]row, error) {
	var rows []row
	for _, kind := range kinds {
		site, err := b.site(kind)
		if err != nil {
			return nil, err
		}
		r, err := b.relationsOn(site, kind)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

func (b *bench) relationsOn(site *app.App, kind string) (row, error) {
	p, err := site.Services.Jobs.Get(b.ctx, b.reader, flagship)
	if err != nil {
		return row{}, err
	}
	if err := fillTables(b.ctx, site.DB.DB, p); err != nil {
		return row{}, err
	}
	var ours, theirs bytes.Buffer
	read := func() error {
		ours.Reset()
		return b.writeProfile(&ours, site)
	}
	related := func() error {
		theirs.Reset()
		return writeRelated(b.ctx, &theirs, site.DB.DB)
	}
	if err := errors.Join(read(), related(), b.sameAsAPI(site, ours.Bytes())); err != nil {
		return row{}, err
	}
	m, err := interleave(b.reps, each(read), each(related))
	if err != nil {
		return row{}, err
	}
	name, seen := "SQLite", "3.7×"
	if kind == "postgresql" {
		name, seen = "PostgreSQL", "2.9×"
	}
	return row{
		measured: "profile JSON, not cached, " + name, against: "bun with `Relation` for each child table, same database",
		ours: m[0], theirs: m[1], unit: milliseconds, limit: fasterBy(2), seen: seen,
		how: fmt.Sprintf("the service reads the territory manager and its answer is written as the API writes it (%d kB, "+
			"compared with the API's own before); theirs loads the same content from %d tables filled from it and writes it "+
			"(%d kB; without the revisions of translations, with variants as one column).",
			ours.Len()/1000, len(relatedTables), theirs.Len()/1000),
	}, nil
}

// The API's answer for a profile, said again here so that it can be made without HTTP; sameAsAPI holds the two
// to the same bytes.
type (
	answer struct {
		Slug      string         `json:"slug"`
		Archived  bool           `json:"archived"`
		Placement jobs.Placement `json:"placement"`
		Version   answerVersion  `json:"version"`
		Variant   string         `json:"variant,omitempty"`
		Content   document       `json:"content"`
	}
	answerVersion struct {
		Number       int               `json:"number"`
		State        jobs.VersionState `json:"state"`
		Hash         string            `json:"hash"`
		Schema       int               `json:"schema"`
		PublishedAt  time.Time         `json:"published_at"`
		SupersededAt *time.Time        `json:"superseded_at,omitempty"`
	}
	document jsontext.Value
)

// MarshalJSON writes the document as it is stored.
func (d document) MarshalJSON() ([]byte, error) { return d, nil }

func (b *bench) writeProfile(w io.Writer, site *app.App) error {
	p, err := site.Services.Jobs.Raw(b.ctx, b.reader, flagship)
	if err != nil {
		return err
	}
	v := p.Version
	return jsonv2.MarshalWrite(w, &answer{
		Slug: p.Slug, Archived: p.Archived, Placement: p.Placement, Content: v.Document,
		Version: answerVersion{Number: v.Number, State: v.State, Hash: v.Hash, Schema: v.Schema, PublishedAt: v.PublishedAt},
	}, jsonv2.Deterministic(true))
}

// sameAsAPI asks the API itself and compares.
func (b *bench) sameAsAPI(site *app.App, ours []byte) error {
	opened, err := site.Services.Accounts.SignInPersona(b.ctx, actor.Nobody(), "employee", "", "")
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(b.ctx, http.MethodGet, web.APIPrefix+"/jobs/"+flagship, nil)
	if err != nil {
		return err
	}
	req.Host = "127.0.0.1"
	req.AddCookie(&http.Cookie{Name: web.SessionCookie(false), Value: opened.Token})
	res, err := site.Web.Test(req, -1)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if !bytes.Equal(bytes.TrimSpace(body), bytes.TrimSpace(ours)) {
		return fmt.Errorf("the API answers otherwise than measured here (status %d, %d bytes instead of %d): change type "+
			"answer the way package jobsweb changed", res.StatusCode, len(body), len(ours))
	}
	return nil
}
