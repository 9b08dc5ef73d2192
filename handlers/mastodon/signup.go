package mastodon

import (
	"errors"
	"net/http"

	"praxis/models"
	"praxis/practice"
)

func signUpRoutes() []route {
	return []route{
		open(http.MethodPost, "/api/v1/accounts", createAccount, "write:accounts"),
		open(http.MethodPost, "/api/v1/emails/confirmations", resendConfirmation, "write:accounts"),
		open(http.MethodGet, "/api/v1/emails/check_confirmation", checkConfirmation, readAccounts),
	}
}

// detail is one thing that is wrong with a field of a sign-up.
type detail struct {
	Error       string `json:"error"`
	Description string `json:"description"`
}

// refusedSignUp is Mastodon's ValidationError.
type refusedSignUp struct {
	Error   string              `json:"error"`
	Details map[string][]detail `json:"details"`
}

// details gives the answer to what is refused with more than one text, such as a sign-up, field by field; nil for any other error.
func details(err error) any {
	var exists *practice.HostBlockExists
	if errors.As(err, &exists) {
		return map[string]any{"error": exists.Error(), "existing_domain_block": showDomainBlock(exists.Block)}
	}
	var wrong practice.Refusals
	if !errors.As(err, &wrong) {
		return nil
	}
	refused := refusedSignUp{Error: wrong.Error(), Details: map[string][]detail{}}
	for _, one := range wrong {
		refused.Details[one.Field] = append(refused.Details[one.Field], detail{one.Code, one.Description})
	}
	return refused
}

func errNoToken() error { return models.Errorf(models.Unauthorized, "The access token is invalid") }

// createAccount signs somebody up by an app's own token, and gives the app a token of the new account, which can do nothing
// until the account is confirmed and approved.
func createAccount(c *call) (any, error) {
	switch {
	case c.principal == nil:
		return nil, errNoToken()
	case c.principal.Account != nil || c.principal.Waiting != nil:
		return nil, models.Errorf(models.Forbidden, "This method requires an client credentials authentication")
	case !c.s.registers():
		return nil, errNotAllowed
	}
	if err := c.s.cfg.OAuth.LimitSignUp(c.header, c.r); err != nil {
		return nil, err
	}
	var ask struct {
		Username  string `mapstructure:"username"`
		Email     string `mapstructure:"email"`
		Password  string `mapstructure:"password"`
		Agreement bool   `mapstructure:"agreement"`
		Locale    string `mapstructure:"locale"`
		Reason    string `mapstructure:"reason"`
	}
	if err := c.params.decode(&ask); err != nil {
		return nil, err
	}
	made, err := c.s.service.SignUp(c.ctx(), practice.SignUp{
		Username: ask.Username, Email: ask.Email, Password: ask.Password, Agreement: ask.Agreement, Locale: ask.Locale,
		Reason: ask.Reason, IP: c.s.cfg.OAuth.ClientAddress(c.r), AppID: c.principal.App.ID,
		Approval: c.s.cfg.Registrations == "approval", Mail: c.s.cfg.Mail, Hashing: c.s.cfg.Hashing,
	})
	if err != nil {
		return nil, err
	}
	return c.s.cfg.OAuth.IssueFor(c.ctx(), c.principal, made)
}

// applicant gives the account of the caller's token, whether it waits or not.
func (c *call) applicant() (*models.Account, error) {
	switch {
	case c.principal == nil:
		return nil, errNoToken()
	case c.principal.Waiting != nil:
		return c.principal.Waiting, nil
	case c.principal.Account != nil:
		return c.principal.Account, nil
	}
	return nil, models.Errorf(models.Invalid, "This method requires an authenticated user")
}

// resendConfirmation sends the letter again, to another address if one is named; only in the app that signed up.
func resendConfirmation(c *call) (any, error) {
	account, err := c.applicant()
	if err != nil {
		return nil, err
	}
	if account.AppID != c.principal.App.ID {
		return nil, models.Errorf(models.Forbidden, "This method is only available to the application the user originally signed-up with")
	}
	return nothing{}, c.s.service.ResendConfirmation(c.ctx(), account.ID, c.params.text("email"))
}

func checkConfirmation(c *call) (any, error) {
	account, err := c.applicant()
	if err != nil {
		return nil, err
	}
	return account.ConfirmedAt != 0, nil
}
