package access

// Relation is what an actor has to do with the object itself, apart from roles. The domain that owns the object
// computes it by a pure function; several hold at once.
type Relation uint16

// The relations. A relation gives what its row says and nothing more.
const (
	Own           Relation = 1 << iota // the object is the actor's, or about them
	DirectReport                       // it is about somebody who reports to the actor today
	Line                               // it is about somebody below the actor in the line of management
	Assessor                           // the actor is the assessor of the check-in
	Pair                               // the actor is mentor or mentee
	NamedReviewer                      // the actor is named in the review
	OwnPosting                         // the actor runs the posting it belongs to
	OneMoveAway                        // a move leads there from the actor's own profile
	InPerimeter                        // it is about somebody in the HR partner's perimeter
)

// None is no relation to the object.
const None Relation = 0

// relationNames are the words of the permission document, in the order of the bits.
var relationNames = [...]string{"own", "direct report", "line", "assessor", "the pair", "named reviewer", "own posting", "one move away", "perimeter"}

// Names says the relations in words.
func (r Relation) Names() []string {
	var out []string
	for i, name := range relationNames {
		if r&(1<<i) != 0 {
			out = append(out, name)
		}
	}
	return out
}
