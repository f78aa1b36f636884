package auditdb_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/testkit"
)

// BenchmarkAppend measures an entry with and without the signature of the head, and a refusal that is counted.
func BenchmarkAppend(b *testing.B) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		d := testkit.Open(b, testkit.Address(b, kind))
		for name, key := range map[string]secret.Key{"unsigned": {}, "signed": testkit.Key} {
			s := auditdb.New(d.DB, clock.Fixed(start), key)
			if err := s.Sign(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.Run(kind+"/"+name, func(b *testing.B) {
				for b.Loop() {
					if err := s.Append(b.Context(), operator, audit.Entry{Action: "bands.read", Outcome: audit.Done}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(kind+"/counted", func(b *testing.B) {
			s := auditdb.New(d.DB, clock.Fixed(start), testkit.Key)
			for b.Loop() {
				if err := s.Refuse(b.Context(), person("a"), refusal("accounts.read", "person:1")); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
