package audit_test

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// memory is a journal without a database; between is run after each look at it.
type memory struct {
	entries   []audit.Entry
	head      audit.Head
	signature audit.Signature // of the head
	seal      audit.Seal
	sealed    audit.Signature // of the seal
	between   func(m *memory)
}

func (m *memory) Append(_ context.Context, a actor.Actor, e audit.Entry) error {
	e.Seq, e.Previous, e.Actor = m.head.Entry+1, m.head.Hash, a.String()
	var err error
	if e.Hash, err = audit.Hash(e); err != nil {
		return err
	}
	m.entries = append(m.entries, e)
	m.head = audit.Head{Entry: e.Seq, Hash: e.Hash}
	return nil
}

func (m *memory) Entries(_ context.Context, q audit.Query) ([]audit.Entry, error) {
	defer m.look()
	var out []audit.Entry
	for _, e := range m.entries {
		if e.Seq > q.After && len(out) < q.Limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memory) Count(context.Context, audit.Query, int) (int, error) { return len(m.entries), nil }

func (m *memory) Head(context.Context) (audit.Head, audit.Signature, error) {
	defer m.look()
	return m.head, m.signature, nil
}

func (m *memory) Seal(context.Context) (audit.Seal, audit.Signature, error) {
	defer m.look()
	return m.seal, m.sealed, nil
}

func (m *memory) Cut(_ context.Context, _ actor.Actor, _, seal audit.Seal) (audit.Seal, error) {
	m.entries = slices.DeleteFunc(m.entries, func(e audit.Entry) bool { return e.Seq <= seal.Entry })
	m.seal = seal
	return seal, nil
}

func (m *memory) look() {
	if m.between != nil {
		m.between(m)
	}
}

// tb is what testing.T and rapid.T share.
type tb interface {
	Helper()
	Fatal(args ...any)
}

func journalOf(t tb, n int) *memory {
	t.Helper()
	m := &memory{signature: audit.Signed, sealed: audit.Signed}
	for range n {
		if err := m.Append(context.Background(), actor.CommandLine(), audit.Entry{Action: "settings.changed", Object: "setting:company", Outcome: audit.Done}); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

func seesAll(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, nil }

func verify(t tb, m *memory, noted audit.Head) audit.Report {
	t.Helper()
	r, err := audit.NewService(m, seesAll).Verify(context.Background(), actor.CommandLine(), noted)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// reseal gives an entry the hash of what it says now.
func reseal(t tb, e *audit.Entry) {
	t.Helper()
	var err error
	if e.Hash, err = audit.Hash(*e); err != nil {
		t.Fatal(err)
	}
}

// rewrite makes the chain good again from an entry on, as somebody with the database and the program could.
func rewrite(t tb, m *memory, from int) {
	t.Helper()
	previous := ""
	for i := range m.entries {
		if i >= from {
			m.entries[i].Seq, m.entries[i].Previous = int64(i+1), previous
			reseal(t, &m.entries[i])
		}
		previous = m.entries[i].Hash
	}
	m.head = audit.Head{Entry: int64(len(m.entries)), Hash: previous}
}

func TestVerifyFindsWhatWasDoneToTheJournal(t *testing.T) {
	const n = 6
	for _, c := range []struct {
		name   string
		tamper func(m *memory)
		want   *audit.Break
	}{
		{"nothing", func(*memory) {}, nil},
		{"an entry says another thing", func(m *memory) { m.entries[2].Actor = "anonymous" }, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"an entry has another hash", func(m *memory) { m.entries[2].Hash = m.entries[1].Hash }, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"an entry says another thing and has the hash of it", func(m *memory) { m.entries[2].Actor = "anonymous"; reseal(t, &m.entries[2]) }, &audit.Break{Seq: 4, Why: audit.Reordered}},
		{"the last entry does", func(m *memory) { m.entries[5].Actor = "anonymous"; reseal(t, &m.entries[5]) }, &audit.Break{Seq: 6, Why: audit.HeadDiffers}},
		{"the first is gone", func(m *memory) { m.entries = m.entries[1:] }, &audit.Break{Seq: 1, Why: audit.Missing}},
		{"one in the middle is gone", func(m *memory) { m.entries = slices.Delete(m.entries, 3, 4) }, &audit.Break{Seq: 4, Why: audit.Missing}},
		{"the last is gone", func(m *memory) { m.entries = m.entries[:5] }, &audit.Break{Seq: 6, Why: audit.Missing}},
		{"all are gone", func(m *memory) { m.entries = nil }, &audit.Break{Seq: 1, Why: audit.Missing}},
		{"two have changed places", func(m *memory) {
			m.entries[1], m.entries[2] = m.entries[2], m.entries[1]
			m.entries[1].Seq, m.entries[2].Seq = 2, 3
		}, &audit.Break{Seq: 2, Why: audit.Changed}},
		{"two have changed places and have new hashes", func(m *memory) {
			m.entries[1], m.entries[2] = m.entries[2], m.entries[1]
			m.entries[1].Seq, m.entries[2].Seq = 2, 3
			reseal(t, &m.entries[1])
			reseal(t, &m.entries[2])
		}, &audit.Break{Seq: 2, Why: audit.Reordered}},
		{"one more than the head knows", func(m *memory) {
			was := m.head
			m.entries = journalOf(t, n+1).entries
			m.head = was
		}, &audit.Break{Seq: 6, Why: audit.HeadDiffers}},
		{"the head is gone", func(m *memory) { m.head = audit.Head{} }, &audit.Break{Seq: 0, Why: audit.HeadDiffers}},
		{"the head has another hash", func(m *memory) { m.head.Hash = m.entries[0].Hash }, &audit.Break{Seq: 6, Why: audit.HeadDiffers}},
		{"the head is ahead", func(m *memory) { m.head.Entry++ }, &audit.Break{Seq: 7, Why: audit.Missing}},
		{"all is written anew with the key, which only a noted head can show", func(m *memory) { m.entries[2].Actor = "anonymous"; rewrite(t, m, 2) }, nil},
		{"all is written anew without it", func(m *memory) {
			m.entries[2].Actor = "anonymous"
			rewrite(t, m, 2)
			m.signature = audit.Unsigned
		}, &audit.Break{Seq: 6, Why: audit.HeadUnsigned}},
		{"an entry is not UTF-8", func(m *memory) { m.entries[2].Object = "\xff" }, &audit.Break{Seq: 3, Why: audit.Changed}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := journalOf(t, n)
			c.tamper(m)
			r := verify(t, m, audit.Head{})
			if diff := cmp.Diff(c.want, r.Broken); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if r.Whole() != (c.want == nil) || r.Head != m.head {
				t.Errorf("%+v", r)
			}
			if r.Whole() && r.Entries != int64(len(m.entries)) {
				t.Errorf("%d entries were read", r.Entries)
			}
		})
	}
}

func TestANotedHeadShowsWhatTheChainCannot(t *testing.T) {
	for _, c := range []struct {
		name   string
		tamper func(m *memory)
		want   *audit.Break
	}{
		{"nothing was done", func(*memory) {}, nil},
		{"more was appended", func(m *memory) {
			_ = m.Append(context.Background(), actor.CommandLine(), audit.Entry{Action: "bands.read", Outcome: audit.Done})
		}, nil},
		{"an entry before it was written anew with all that follow", func(m *memory) { m.entries[2].Actor = "anonymous"; rewrite(t, m, 2) }, &audit.Break{Seq: 5, Why: audit.NotedDiffers}},
		{"an entry after it was", func(m *memory) { m.entries[5].Actor = "anonymous"; rewrite(t, m, 5) }, nil},
		{"the chain was cut before it", func(m *memory) { m.entries = m.entries[:3]; rewrite(t, m, 3) }, &audit.Break{Seq: 5, Why: audit.NotedMissing}},
		{"the chain was emptied", func(m *memory) { m.entries, m.head = nil, audit.Head{} }, &audit.Break{Seq: 5, Why: audit.NotedMissing}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := journalOf(t, 6)
			noted := audit.Head{Entry: 5, Hash: m.entries[4].Hash}
			c.tamper(m)
			if diff := cmp.Diff(c.want, verify(t, m, noted).Broken); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// cut takes the first entries away and leaves a seal for them.
func cut(m *memory, n int) {
	m.seal = audit.Seal{Entry: int64(n), Hash: m.entries[n-1].Hash, Entries: int64(n)}
	m.entries = m.entries[n:]
}

func TestTheChainGoesOnFromItsSealAndFromNothingElse(t *testing.T) {
	for _, c := range []struct {
		name   string
		tamper func(m *memory)
		noted  int // entry of a head that was noted down, 0 for none
		want   *audit.Break
	}{
		{"it was cut", func(*memory) {}, 0, nil},
		{"the last cut entry was noted down", func(*memory) {}, 3, nil},
		{"a later entry was", func(*memory) {}, 5, nil},
		{"an earlier one was", func(*memory) {}, 2, &audit.Break{Seq: 2, Why: audit.NotedCut}},
		{"everything is cut", func(m *memory) { m.seal = audit.Seal{Entry: 6, Hash: m.head.Hash}; m.entries = nil }, 0, nil},
		{"there is no seal", func(m *memory) { m.seal = audit.Seal{} }, 0, &audit.Break{Seq: 1, Why: audit.Missing}},
		{"one more entry was cut", func(m *memory) { m.entries = m.entries[1:] }, 0, &audit.Break{Seq: 4, Why: audit.Missing}},
		{"one less was", func(m *memory) { m.seal.Entry-- }, 0, &audit.Break{Seq: 3, Why: audit.Missing}},
		{"the seal has another hash", func(m *memory) { m.seal.Hash = m.head.Hash }, 0, &audit.Break{Seq: 4, Why: audit.Reordered}},
		{"it has, and it was noted down", func(m *memory) { m.seal.Hash = m.head.Hash }, 3, &audit.Break{Seq: 3, Why: audit.NotedDiffers}},
		{"the seal is not signed", func(m *memory) { m.sealed = audit.Unsigned }, 0, &audit.Break{Seq: 3, Why: audit.SealUnsigned}},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, noted := journalOf(t, 6), audit.Head{}
			if c.noted > 0 {
				noted = audit.Head{Entry: int64(c.noted), Hash: m.entries[c.noted-1].Hash}
			}
			cut(m, 3)
			c.tamper(m)
			if diff := cmp.Diff(c.want, verify(t, m, noted).Broken); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestVerifyWhileTheJournalIsCut cuts it between two looks: what was there is gone, and that is no break.
func TestVerifyWhileTheJournalIsCut(t *testing.T) {
	m := journalOf(t, 6)
	m.between = func(m *memory) {
		m.between = nil // after the first look, which is for the seal
		cut(m, 3)
	}
	if r := verify(t, m, audit.Head{}); !r.Whole() || r.Seal == nil || r.Seal.Entry != 3 {
		t.Errorf("%+v %+v", r, r.Broken)
	}
}

func TestAnEmptyJournalIsWhole(t *testing.T) {
	if r := verify(t, &memory{}, audit.Head{}); !r.Whole() || r.Entries != 0 || !r.Head.IsZero() {
		t.Errorf("%+v", r)
	}
}

// TestVerifyWhileOthersAppend lets entries come between any two looks at the journal, and lets them be cut off too.
func TestVerifyWhileOthersAppend(t *testing.T) {
	m := journalOf(t, 3)
	more := 5
	m.between = func(m *memory) {
		if more > 0 {
			more--
			_ = m.Append(context.Background(), actor.CommandLine(), audit.Entry{Action: "bands.read", Outcome: audit.Done})
		}
	}
	if r := verify(t, m, audit.Head{}); !r.Whole() || r.Entries != 8 || r.Head != m.head {
		t.Errorf("%+v, head %+v", r, m.head)
	}
	cut := journalOf(t, 3)
	looks := 0
	cut.between = func(m *memory) {
		if looks++; looks == 2 { // after the first walk: one comes, and is cut off again with its head left
			_ = m.Append(context.Background(), actor.CommandLine(), audit.Entry{Action: "bands.read", Outcome: audit.Done})
			m.entries = m.entries[:3]
		}
	}
	if r := verify(t, cut, audit.Head{}); r.Whole() || *r.Broken != (audit.Break{Seq: 4, Why: audit.Missing}) {
		t.Errorf("%+v", r)
	}
}

// TestNoSingleChangeGoesUnseen changes one field of one entry of a chain of any length.
func TestNoSingleChangeGoesUnseen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "entries")
		m := journalOf(t, n)
		i := rapid.IntRange(0, n-1).Draw(t, "entry")
		word := rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "word")
		e := &m.entries[i]
		rapid.SampledFrom([]func(){
			func() { e.Actor += word }, func() { e.Behalf += word }, func() { e.Action += word }, func() { e.Object += word },
			func() { e.Address += word }, func() { e.Details = map[string]string{word: ""} }, func() { e.Previous += word },
			func() { e.Hash += word }, func() { e.Outcome = audit.Failed }, func() { e.At = e.At.AddDate(0, 0, 1) },
		}).Draw(t, "change")()
		if r := verify(t, m, audit.Head{}); r.Whole() || r.Broken.Seq != int64(i+1) || r.Broken.Why != audit.Changed {
			t.Fatalf("%+v", r)
		}
	})
}

func TestWhoMayVerify(t *testing.T) {
	part := func(context.Context, actor.Actor) (bool, []actor.PersonID, error) {
		return false, []actor.PersonID{"1"}, nil
	}
	person := func(roles ...actor.Role) actor.Actor { return actor.Actor{Kind: actor.Person, ID: "1", Roles: roles} }
	for _, c := range []struct {
		name    string
		who     actor.Actor
		visible audit.Visible
		want    fault.Kind
	}{
		{"an administrator", person(actor.Administrator), seesAll, ""},
		{"the command line", actor.CommandLine(), seesAll, ""},
		{"who sees a part", person(actor.HR), part, fault.Forbidden},
		{"an employee", person(), seesAll, fault.Forbidden},
		{"nobody", actor.Nobody(), seesAll, fault.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := audit.NewService(journalOf(t, 2), c.visible).Verify(t.Context(), c.who, audit.Head{})
			if (err != nil) != (c.want != "") || err != nil && !fault.Is(err, c.want) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestEveryBreakIsSaidInWords(t *testing.T) {
	for _, w := range []audit.Why{audit.Changed, audit.Missing, audit.Reordered, audit.HeadDiffers, audit.NotedMissing, audit.NotedDiffers, audit.NotedCut, audit.HeadUnsigned, audit.SealUnsigned} {
		if w.String() == string(w) {
			t.Errorf("%s has no words", string(w))
		}
	}
}
