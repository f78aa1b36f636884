package auditweb

import (
	"context"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
)

// journalEntry is an entry as the API tells it.
type journalEntry struct {
	Seq      int64             `json:"seq" doc:"Number in the chain, from 1 without gaps"`
	At       time.Time         `json:"at" doc:"UTC, with microseconds"`
	Actor    string            `json:"actor" doc:"person:ID, operator, system:TASK or anonymous"`
	Behalf   string            `json:"behalf,omitempty" doc:"Ids of those whose duties the actor held by delegation, separated by commas"`
	Action   string            `json:"action" doc:"An area and a verb" example:"session.opened"`
	Object   string            `json:"object,omitempty" doc:"A kind and an id" example:"person:0190"`
	Outcome  audit.Outcome     `json:"outcome" enum:"done,refused,failed"`
	Address  string            `json:"address,omitempty" doc:"Keyed hash of the network address; the key changes every month"`
	Details  map[string]string `json:"details,omitempty" doc:"Ids and names of closed sets"`
	Previous string            `json:"previous" doc:"Hash of the entry before; empty in the first"`
	Hash     string            `json:"hash" doc:"SHA-256 of the canonical text of all other fields, hexadecimal"`
}

type listInput struct {
	Lang    string `query:"lang" enum:"fr,en" doc:"Language of messages"`
	Action  string `query:"action" maxLength:"80" doc:"An area such as session, or a whole action"`
	Actor   string `query:"actor" maxLength:"200" doc:"As entries name it: person:ID, operator"`
	Object  string `query:"object" maxLength:"200" doc:"As entries name it: person:ID, session:ID"`
	Outcome string `query:"outcome" enum:"done,refused,failed"`
	From    string `query:"from" format:"date" doc:"First day, in UTC"`
	To      string `query:"to" format:"date" doc:"Last day, in UTC"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After   string `query:"after" maxLength:"2000" doc:"The next marker of the page before"`
}

// journalList is a page of the journal.
type journalList struct {
	Items []journalEntry `json:"items" nullable:"false"`
	Next  string         `json:"next,omitempty" doc:"Marker of the next page; absent at the end"`
}

type listOutput struct{ Body journalList }

func (h *Handlers) list(ctx context.Context, in *listInput) (*listOutput, error) {
	page, err := h.Audit.List(ctx, actor.From(ctx), audit.Filter{
		Action: in.Action, Actor: in.Actor, Object: in.Object, Outcome: audit.Outcome(in.Outcome), From: in.From, To: in.To, Limit: in.Limit, After: in.After,
	})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items, out.Body.Next = make([]journalEntry, 0, len(page.Items)), page.Next
	for _, e := range page.Items {
		out.Body.Items = append(out.Body.Items, journalEntry(e))
	}
	return out, nil
}
