// Package msg holds the words of the interface and of documents in both languages. The files
// NAME.fr.json are the master: their keys become the constants of keys_gen.go, and a test holds the
// English files to the same keys and the same placeholders.
//
//go:generate go run ./genkeys
package msg

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"

	"github.com/echelon-hr/echelon/app/lang"
)

//go:embed *.json
var files embed.FS

// Key names a message.
type Key string

// Args fills the placeholders of a message; "Count" also chooses its plural form.
type Args map[string]any

// catalogue is what the files say, read when the first message is asked for: a start, and the state of health, need
// none.
type catalogue struct {
	plain     map[lang.Lang]map[Key]string
	localizer map[lang.Lang]*i18n.Localizer
}

var loaded = sync.OnceValue(func() *catalogue {
	c := &catalogue{plain: map[lang.Lang]map[Key]string{}, localizer: map[lang.Lang]*i18n.Localizer{}}
	bundle := i18n.NewBundle(language.French)
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		l, err := lang.Parse(strings.Split(name, ".")[1])
		if err == nil {
			err = c.read(bundle, name, l)
		}
		if err != nil {
			panic(fmt.Errorf("message file %s: %w", name, err))
		}
	}
	for _, l := range lang.All() {
		c.localizer[l] = i18n.NewLocalizer(bundle, string(l))
	}
	return c
})

// read takes one file. Messages without plural forms and placeholders, which are most of them, need no template at
// reading time and are kept as they are.
func (c *catalogue) read(bundle *i18n.Bundle, name string, l lang.Lang) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var raw map[Key]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	if c.plain[l] == nil {
		c.plain[l] = map[Key]string{}
	}
	var rest []*i18n.Message
	for k, v := range raw {
		if s, ok := v.(string); ok && !strings.Contains(s, "{{") {
			c.plain[l][k] = lang.Normalize(l, s)
			continue
		}
		m, err := i18n.NewMessage(v)
		if err != nil {
			return err
		}
		m.ID = string(k)
		rest = append(rest, m)
	}
	return bundle.AddMessages(language.Make(string(l)), rest...)
}

// T returns a message in one language. A key without message is a defect that the tests find; a reader
// sees the key.
func T(l lang.Lang, k Key, args ...Args) string {
	c := loaded()
	if s, ok := c.plain[l][k]; ok {
		return s
	}
	cfg := &i18n.LocalizeConfig{MessageID: string(k)}
	if len(args) > 0 {
		cfg.TemplateData = map[string]any(args[0])
		if n, ok := args[0]["Count"]; ok {
			cfg.PluralCount = n
		}
	}
	s, err := c.localizer[l].Localize(cfg)
	if err != nil {
		return string(k)
	}
	return lang.Normalize(l, s)
}

// counted keeps the counting messages that lists repeat row by row.
var counted sync.Map // of countKey to string

type countKey struct {
	lang lang.Lang
	key  Key
	n    int
}

// maxCounted bounds what is kept of each message.
const maxCounted = 1000

// N returns a message that counts in its plural form, with the number written for the reader as {{.N}}.
func N(l lang.Lang, k Key, n int) string {
	id := countKey{l, k, n}
	if kept, ok := counted.Load(id); ok {
		if s, ok := kept.(string); ok {
			return s
		}
	}
	s := T(l, k, Args{"Count": n, "N": lang.Number(l, n)})
	if n >= 0 && n < maxCounted {
		counted.Store(id, s)
	}
	return s
}

// Of returns the message of a closed value, such as a stage: the key is the prefix and the value. It is
// for sets whose every value a test walks.
func Of[V ~string](l lang.Lang, prefix string, v V) string { return T(l, Key(prefix+"."+string(v))) }

// All are the words of several values, each as Of has it.
func All[V ~string](l lang.Lang, prefix string, values []V) []string {
	var out []string
	for _, v := range values {
		out = append(out, Of(l, prefix, v))
	}
	return out
}
