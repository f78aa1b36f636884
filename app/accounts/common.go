package accounts

import (
	"encoding/json"
	"strings"
	"sync"

	"github.com/ccojocar/zxcvbn-go/data"
)

// common are the passwords that are tried first everywhere: those of a public list of leaked ones, which is mostly
// English, and those that French keyboards and hearts come to first.
var common = sync.OnceValue(func() map[string]bool {
	var file struct{ List []string }
	if err := json.Unmarshal(data.MustAsset("data/Passwords.json"), &file); err != nil {
		panic(err) // it is compiled in
	}
	out := make(map[string]bool, len(file.List))
	for _, p := range append(file.List, strings.Fields(commonInFrench)...) {
		out[strings.ToLower(p)] = true // short ones too: people hang digits on them
	}
	return out
})

const commonInFrench = `
motdepasse monmotdepasse motdepass passe secret changezmoi bienvenue administrateur utilisateur entreprise societe
azerty azertyui azertyuiop qsdfgh qsdfghjk qsdfghjklm wxcvbn azeqsd azqsd aqwzsx azsxdc
soleil etoile lumiere papillon dauphin cheval lapin tortue chaton minette mistigri poussin poulette cocotte bichon
doudou doudoune loulou louloute chouchou nounours fripouille gribouille filou tigrou toutou caramel noisette cannelle
chocolat bonbon vanille vacances musique guitare voiture ordinateur internet informatique
bonjour bonsoir coucou salut merci bisous jetaime jtaime amour monamour moncoeur monange mavie famille maman papa
cestmoi princesse liberte egalite fraternite
france paris marseille lyon toulouse bordeaux bretagne corse alsace normandie olympique
football rugby zidane renault peugeot citroen
nicolas thomas julien alexandre sebastien christophe frederic philippe stephane mathieu maxime antoine guillaume
camille caroline isabelle sandrine stephanie celine aurelie emilie melanie virginie elodie pauline juliette charlotte
oceane manon marine clemence valerie nathalie sylvie veronique catherine christine
`
