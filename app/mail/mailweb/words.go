package mailweb

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mail"
)

var states = map[mail.State]msg.Key{
	mail.Queued: msg.MailStateQueued, mail.Sent: msg.MailStateSent, mail.Failed: msg.MailStateFailed,
}

var kinds = map[mail.Kind]msg.Key{
	mail.Invitation: msg.MailKindInvitation, mail.Reset: msg.MailKindReset, mail.AccessReset: msg.MailKindAccessReset, mail.PasswordSet: msg.MailKindPasswordSet,
	mail.PasswordRenewed: msg.MailKindPasswordRenewed,
	mail.CodesOn:         msg.MailKindCodesOn, mail.CodesOff: msg.MailKindCodesOff, mail.RecoveryUsed: msg.MailKindRecoveryUsed,
	mail.SignedIn: msg.MailKindSignedIn, mail.TokenMade: msg.MailKindTokenMade, mail.IdentityLinked: msg.MailKindIdentityLinked,
	mail.Delegated: msg.MailKindDelegated, mail.DelegatedFor: msg.MailKindDelegatedFor, mail.Trial: msg.MailKindTrial,
}

var causes = map[mail.Cause]msg.Key{
	mail.Unreachable: msg.MailCauseUnreachable, mail.Unprotected: msg.MailCauseUnprotected, mail.SignInRefused: msg.MailCauseSignInRefused,
	mail.SenderRefused: msg.MailCauseSenderRefused, mail.RecipientRefused: msg.MailCauseRecipientRefused,
	mail.MailboxRefused: msg.MailCauseMailboxRefused, mail.PassageRefused: msg.MailCausePassageRefused,
	mail.LettersRefused: msg.MailCauseLettersRefused, mail.NoAddress: msg.MailCauseNoAddress,
	mail.LetterRefused: msg.MailCauseLetterRefused, mail.Interrupted: msg.MailCauseInterrupted, mail.NotWritten: msg.MailCauseNotWritten,
	mail.LinkOver: msg.MailCauseLinkOver,
}

// kindWord names a kind of letter, also one that a newer version put.
func kindWord(l lang.Lang, k mail.Kind) string {
	if key, known := kinds[k]; known {
		return msg.T(l, key)
	}
	return msg.T(l, msg.MailKindUnknown)
}

// problemWords says what went wrong at the last attempt, "" for nothing.
func problemWords(l lang.Lang, p mail.Problem) string {
	if p.Cause == "" {
		return ""
	}
	key, known := causes[p.Cause]
	if !known {
		key = msg.MailCauseInterrupted
	}
	said := msg.T(l, key)
	if p.Status != "" {
		said += " " + msg.T(l, msg.MailCauseStatus, msg.Args{"Status": p.Status})
	}
	return said
}
