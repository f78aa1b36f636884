package sitepages

import "github.com/echelon-hr/echelon/app/lang/msg"

// headline is what happened, in a few words.
func (v ErrorView) headline() string {
	switch v.Status {
	case 401, 403:
		return v.T(msg.SiteErrorForbidden)
	case 404, 410:
		return v.T(msg.SiteErrorMissing)
	case 503:
		return v.T(msg.SiteErrorBusy)
	case 500:
		return v.T(msg.SiteErrorBroken)
	default:
		return v.T(msg.SiteErrorOther)
	}
}

// advice is what the reader can do.
func (v ErrorView) advice() string {
	switch v.Status {
	case 401, 403:
		return v.T(msg.SiteErrorForbiddenHelp)
	case 404, 410:
		return v.T(msg.SiteErrorMissingHelp)
	case 503:
		return v.T(msg.SiteErrorBusyHelp)
	case 500:
		return v.T(msg.SiteErrorBrokenHelp)
	default:
		return v.T(msg.SiteErrorOtherHelp)
	}
}
