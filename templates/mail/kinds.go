package mail

import (
	"github.com/echelon-hr/echelon/app/lang/msg"
	outbox "github.com/echelon-hr/echelon/app/mail"
)

// words are what a kind of letter says.
type words struct {
	subject, text msg.Key
	note          msg.Key  // one more paragraph; may be ""
	counts        msg.Key  // a sentence that counts the detail named counted; may be ""
	counted       string   //
	action        msg.Key  // what the link does
	leads         string   // the page of the link when the letter brings none; "" for no link
	otherwise     msg.Key  // what to do if it was not the reader
	needs         []string // details without which it says nothing
}

// security is what a letter says about the reader's account, and to whom it may come as news.
func security(subject, text msg.Key, needs ...string) words {
	return words{
		subject: subject, text: text, needs: needs, action: msg.MailSecurityAction,
		leads: "/account", otherwise: msg.MailSecurityOtherwise,
	}
}

var kinds = map[outbox.Kind]words{
	outbox.Invitation: {
		subject: msg.MailInvitationSubject, text: msg.MailInvitationText, counts: msg.MailInvitationDays, counted: "days",
		action: msg.MailInvitationAction, otherwise: msg.MailInvitationOtherwise, needs: []string{"link", "days"},
	},
	outbox.AccessReset: {
		subject: msg.MailAccessResetSubject, text: msg.MailAccessResetText, counts: msg.MailResetMinutes, counted: "minutes",
		action: msg.MailResetAction, otherwise: msg.MailAccessResetOtherwise, needs: []string{"link", "minutes"},
	},
	outbox.Reset: {
		subject: msg.MailResetSubject, text: msg.MailResetText, counts: msg.MailResetMinutes, counted: "minutes",
		action: msg.MailResetAction, otherwise: msg.MailResetOtherwise, needs: []string{"link", "minutes"},
	},
	outbox.PasswordSet:     security(msg.MailPasswordSetSubject, msg.MailPasswordSetText),
	outbox.PasswordRenewed: security(msg.MailPasswordRenewedSubject, msg.MailPasswordRenewedText),
	outbox.CodesOn:         security(msg.MailCodesOnSubject, msg.MailCodesOnText),
	outbox.CodesOff:        security(msg.MailCodesOffSubject, msg.MailCodesOffText),
	outbox.RecoveryUsed:    security(msg.MailRecoveryUsedSubject, msg.MailRecoveryUsedText, "left"),
	outbox.SignedIn:        security(msg.MailSignedInSubject, msg.MailSignedInText, "when"),
	outbox.TokenMade:       security(msg.MailTokenMadeSubject, msg.MailTokenMadeText, "name"),
	outbox.IdentityLinked:  security(msg.MailIdentityLinkedSubject, msg.MailIdentityLinkedText, "issuer"),
	outbox.Delegated: {
		subject: msg.MailDelegatedSubject, text: msg.MailDelegatedText,
		note: msg.MailDelegatedNote, action: msg.MailDelegatedAction,
		leads: "/", otherwise: msg.MailDelegatedOtherwise, needs: []string{"from", "duty", "start", "end"},
	},
	outbox.DelegatedFor: {
		subject: msg.MailDelegatedForSubject, text: msg.MailDelegatedForText, action: msg.MailDelegatedForAction,
		leads: "/account#delegation", otherwise: msg.MailDelegatedForOtherwise, needs: []string{"to", "duty", "start", "end"},
	},
	outbox.Trial: {subject: msg.MailTrialSubject, text: msg.MailTrialText, otherwise: msg.MailTrialOtherwise},
}

// duties are the duties of a delegation.
var duties = map[string]msg.Key{
	"line": msg.MailDutyLine, "recruiter": msg.MailDutyRecruiter,
	"hr": msg.MailDutyHr, "compensation": msg.MailDutyCompensation,
}
