package practice

import (
	"context"
	"net/netip"
	"strings"
	"unicode/utf8"

	"praxis/internal/password"
	"praxis/models"
)

// SignUp is what somebody says who wants to become a member.
type SignUp struct {
	Username, Email, Password string
	Agreement                 bool // with the rules of the instance
	Reason                    string
	Locale                    string
	IP                        netip.Addr // where they come from
	AppID                     int64      // the app that they use; 0 for none
	Approval                  bool       // somebody has to let them in
	Mail                      bool       // letters can be sent; else whoever lets them in vouches for the address
	Entry                     string     // the token of the link by which they come; "" for none
	Hashing                   password.Params
}

// Refusal is one thing that is wrong with a sign-up.
type Refusal struct {
	Field       string
	Code        string // Mastodon's word for it, such as ERR_TAKEN
	Description string
}

// Refusals is everything that is wrong with a sign-up.
type Refusals []Refusal

// Error gives all of it in one line.
func (r Refusals) Error() string {
	lines := make([]string, 0, len(r))
	for _, one := range r {
		lines = append(lines, strings.ToUpper(one.Field[:1])+one.Field[1:]+" "+one.Description)
	}
	return "Validation failed: " + strings.Join(lines, ", ")
}

// Bounds of what somebody says about themselves, in characters.
const (
	maxEmail  = 254 // RFC 5321 section 4.5.3.1.3
	maxReason = 500
	maxLocale = 20
)

// SignUp makes a member who cannot do anything before the address is confirmed and, where that is asked for, somebody let
// them in. Until then the actor is hidden as a suspended one is: no page, no document, no search tells of it, and other
// hosts hear nothing. Errors: Refusals for what is wrong with it; Forbidden for an address that may not sign up.
func (s *Service) SignUp(ctx context.Context, in SignUp) (*models.Account, error) {
	in.Username, in.Email = strings.ToLower(strings.TrimSpace(in.Username)), strings.TrimSpace(in.Email)
	severity, err := s.Barred(ctx, in.IP)
	if err != nil {
		return nil, err
	}
	if severity == models.BarSignUp || severity == models.BarAccess {
		return nil, models.Errorf(models.Forbidden, "Nobody may sign up from this address.")
	}
	in.Approval = in.Approval || severity == models.BarSignUpApproval
	wrong := checkSignUp(in)
	if len(wrong) > 0 {
		return nil, wrong
	}
	hash, err := password.Hash(in.Password, in.Hashing)
	if err != nil {
		return nil, Refusals{{"password", "ERR_INVALID", err.Error()}}
	}
	account := &models.Account{
		Email: in.Email, PasswordHash: hash, Role: models.RoleMember, DefaultVisibility: models.Public,
		Reason: in.Reason, Locale: in.Locale, AppID: in.AppID, DefaultQuotePolicy: "public",
	}
	if in.IP.IsValid() {
		account.SignUpIP = in.IP.String()
	}
	actor := s.newActor(models.TypePerson, in.Username, "")
	actor.SuspendedAt = models.At(s.store.Now())
	err = s.createActorAfter(ctx, actor, func(tx *models.Tx) error { return s.checkFree(tx, &in) }, func(tx *models.Tx) error {
		account.ActorID = actor.ID
		if in.Entry != "" {
			if account.EntryID, err = useEntry(tx, in.Entry); err != nil {
				return err
			}
		}
		return s.admitApplicant(tx, actor, account, in)
	})
	return account, err
}

// admitApplicant stores the account, with what it still has to wait for.
func (s *Service) admitApplicant(tx *models.Tx, actor *models.Actor, account *models.Account, in SignUp) error {
	if !in.Approval {
		account.ApprovedAt = tx.Now()
	}
	if in.Mail {
		account.EmailToken = newNonce()
		s.pokeMail(tx)
	} else {
		account.ConfirmedAt = tx.Now()
	}
	if err := tx.CreateApplicant(account); err != nil {
		return err
	}
	return s.letIn(tx, actor, account)
}

func checkSignUp(in SignUp) Refusals {
	var wrong Refusals
	say := func(field, code, description string) { wrong = append(wrong, Refusal{field, code, description}) }
	switch err := CheckName(in.Username); {
	case in.Username == "":
		say("username", "ERR_BLANK", "can't be blank")
	case reservedNames[in.Username]:
		say("username", "ERR_RESERVED", "is reserved: choose another one")
	case err != nil:
		say("username", "ERR_INVALID", "must have 1 to 30 of the characters a-z, 0-9 and _")
	}
	switch {
	case in.Email == "":
		say("email", "ERR_BLANK", "can't be blank")
	case !isEmail(in.Email):
		say("email", "ERR_INVALID", "is not a valid e-mail address")
	}
	switch {
	case in.Password == "":
		say("password", "ERR_BLANK", "can't be blank")
	case len(in.Password) < password.MinBytes:
		say("password", "ERR_TOO_SHORT", "is too short (minimum is 8 characters)")
	case len(in.Password) > password.MaxBytes:
		say("password", "ERR_TOO_LONG", "is too long (maximum is 1024 bytes)")
	}
	if !in.Agreement {
		say("agreement", "ERR_ACCEPTED", "must be accepted")
	}
	switch reason := strings.TrimSpace(in.Reason); {
	case in.Approval && reason == "":
		say("reason", "ERR_BLANK", "can't be blank: say why you want to join")
	case utf8.RuneCountInString(reason) > maxReason:
		say("reason", "ERR_TOO_LONG", "is too long (maximum is 500 characters)")
	}
	if utf8.RuneCountInString(in.Locale) > maxLocale {
		say("locale", "ERR_INVALID", "is no language")
	}
	return wrong
}

// checkFree looks whether name and address are to be had, while nobody else signs up.
func (s *Service) checkFree(tx *models.Tx, in *SignUp) error {
	if err := tx.LockSignUps(); err != nil {
		return err
	}
	var wrong Refusals
	switch _, err := tx.ActorByHandle(in.Username, s.links.Host); {
	case err == nil:
		wrong = append(wrong, Refusal{"username", "ERR_TAKEN", "has already been taken"})
	case !models.IsNotFound(err):
		return err
	}
	refused, err := s.checkAddress(tx, in.Email, 0)
	if err != nil {
		return err
	}
	if refused != nil && refused.Code == errNeedsApproval {
		in.Approval = true
	} else if refused != nil {
		wrong = append(wrong, *refused)
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// errNeedsApproval marks an address that is let in by a person only.
const errNeedsApproval = "needs approval"

// checkAddress says why an e-mail address cannot be that of an account; nil when it can.
func (s *Service) checkAddress(tx *models.Tx, email string, except int64) (*Refusal, error) {
	taken, err := tx.EmailTaken(email, except)
	if err != nil {
		return nil, err
	}
	if taken {
		return &Refusal{"email", "ERR_TAKEN", "has already been taken"}, nil
	}
	switch _, err := tx.CanonicalEmailBlockOf(models.CanonicalEmailHash(email)); {
	case err == nil:
		return &Refusal{"email", "ERR_BLOCKED", "is not allowed here"}, nil
	case !models.IsNotFound(err):
		return nil, err
	}
	block, err := tx.EmailDomainBlockOf(email)
	switch {
	case models.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err
	case block.AllowApproval:
		return &Refusal{"email", errNeedsApproval, ""}, nil
	}
	return &Refusal{"email", "ERR_BLOCKED", "is of a provider that is not allowed here"}, nil
}

// letIn shows an actor to the world once its account waits for nothing any more, and tells the staff.
func (s *Service) letIn(tx *models.Tx, actor *models.Actor, account *models.Account) error {
	if account.IsWaiting() {
		return nil
	}
	actor.SuspendedAt = 0
	if err := tx.MarkActor(actor.ID, models.MarkSuspended, 0); err != nil {
		return err
	}
	return tx.NotifyStaff(models.PermitUsers, models.NotifySignUp, actor.ID, 0)
}

// Confirm notes that a member's e-mail address is theirs: the link of the letter was used, or an administrator says so.
// Confirming again changes nothing.
func (s *Service) Confirm(ctx context.Context, actorID int64) error {
	return s.withApplicant(ctx, actorID, s.confirm)
}

// Approve lets somebody in who signed up, without a moderator: for the command line. Approving again changes nothing.
func (s *Service) Approve(ctx context.Context, actorID int64) error {
	return s.withApplicant(ctx, actorID, s.approve)
}

// Reject turns somebody away who signed up, without a moderator: for the command line. Nothing of them is kept. Errors:
// Forbidden for who was let in already.
func (s *Service) Reject(ctx context.Context, actorID int64) error {
	return s.withApplicant(ctx, actorID, func(tx *models.Tx, _ *models.Actor, account *models.Account) error { return reject(tx, account) })
}

func (s *Service) withApplicant(ctx context.Context, actorID int64, verb func(*models.Tx, *models.Actor, *models.Account) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		account, err := tx.AccountByActor(actorID)
		if err != nil {
			return err
		}
		actor, err := tx.Actor(actorID)
		if err != nil {
			return err
		}
		return verb(tx, actor, account)
	})
}

func (s *Service) confirm(tx *models.Tx, actor *models.Actor, account *models.Account) error {
	if account.ConfirmedAt != 0 {
		return nil
	}
	account.ConfirmedAt, account.EmailToken = tx.Now(), ""
	if err := tx.SaveAccount(account); err != nil {
		return err
	}
	return s.letIn(tx, actor, account)
}

func (s *Service) approve(tx *models.Tx, actor *models.Actor, account *models.Account) error {
	if account.ApprovedAt != 0 {
		return nil
	}
	account.ApprovedAt = tx.Now()
	if err := tx.SaveAccount(account); err != nil {
		return err
	}
	return s.letIn(tx, actor, account)
}

func reject(tx *models.Tx, account *models.Account) error {
	if !account.IsWaiting() {
		return models.Errorf(models.Forbidden, "This action is not allowed: the account is in use already, so suspend it instead")
	}
	return tx.DeleteApplicant(account)
}
