package models

import "strings"

// The roles of an account on its instance.
const (
	RoleMember    = "member"
	RoleModerator = "moderator"
	RoleAdmin     = "admin"
	RoleOwner     = "owner"
)

// Account is what a member signs in with.
type Account struct {
	ID                int64
	ActorID           int64
	Email             string
	PasswordHash      string // PHC string
	Role              string
	DefaultVisibility string
	DefaultSensitive  bool
	DefaultLanguage   string
	// DefaultQuotePolicy says who may quote: "public", "followers" or "nobody".
	DefaultQuotePolicy string    `gorm:"default:public"`
	ConfirmedAt        Timestamp // when the e-mail address turned out to be theirs
	ApprovedAt         Timestamp // when somebody let them in
	EmailToken         string    // what the link of the confirmation is made from; "" when none is out
	EmailSentAt        Timestamp // 0 while the letter is due
	ResetToken         string    // the same for a new password
	ResetAskedAt       Timestamp
	ResetSentAt        Timestamp
	Reason             string // why they want to join
	Locale             string
	SignUpIP           string    `gorm:"column:sign_up_ip"`
	AppID              int64     // the app that signed them up
	CreatedAt          Timestamp `gorm:"autoCreateTime:false"`
	LastSignInAt       Timestamp
	DisabledAt         Timestamp
	BreakGlass         bool   // may sign in with a password where others may not
	RoleBy             string // "groups" when the groups of a provider gave the role
	EntryID            int64  // the entry link by which they came
}

// CreateAccount stores a new account that can be used at once. Conflict when the actor has one.
func (tx *Tx) CreateAccount(a *Account) error {
	a.ConfirmedAt, a.ApprovedAt = tx.Now(), tx.Now()
	return tx.CreateApplicant(a)
}

// CreateApplicant stores a new account as it is: whoever signs up has to be confirmed and approved first.
func (tx *Tx) CreateApplicant(a *Account) error {
	a.ID, a.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(a).Error, "account")
}

// Account gives the account of an id.
func (tx *Tx) Account(id int64) (*Account, error) {
	return first[Account](tx.db.Where("id = ?", id), "account")
}

// AccountByActor gives the account of a local member.
func (tx *Tx) AccountByActor(actorID int64) (*Account, error) {
	return first[Account](tx.db.Where("actor_id = ?", actorID), "account")
}

// AccountByLogin gives the account for what people type as their name: a user name or an e-mail address.
func (tx *Tx) AccountByLogin(login, host string) (*Account, error) {
	login = strings.ToLower(strings.TrimSpace(login))
	name := strings.TrimPrefix(strings.TrimSuffix(login, "@"+host), "@")
	account, err := first[Account](tx.db.Where("actor_id = (SELECT id FROM actor WHERE handle = ? AND local)", Handle(name, host)), "account")
	if IsNotFound(err) && strings.Contains(login, "@") {
		return first[Account](tx.db.Where("lower(email) = ?", login), "account")
	}
	return account, err
}

// SaveAccount stores a changed account.
func (tx *Tx) SaveAccount(a *Account) error {
	if a.DisabledAt != 0 {
		tx.Emit(Change{Kind: AccessEnded})
	}
	return translate(tx.db.Save(a).Error, "account")
}

// Accounts lists all accounts, oldest first.
func (tx *Tx) Accounts() ([]Account, error) {
	return list[Account](tx.db.Order("id"), "accounts")
}

// Statistics counts what NodeInfo and the instance entity report.
type Statistics struct {
	Members, Posts, Communities, Peers int64
	ActiveMonth, ActiveHalfYear        int64
}

const day = 24 * 60 * 60 * 1000

// Statistics counts members, local posts, local communities and known peers.
func (tx *Tx) Statistics() (Statistics, error) {
	var s Statistics
	now := int64(tx.Now())
	err := tx.db.Raw(`SELECT
		(SELECT count(*) FROM account WHERE disabled_at = 0 AND confirmed_at <> 0 AND approved_at <> 0
			AND NOT EXISTS (SELECT 1 FROM leaving l WHERE l.account_id = account.id)) AS members,
		(SELECT coalesce(sum(posts_count), 0) FROM actor WHERE local = TRUE) AS posts,
		(SELECT count(*) FROM actor WHERE local = TRUE AND type = 'Group' AND deleted_at = 0) AS communities,
		(SELECT count(*) FROM peer) AS peers,
		(SELECT count(*) FROM actor WHERE local = TRUE AND type = 'Person' AND last_post_at > ?) AS active_month,
		(SELECT count(*) FROM actor WHERE local = TRUE AND type = 'Person' AND last_post_at > ?) AS active_half_year`,
		now-30*day, now-180*day).Scan(&s).Error
	return s, translate(err, "statistics")
}
