package access

import "github.com/echelon-hr/echelon/app/actor"

// Action is something that can be allowed: an area and a verb.
type Action string

// The actions, in the order of the design's table.
const (
	HomeRead Action = "home.read"

	CompetenciesRead Action = "competencies.read"
	JobsRead         Action = "jobs.read"
	LaddersRead      Action = "ladders.read"

	DirectoryRead  Action = "directory.read"
	DirectoryWrite Action = "directory.write"

	DraftsRead   Action = "drafts.read"
	DraftsWrite  Action = "drafts.write"
	DraftsReview Action = "drafts.review"
	JobsWrite    Action = "jobs.write"

	RequisitionsRead    Action = "requisitions.read"
	RequisitionsRequest Action = "requisitions.request"
	PostingsWrite       Action = "postings.write"

	CompetenciesWrite   Action = "competencies.write"
	CompetenciesComment Action = "competencies.comment"
	LaddersWrite        Action = "ladders.write"

	CheckinsRate   Action = "checkins.rate"
	CheckinsAssess Action = "checkins.assess"
	CheckinsRead   Action = "checkins.read"

	FactsRead Action = "facts.read"

	CertificatesRead   Action = "certificates.read"
	CertificatesWrite  Action = "certificates.write"
	CertificatesVerify Action = "certificates.verify"

	PlansRead  Action = "plans.read"
	PlansWrite Action = "plans.write"

	MentorshipWrite Action = "mentorship.write"
	MentorshipNotes Action = "mentorship.notes"
	MentorshipHours Action = "mentorship.hours"
	MentorshipState Action = "mentorship.state"

	GoalsRead       Action = "goals.read"
	GoalsWrite      Action = "goals.write"
	GoalsAggregates Action = "goals.aggregates"

	MobilityRead    Action = "mobility.read"
	MobilityPropose Action = "mobility.propose"
	MobilityWrite   Action = "mobility.write"
	MobilityPay     Action = "mobility.pay"

	BandsRead    Action = "bands.read"
	BandsWrite   Action = "bands.write"
	BandsApprove Action = "bands.approve"

	PayFactsRead  Action = "payfacts.read"
	PayFactsWrite Action = "payfacts.write"

	IncentivesRead Action = "incentives.read"
	SurveysRead    Action = "surveys.read"
	SurveysWrite   Action = "surveys.write"

	InterviewsRead        Action = "interviews.read"
	InterviewsAcknowledge Action = "interviews.acknowledge"
	InterviewsWrite       Action = "interviews.write"

	AccountOwn       Action = "account.own"
	DelegationsWrite Action = "delegations.write"
	AccountsRead     Action = "accounts.read"
	AccountsWrite    Action = "accounts.write"
	SettingsRead     Action = "settings.read"
	SettingsWrite    Action = "settings.write"
	JournalRead      Action = "journal.read"
)

// rule says who may take an action. Whatever it does not say is denied.
type rule struct {
	everyone bool // everybody signed in, an employee being that and no more
	managers bool // whoever somebody reports to
	// roles use the action on any object, unless perimeter narrows the HR partner.
	roles []actor.Role
	// perimeter says that the HR partner acts on people of their perimeter only.
	perimeter bool
	// relations are what an actor may have to do with the object; any one of them is enough.
	relations Relation
	// personal says that objects are about people: nobody uses a role on what is about themself.
	personal bool
	// session says that a token is not enough: the person must be there.
	session  bool
	operator bool
	system   bool
	// later says that no capability asks for the action yet.
	later bool
}

var (
	hr            = []actor.Role{actor.HR}
	compensation  = []actor.Role{actor.Compensation}
	administrator = []actor.Role{actor.Administrator}
	shapers       = []actor.Role{actor.Recruiter, actor.HR}
	payReaders    = []actor.Role{actor.HR, actor.Compensation}
	anyRole       = actor.Roles()
)

var table = map[Action]rule{
	HomeRead: {everyone: true},

	CompetenciesRead: {everyone: true, operator: true, system: true},
	JobsRead:         {everyone: true, operator: true, system: true},
	LaddersRead:      {everyone: true, operator: true, system: true},

	DirectoryRead:  {everyone: true, operator: true, system: true},
	DirectoryWrite: {roles: hr, perimeter: true, personal: true, operator: true, system: true},

	DraftsRead:   {roles: anyRole, relations: NamedReviewer | Line | DirectReport, later: true},
	DraftsWrite:  {roles: shapers, relations: Line | DirectReport, later: true},
	DraftsReview: {relations: NamedReviewer, later: true},
	JobsWrite:    {roles: shapers, operator: true, system: true},

	RequisitionsRead:    {roles: anyRole, relations: Line | DirectReport, later: true},
	RequisitionsRequest: {roles: shapers, relations: Line | DirectReport, later: true},
	PostingsWrite:       {roles: shapers, later: true},

	CompetenciesWrite:   {roles: hr, operator: true, system: true},
	CompetenciesComment: {managers: true, roles: shapers, later: true},
	LaddersWrite:        {roles: hr, operator: true, system: true},

	CheckinsRate:   {relations: Own, personal: true, later: true},
	CheckinsAssess: {relations: DirectReport | Assessor, personal: true, later: true},
	CheckinsRead:   {roles: hr, perimeter: true, relations: Own | Line | DirectReport | Assessor, personal: true, later: true},

	FactsRead: {roles: hr, perimeter: true, relations: Own | Line | DirectReport, personal: true, later: true},

	CertificatesRead:   {roles: hr, perimeter: true, relations: Own | Line | DirectReport, personal: true, later: true},
	CertificatesWrite:  {relations: Own, personal: true, later: true},
	CertificatesVerify: {roles: hr, perimeter: true, personal: true, later: true},

	PlansRead:  {roles: hr, perimeter: true, relations: Own | DirectReport, personal: true, later: true},
	PlansWrite: {relations: Own | DirectReport, personal: true, later: true},

	MentorshipWrite: {relations: Pair, later: true},
	MentorshipNotes: {relations: Pair, later: true},
	MentorshipHours: {relations: DirectReport, personal: true, later: true},
	MentorshipState: {roles: hr, perimeter: true, relations: Pair, personal: true, later: true},

	GoalsRead:       {relations: Own | DirectReport, personal: true, later: true},
	GoalsWrite:      {relations: DirectReport, personal: true, later: true},
	GoalsAggregates: {roles: hr, later: true},

	MobilityRead:    {roles: hr, perimeter: true, relations: Own | Line | DirectReport, personal: true, later: true},
	MobilityPropose: {relations: Line | DirectReport, personal: true, later: true},
	MobilityWrite:   {roles: hr, perimeter: true, personal: true, later: true},
	MobilityPay:     {roles: compensation, personal: true, later: true},

	BandsRead:    {roles: payReaders, relations: Own | OneMoveAway | Line | DirectReport | OwnPosting, operator: true, system: true},
	BandsWrite:   {roles: compensation, operator: true, system: true},
	BandsApprove: {roles: payReaders, personal: true, operator: true, system: true}, // a scheme is about whoever made it

	PayFactsRead:  {roles: payReaders, perimeter: true, relations: Own | DirectReport, personal: true, later: true},
	PayFactsWrite: {roles: compensation, personal: true, later: true},

	IncentivesRead: {roles: payReaders, relations: Own | Line | DirectReport, later: true},
	SurveysRead:    {roles: payReaders, later: true},
	SurveysWrite:   {roles: compensation, later: true},

	InterviewsRead:        {roles: hr, perimeter: true, relations: Own | DirectReport, personal: true, later: true},
	InterviewsAcknowledge: {relations: Own, personal: true, later: true},
	InterviewsWrite:       {roles: hr, perimeter: true, relations: DirectReport, personal: true, later: true},

	AccountOwn:       {relations: Own, personal: true, session: true},
	DelegationsWrite: {roles: administrator, relations: Own, session: true, operator: true},
	AccountsRead:     {roles: administrator, operator: true, system: true},
	AccountsWrite:    {roles: administrator, personal: true, operator: true, system: true},
	SettingsRead:     {roles: administrator, operator: true, system: true},
	SettingsWrite:    {roles: administrator, session: true, operator: true, system: true},
	JournalRead:      {roles: []actor.Role{actor.HR, actor.Administrator}, operator: true, system: true},
}
