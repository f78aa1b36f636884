package jobsweb

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// Order is what is asked of a document: the same words on the page, in the API and on the command line.
type Order struct {
	Langs   string // fr, en, or fr,en; "" for the reader's own
	Paper   string // a4 or letter; "" for a4
	Edition string // profile or guide; "" for profile
	Variant string
	Pay     bool // the pay section too, for readers who may see it
	Sign    bool // the acknowledgement block
}

// parsed is an order that makes sense.
type parsed struct {
	langs   []lang.Lang
	paper   pdf.Paper
	edition pdf.Edition
	variant string
	pay     bool
	sign    bool
}

func (o Order) parse(reader lang.Lang) (parsed, error) {
	p := parsed{langs: []lang.Lang{reader}, paper: pdf.A4, edition: pdf.Profile, variant: o.Variant, pay: o.Pay, sign: o.Sign}
	if o.Langs != "" {
		p.langs = nil
		for _, s := range strings.Split(o.Langs, ",") {
			l, err := lang.Parse(strings.TrimSpace(s))
			if err != nil || len(p.langs) == len(lang.All()) || len(p.langs) == 1 && p.langs[0] == l {
				return p, refuse("language", "lang", "fr en fr,en")
			}
			p.langs = append(p.langs, l)
		}
	}
	var err error
	if o.Paper != "" {
		if p.paper, err = pdf.ParsePaper(o.Paper); err != nil {
			return p, refuse("paper", "paper", "a4 letter")
		}
	}
	if o.Edition != "" {
		if p.edition, err = pdf.ParseEdition(o.Edition); err != nil {
			return p, refuse("edition", "edition", "profile guide")
		}
	}
	return p, nil
}

func refuse(code, field, allowed string) error {
	return fault.New(fault.Invalid, code, "unknown %s: use one of %s", field, strings.ReplaceAll(allowed, " ", ", ")).At(field, "oneof", allowed)
}

// File is a finished document with the name it is saved under.
type File struct {
	Name        string
	ContentType string
	Body        []byte
}

// Printer makes documents about roles.
type Printer struct {
	Library *Library
	// Company is the company's name now, "" for none.
	Company func(ctx context.Context) (string, error)
	BaseURL string
	Press   *Press
}

// Profile prints one role. Asking for pay without the right to see bands is a Forbidden fault.
func (p *Printer) Profile(ctx context.Context, a actor.Actor, slug string, reader lang.Lang, o Order) (File, error) {
	order, err := o.parse(reader)
	if err != nil {
		return File{}, err
	}
	leave, err := p.Press.single.enter(ctx, a.ID)
	if err != nil {
		return File{}, err
	}
	defer leave()
	doc, err := p.Document(ctx, a, slug, reader, o)
	if err != nil {
		return File{}, err
	}
	body, err := p.Press.render(ctx, doc)
	return File{Name: fileName(slug, order), ContentType: "application/pdf", Body: body}, err
}

// Document reads what Profile prints, with the same faults.
func (p *Printer) Document(ctx context.Context, a actor.Actor, slug string, reader lang.Lang, o Order) (pdf.JobDocument, error) {
	order, err := o.parse(reader)
	if err != nil {
		return pdf.JobDocument{}, err
	}
	d, err := p.Library.dossier(ctx, a, slug, order.variant, 0)
	if err != nil {
		return pdf.JobDocument{}, err
	}
	return p.document(ctx, a, d, order)
}

// Family prints all roles of a family as one file with a table of contents.
func (p *Printer) Family(ctx context.Context, a actor.Actor, family string, reader lang.Lang, o Order) (File, error) {
	leave, err := p.Press.large.enter(ctx, a.ID)
	if err != nil {
		return File{}, err
	}
	defer leave()
	docs, order, err := p.documents(ctx, a, family, reader, o)
	if err != nil {
		return File{}, err
	}
	body, err := p.Press.render(ctx, pdf.FamilyDocument{
		Company: docs[0].Company, Link: p.BaseURL + "/families/" + family, Langs: order.langs, Paper: order.paper, Edition: order.edition,
		Family: docs[0].Family, Profiles: docs,
	})
	return File{Name: fileName(family, order), ContentType: "application/pdf", Body: body}, err
}

// Archive is all roles of a family as single files in a ZIP, made while it is written. Close gives back its place.
type Archive struct {
	Name   string
	Tag    string // names its bytes, as an ETag does
	docs   []pdf.JobDocument
	order  parsed
	render func(ctx context.Context, d pdf.Document) ([]byte, error)
	Close  func()
}

// Archive prepares the archive of a family; what is wrong with the order is found before the first byte.
func (p *Printer) Archive(ctx context.Context, a actor.Actor, family string, reader lang.Lang, o Order) (*Archive, error) {
	quit, err := p.Press.large.reserve(a.ID)
	if err != nil {
		return nil, err
	}
	docs, order, err := p.documents(ctx, a, family, reader, o)
	if err != nil {
		quit()
		return nil, err
	}
	tag, err := p.Press.tag(docs)
	if err != nil {
		quit()
		return nil, err
	}
	name := strings.TrimSuffix(fileName(family, order), ".pdf") + ".zip"
	return &Archive{Name: name, Tag: tag, docs: docs, order: order, render: p.Press.part, Close: quit}, nil
}

// zipType is the media type of archives.
const zipType = "application/zip"

// Write makes one document after the other and writes each before the next is made. The same content gives the same
// bytes.
func (z *Archive) Write(ctx context.Context, to io.Writer) error {
	w := zip.NewWriter(to)
	for i := range z.docs {
		if err := z.add(ctx, w, z.docs[i]); err != nil {
			return err
		}
		z.docs[i] = pdf.JobDocument{} // it is not needed any more, and slow readers take their time
	}
	return zipFault(w.Close())
}

func (z *Archive) add(ctx context.Context, to *zip.Writer, doc pdf.JobDocument) error {
	body, err := z.render(ctx, doc)
	if err != nil {
		return err
	}
	name, at := fileName(doc.Profile.Slug, z.order), doc.Profile.Version.PublishedAt.Truncate(2*time.Second)
	w, err := to.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: at})
	if err != nil {
		return zipFault(err)
	}
	if _, err := w.Write(body); err != nil {
		return zipFault(err)
	}
	return zipFault(to.Flush())
}

func zipFault(err error) error {
	if err != nil {
		return fmt.Errorf("write archive: %w", err)
	}
	return nil
}

// ArchiveFile is Archive with its bytes, for the command line.
func (p *Printer) ArchiveFile(ctx context.Context, a actor.Actor, family string, reader lang.Lang, o Order) (File, error) {
	z, err := p.Archive(ctx, a, family, reader, o)
	if err != nil {
		return File{}, err
	}
	defer z.Close()
	var b bytes.Buffer
	err = z.Write(ctx, &b)
	return File{Name: z.Name, ContentType: zipType, Body: b.Bytes()}, err
}

func (p *Printer) documents(ctx context.Context, a actor.Actor, family string, reader lang.Lang, o Order) ([]pdf.JobDocument, parsed, error) {
	o.Variant = "" // a variant is one role's
	order, err := o.parse(reader)
	if err != nil {
		return nil, order, err
	}
	s, err := p.Library.shelf(ctx, a, family, nil)
	if err != nil {
		return nil, order, err
	}
	profiles, err := p.Library.Jobs.InFamily(ctx, a, family, order.langs[0])
	if err != nil {
		return nil, order, err
	}
	if len(profiles) == 0 {
		return nil, order, fault.New(fault.NotFound, "not_found", "family %s has no published profile", family)
	}
	var docs []pdf.JobDocument
	for _, profile := range profiles {
		d, err := p.Library.onShelf(ctx, a, profile, "", s)
		if err != nil {
			return nil, order, err
		}
		doc, err := p.document(ctx, a, d, order)
		if err != nil {
			return nil, order, err
		}
		docs = append(docs, doc)
	}
	return docs, order, nil
}

func (p *Printer) document(ctx context.Context, a actor.Actor, d dossier, o parsed) (pdf.JobDocument, error) {
	link := p.BaseURL + "/jobs/" + d.profile.Slug
	if o.edition == pdf.Guide {
		link += "/guide"
	}
	if o.variant != "" {
		link += "?variant=" + o.variant
	}
	company, err := p.Company(ctx)
	if err != nil {
		return pdf.JobDocument{}, err
	}
	doc := pdf.JobDocument{
		Company: company, Link: link, Langs: o.langs, Paper: o.paper, Edition: o.edition,
		Profile: d.profile, Reading: d.edition, Family: d.family, ReportsTo: d.superior,
		Competencies: d.competencies, Scales: d.scales, Certifications: d.certifications, Acknowledgement: o.sign,
	}
	doc.Ladder.Previous, doc.Ladder.Next = rungs(d.previous), rungs(d.next)
	for _, s := range d.next {
		line := pdf.MoveLine{Title: s.title, Kind: s.Kind, Months: s.TypicalMonths}
		for _, g := range s.adds {
			line.Adds = append(line.Adds, g.competency.Name)
		}
		doc.Ladder.Moves = append(doc.Ladder.Moves, line)
	}
	if !o.pay {
		return doc, nil
	}
	may, err := p.Library.Pay.MayRead(ctx, a, d.profile.Slug)
	if err == nil && !may {
		err = access.DecideOn(a, access.BandsRead, access.None, "profile:"+d.profile.Slug)
	}
	if err != nil {
		return doc, err
	}
	section, err := p.pay(ctx, a, d.profile.Slug)
	doc.Pay = section
	return doc, err
}

// rungs are the titles of the steps that lead up; only where none does, of those that lead across and up. A
// move sideways is no rung.
func rungs(steps []step) []lang.Text {
	for _, kind := range []careers.MoveKind{careers.Up, careers.Diagonal} {
		var out []lang.Text
		for _, s := range steps {
			if s.Kind == kind {
				out = append(out, s.title)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func (p *Printer) pay(ctx context.Context, a actor.Actor, slug string) (*pdf.Pay, error) {
	bands, scheme, zones, err := p.Library.bands(ctx, a, slug)
	if err != nil {
		return nil, err
	}
	section := &pdf.Pay{Effective: scheme.ActiveFrom, Note: scheme.Name}
	for _, b := range bands {
		section.Lines = append(section.Lines, pdf.PayLine{
			Zone: zones[b.Zone].Name, Min: b.Base.Min.Decimal(), Target: b.Base.Target.Decimal(), Max: b.Base.Max.Decimal(),
			Currency: b.Base.Min.Currency, Period: string(b.Base.Min.Period), Variable: variable(b.Variable.Decimal()), Mix: b.Mix(),
		})
	}
	return section, nil
}

// fileName says what is in the file: territory-manager.guide.fr-en.a4.pdf; the usual edition and paper go unsaid.
func fileName(slug string, o parsed) string {
	parts := []string{slug}
	if o.variant != "" {
		parts = append(parts, o.variant)
	}
	if o.edition != pdf.Profile {
		parts = append(parts, string(o.edition))
	}
	if o.pay { // a file that must not be forwarded says so in its name
		parts = append(parts, "pay")
	}
	var langs []string
	for _, l := range o.langs {
		langs = append(langs, string(l))
	}
	parts = append(parts, strings.Join(langs, "-"))
	if o.paper != pdf.A4 {
		parts = append(parts, string(o.paper))
	}
	return strings.Join(parts, ".") + ".pdf"
}

func orderOf(c *fiber.Ctx) Order {
	return Order{
		Langs: c.Query("lang"), Paper: c.Query("paper"), Edition: c.Query("edition"), Variant: c.Query("variant"),
		Pay: c.Query("pay") == "1", Sign: c.Query("sign") == "1",
	}
}

// deliver answers a request for a document; it opens in the browser rather than being saved unasked.
func deliver(c *fiber.Ctx, slug string, make func(context.Context, actor.Actor, string, lang.Lang, Order) (File, error)) error {
	ctx := c.UserContext()
	f, err := make(ctx, actor.From(ctx), slug, web.LangOf(ctx), orderOf(c))
	if err != nil {
		return err
	}
	return web.Download(c, f.ContentType, f.Name, true, f.Body)
}

func (p *Printer) servePDF(c *fiber.Ctx) error { return deliver(c, c.Params("slug"), p.Profile) }

func (p *Printer) serveFamily(c *fiber.Ctx) error { return deliver(c, c.Params("slug"), p.Family) }

func (p *Printer) serveArchive(c *fiber.Ctx) error {
	ctx := c.UserContext()
	z, err := p.Archive(ctx, actor.From(ctx), c.Params("slug"), web.LangOf(ctx), orderOf(c))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderETag, z.Tag)
	return web.DownloadStream(c, zipType, z.Name, web.Streamed(ctx, z.Write, z.Close))
}
