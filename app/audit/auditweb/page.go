package auditweb

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
)

func (h *Handlers) page(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	f := filterOf(c)
	f.After = c.Query("after")
	page, err := h.Audit.List(ctx, who, f)
	if err != nil {
		return err
	}
	s := speaker{lang: l}
	if s.names, err = h.Names(ctx, people(f, page.Items)); err != nil {
		return err
	}
	v := adminpages.JournalView{
		Part: page.Part, Areas: areas(l, f.Action), Outcomes: outcomes(l), CSV: address(csvPath, f, ""),
		Filter: adminpages.JournalFilter{Action: f.Action, Outcome: string(f.Outcome), From: f.From, To: f.To, By: s.by(f.Actor), On: s.on(f.Object)},
	}
	for _, e := range page.Items {
		v.Rows = append(v.Rows, s.row(e))
	}
	if page.Next != "" {
		v.Next = address(pagePath, f, page.Next)
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.JournalTitle), layout.Admin); err != nil {
		return err
	}
	return web.Render(c, adminpages.Journal(v))
}

// address leads to the entries of a filter.
func address(path string, f audit.Filter, after string) string {
	q := url.Values{
		"action": {f.Action}, "actor": {f.Actor}, "object": {f.Object}, "outcome": {string(f.Outcome)}, "from": {f.From}, "to": {f.To}, "after": {after},
	}
	for k := range q {
		if q.Get(k) == "" {
			q.Del(k)
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// areas are the choices of the filter, with the whole action that a link chose.
func areas(l lang.Lang, chosen string) []components.Option {
	var out []components.Option
	for _, area := range Areas() {
		out = append(out, components.Option{Value: area, Label: components.Says(l, msg.Of(l, "journal.area", area))})
	}
	if chosen != "" && !slices.Contains(Areas(), chosen) {
		words := inWords(l, chosen)
		if words == "" {
			words = chosen
		}
		out = append(out, components.Option{Value: chosen, Label: components.Says(l, words)})
	}
	return out
}

func outcomes(l lang.Lang) []components.Option {
	var out []components.Option
	for _, o := range audit.Outcomes() {
		out = append(out, components.Option{Value: string(o), Label: components.Says(l, msg.Of(l, "journal.outcomes", o))})
	}
	return out
}

// people lists everybody that a page of the journal names.
func people(f audit.Filter, entries []audit.Entry) []actor.PersonID {
	var out []actor.PersonID
	add := func(name string) {
		if id, ok := strings.CutPrefix(name, "person:"); ok && !slices.Contains(out, actor.PersonID(id)) {
			out = append(out, actor.PersonID(id))
		}
	}
	add(f.Actor)
	add(f.Object)
	for _, e := range entries {
		add(e.Actor)
		add(e.Object)
		for _, id := range append(strings.Split(e.Behalf, ","), detailedPeople(e)...) {
			add("person:" + id)
		}
	}
	return slices.DeleteFunc(out, func(id actor.PersonID) bool { return id == "" })
}

// speaker says entries in the reader's language, people by their names.
type speaker struct {
	lang  lang.Lang
	names map[actor.PersonID]string
}

// shownAddress is how much of the keyed address the page shows; the file and the API have it whole.
const shownAddress = 8

func (s speaker) row(e audit.Entry) adminpages.JournalRow {
	r := adminpages.JournalRow{
		Day: lang.Day(s.lang, e.At.UTC().Format(time.DateOnly)), Time: e.At.UTC().Format(time.TimeOnly),
		By: s.by(e.Actor), On: s.on(e.Object), Action: inWords(s.lang, e.Action), Name: e.Action,
		Outcome: msg.Of(s.lang, "journal.outcomes", e.Outcome), Address: e.Address[:min(len(e.Address), shownAddress)],
		Details: s.details(e),
	}
	if e.Behalf != "" {
		var names []string
		for id := range strings.SplitSeq(e.Behalf, ",") {
			names = append(names, s.person(id))
		}
		r.Behalf = strings.Join(names, ", ")
	}
	return r
}

// person is somebody's name, or words for somebody whose name is not known any more.
func (s speaker) person(id string) string {
	if name := s.names[actor.PersonID(id)]; name != "" {
		return name
	}
	return msg.T(s.lang, msg.JournalSomeone)
}

// by says an actor.
func (s speaker) by(name string) adminpages.JournalThing {
	if name == "" {
		return adminpages.JournalThing{}
	}
	kind, rest, _ := strings.Cut(name, ":")
	words := name
	switch actor.Kind(kind) {
	case actor.Person:
		words = s.person(rest)
	case actor.System:
		words = s.task(rest)
	case actor.Operator:
		words = msg.T(s.lang, msg.JournalOperator)
	case actor.Anonymous:
		words = msg.T(s.lang, msg.JournalNobody)
	default: // of another version of the program: its name as it is
	}
	return adminpages.JournalThing{Name: name, Words: words, Href: address(pagePath, audit.Filter{Actor: name}, "")}
}

// task says background work.
func (s speaker) task(name string) string {
	if name == "seed" {
		return msg.T(s.lang, msg.JournalTaskSeed)
	}
	return msg.T(s.lang, msg.JournalSystem, msg.Args{"Task": name})
}

// objects are the kinds of object that have words.
var objects = map[string]msg.Key{
	"session": msg.JournalObjectSession, "token": msg.JournalObjectToken, "link": msg.JournalObjectLink, "delegation": msg.JournalObjectDelegation,
	"scheme": msg.JournalObjectScheme, "mail": msg.JournalObjectMail, "profile": msg.JournalObjectProfile, "setting": msg.JournalObjectSetting,
	"scale": msg.JournalObjectScale, "competency": msg.JournalObjectCompetency, "certification": msg.JournalObjectCertification,
	"family": msg.JournalObjectFamily, "kpi": msg.JournalObjectKpi, "ladder": msg.JournalObjectLadder, "zone": msg.JournalObjectZone,
}

// on says an object: a person by name, anything else by its kind and enough of its id to tell it from others.
func (s speaker) on(name string) adminpages.JournalThing {
	if name == "" {
		return adminpages.JournalThing{}
	}
	out := adminpages.JournalThing{Name: name, Words: name, Href: address(pagePath, audit.Filter{Object: name}, "")}
	kind, id, found := strings.Cut(name, ":")
	switch key, known := objects[kind]; {
	case kind == "person":
		out.Words = s.person(id)
	case known:
		out.Words = msg.T(s.lang, key, msg.Args{"ID": short(id)})
	case found:
		out.Words = msg.T(s.lang, msg.JournalObjectOther, msg.Args{"Kind": kind, "ID": short(id)})
	}
	return out
}

// short is the end of an identifier, its random part; a slug stays whole.
func short(id string) string {
	const uuid, shown = 36, 8
	if len(id) == uuid {
		return "…" + id[uuid-shown:]
	}
	return id
}
