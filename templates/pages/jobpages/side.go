package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

func options(s layout.Shell, pairs ...[2]string) []components.Option {
	out := make([]components.Option, 0, len(pairs))
	for _, p := range pairs {
		out = append(out, components.Option{Value: p[0], Label: here(s, p[1])})
	}
	return out
}

func printLangs(s layout.Shell) []components.Option {
	return options(s, [2]string{"fr", s.T(msg.JobsPrintFr)}, [2]string{"en", s.T(msg.JobsPrintEn)}, [2]string{
		"fr,en", s.T(msg.JobsPrintBoth),
	})
}

func printPapers(s layout.Shell) []components.Option {
	return options(s, [2]string{"a4", "A4"}, [2]string{"letter", "US Letter"})
}

func printEditions(s layout.Shell) []components.Option {
	return options(s, [2]string{"profile", s.T(msg.JobsTabProfile)}, [2]string{"guide", s.T(msg.JobsTabGuide)})
}
