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

var (
	plain     = map[lang.Lang]map[Key]string{}
	localizer = map[lang.Lang]*i18n.Localizer{}
)

func init() {
	bundle := i18n.NewBundle(language.French)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(files, name); err != nil {
			panic(fmt.Errorf("message file %s: %w", name, err))
		}
		l, err := lang.Parse(strings.Split(name, ".")[1])
		if err != nil {
			panic(fmt.Errorf("message file %s: %w", name, err))
		}
		if err := keepPlain(name, l); err != nil {
			panic(err)
		}
	}
	for _, l := range lang.All() {
		localizer[l] = i18n.NewLocalizer(bundle, string(l))
	}
}

// keepPlain remembers the messages without plural forms and placeholders, which are most of them and
// need no template at reading time.
func keepPlain(name string, l lang.Lang) error {
	b, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var raw map[Key]any
	if err := json.Unmarshal(b, &raw); err != nil {
		return fmt.Errorf("message file %s: %w", name, err)
	}
	if plain[l] == nil {
		plain[l] = map[Key]string{}
	}
	for k, v := range raw {
		if s, ok := v.(string); ok && !strings.Contains(s, "{{") {
			plain[l][k] = lang.Normalize(l, s)
		}
	}
	return nil
}

// T returns a message in one language. A key without message is a defect that the tests find; a reader
// sees the key.
func T(l lang.Lang, k Key, args ...Args) string {
	if s, ok := plain[l][k]; ok {
		return s
	}
	cfg := &i18n.LocalizeConfig{MessageID: string(k)}
	if len(args) > 0 {
		cfg.TemplateData = map[string]any(args[0])
		if n, ok := args[0]["Count"]; ok {
			cfg.PluralCount = n
		}
	}
	s, err := localizer[l].Localize(cfg)
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
