package mastodon

import (
	"net/http"

	"praxis/handlers/oauth"
	"praxis/models"
)

// The calls by which a member takes along what is theirs, also after they left the organization.
const (
	ownMe         = ownAPI + "/me"
	writeAccounts = "write:accounts"
)

// own is a route for members, and for those who left.
func own(method, path string, run endpoint) route {
	scope := writeAccounts
	if method == http.MethodGet {
		scope = readAccounts
	}
	return member(method, ownMe+path, run, scope, oauth.RecoveryScope)
}

func leavingRoutes() []route {
	return []route{
		own(http.MethodGet, "/leaving", getLeaving),
		member(http.MethodPost, ownMe+"/leaving", postLeaving, writeAccounts),
		member(http.MethodPut, ownMe+"/recovery", putRecovery, writeAccounts),
		member(http.MethodPost, ownMe+"/recovery/code", postRecoveryCode, writeAccounts),
		own(http.MethodPost, "/aliases", postAlias),
		own(http.MethodDelete, "/aliases", deleteAlias),
		own(http.MethodPost, "/move", postMove),
		own(http.MethodPost, "/delete", postDeletion),
		open(http.MethodPost, ownAPI+"/recovery/letter", postRecoveryLetter),
		open(http.MethodPost, ownAPI+"/recovery", postRecovery),
	}
}

// leavingState is what a member sees of their ways out.
type leavingState struct {
	LeftAt   *string       `json:"left_at"`
	Until    *string       `json:"until"`
	Ended    bool          `json:"ended"`
	Aliases  []string      `json:"aliases"`
	MovedTo  *string       `json:"moved_to"`
	Recovery recoveryState `json:"recovery"`
}

type recoveryState struct {
	Email     *string `json:"email"`
	CodeSetAt *string `json:"code_set_at"`
}

func getLeaving(c *call) (any, error) { return c.leaving() }

func (c *call) leaving() (any, error) {
	actor, err := c.s.store.Read(c.ctx()).Actor(c.viewer())
	if err != nil {
		return nil, err
	}
	id := c.principal.Account.ID
	leaving, err := c.tx.LeavingIfAny(id)
	if err != nil {
		return nil, err
	}
	recovery, err := c.tx.Recovery(id)
	if err != nil {
		return nil, err
	}
	shown := leavingState{
		LeftAt: dateOrNil(actor.LeftAt), Aliases: append([]string{}, actor.Aliases()...), MovedTo: textOrNil(actor.MovedToURI),
		Recovery: recoveryState{textOrNil(recovery.Email), dateOrNil(recovery.CodeAt)},
	}
	if leaving != nil {
		shown.Until, shown.Ended = dateOrNil(leaving.Until), leaving.EndedAt != 0
	}
	return shown, nil
}

// confirmed asks for the password again.
func (c *call) confirmed() error {
	return c.s.cfg.OAuth.Confirm(c.header, c.r, c.principal, c.params.text("password"))
}

func postLeaving(c *call) (any, error) {
	if err := c.confirmed(); err != nil {
		return nil, err
	}
	if err := c.s.service.StartLeaving(c.ctx(), c.principal.Account.ID, "at their own wish"); err != nil {
		return nil, err
	}
	return c.leaving()
}

func putRecovery(c *call) (any, error) {
	if err := c.s.service.SetRecoveryEmail(c.ctx(), c.me(), c.params.text("email")); err != nil {
		return nil, err
	}
	return c.leaving()
}

func postRecoveryCode(c *call) (any, error) {
	if err := c.confirmed(); err != nil {
		return nil, err
	}
	code, err := c.s.service.MakeRecoveryCode(c.ctx(), c.me())
	return map[string]string{"code": code}, err
}

func postAlias(c *call) (any, error) {
	if _, err := c.s.service.AddAlias(c.ctx(), c.me(), c.params.text("alias")); err != nil {
		return nil, notHere("alias", err)
	}
	return c.leaving()
}

// notHere: that an account elsewhere is not found is no fault of the address that was called.
func notHere(field string, err error) error {
	if models.IsNotFound(err) || models.ErrorCode(err) == models.Gone {
		return models.FieldErrorf(field, "Validation failed: this account was not found: %s", models.ErrorMessage(err))
	}
	return err
}

func deleteAlias(c *call) (any, error) {
	if err := c.s.service.RemoveAlias(c.ctx(), c.me(), c.params.text("alias")); err != nil {
		return nil, err
	}
	return c.leaving()
}

func postMove(c *call) (any, error) {
	if err := c.confirmed(); err != nil {
		return nil, err
	}
	if _, err := c.s.service.MoveAway(c.ctx(), c.me(), c.params.text("to")); err != nil {
		return nil, notHere("to", err)
	}
	return c.leaving()
}

func postDeletion(c *call) (any, error) {
	if err := c.confirmed(); err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.DeleteAccount(c.ctx(), c.me())
}

func postRecoveryLetter(c *call) (any, error) {
	if err := c.s.cfg.OAuth.LimitSignUp(c.header, c.r); err != nil {
		return nil, err
	}
	return nothing{}, c.s.service.AskForRecovery(c.ctx(), c.params.text("login"))
}

// recovered is what whoever left gets in with.
type recovered struct {
	AccessToken string `json:"access_token"`
	TokenType   string `json:"token_type"`
	Scope       string `json:"scope"`
	ExpiresIn   int    `json:"expires_in"`
}

func postRecovery(c *call) (any, error) {
	account, err := c.s.service.Recover(c.ctx(), c.params.text("login"), c.params.text("code"))
	if err != nil {
		return nil, err
	}
	token, err := c.s.cfg.OAuth.IssueRecovery(c.ctx(), account)
	return recovered{token, "Bearer", oauth.RecoveryScope, int(oauth.RecoveryLife.Seconds())}, err
}
