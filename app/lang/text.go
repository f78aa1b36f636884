package lang

// Text is a bilingual text, the same type in content, columns, seeds and the API.
// Each side knows its own revision and the revision of the other side it was translated from,
// so that a translation's state is derived, never stored.
type Text struct {
	FR Side `json:"fr,omitzero"`
	EN Side `json:"en,omitzero"`
}

// Side is one language of a Text.
type Side struct {
	Text string `json:"text"`
	// Revision counts the edits of this side, from 1. Zero only for a missing side.
	Revision int `json:"rev"`
	// From is the other side's revision this text was translated from; 0 when it was written first.
	From int `json:"from,omitempty"`
	// Reviewed names who read this revision against the other side; empty when nobody has.
	Reviewed string `json:"reviewed,omitempty"`
}

// State says how a side stands beside the other one.
type State string

// The states of a translation.
const (
	Missing    State = "missing"    // no text in this language
	Stale      State = "stale"      // the other side was edited since
	Translated State = "translated" // written and up to date
	Reviewed   State = "reviewed"   // up to date and read by a person
)

// NewText makes the first revision of a text written in both languages, normalised; either may be empty.
func NewText(fr, en string) Text {
	fr, en = Normalize(FR, fr), Normalize(EN, en)
	t := Text{}
	if fr != "" {
		t.FR = Side{Text: fr, Revision: 1}
	}
	if en != "" {
		t.EN = Side{Text: en, Revision: 1}
	}
	if fr != "" && en != "" {
		t.EN.From = 1
	}
	return t
}

// Side returns the side of one language.
func (t Text) Side(l Lang) Side {
	if l == FR {
		return t.FR
	}
	return t.EN
}

// State tells how the side in l stands.
func (t Text) State(l Lang) State {
	s, o := t.Side(l), t.Side(l.Other())
	switch {
	case s.Text == "":
		return Missing
	case s.From > 0 && s.From < o.Revision:
		return Stale
	case s.Reviewed != "":
		return Reviewed
	default:
		return Translated
	}
}

// In returns the text for a reader of l and the language it is really in: the other one when the side
// is missing, so that a page can mark the passage. Both sides empty gives "" in l.
func (t Text) In(l Lang) (string, Lang) {
	if s := t.Side(l).Text; s != "" {
		return s, l
	}
	if o := t.Side(l.Other()).Text; o != "" {
		return o, l.Other()
	}
	return "", l
}

// String returns the text for a reader of l, whichever language it is in.
func (t Text) String(l Lang) string {
	s, _ := t.In(l)
	return s
}

// IsZero reports whether the text is empty in both languages.
func (t Text) IsZero() bool { return t.FR.Text == "" && t.EN.Text == "" }

// UnmarshalYAML reads the plain form of seeds and hand-written files, {fr: …, en: …}, as first revisions.
func (t *Text) UnmarshalYAML(unmarshal func(any) error) error {
	var plain struct {
		FR string `yaml:"fr"`
		EN string `yaml:"en"`
	}
	if err := unmarshal(&plain); err != nil {
		return err
	}
	*t = NewText(plain.FR, plain.EN)
	return nil
}
